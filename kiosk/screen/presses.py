"""What is pressed on pages: once, by however many people and however often for want of an answer."""

from collections import deque
from enum import Enum, auto

from kiosk.screen.lines import Pressed

SAME_NS = 2_000_000_000
"""An act that is pressed again within this on any page is still the same press: two people see one thing to do, and a
slow page is pressed twice. What switches would be switched back, and who is called next passed over."""
MOST = 32
"""Within that time: more than people press, and no more than the engine and the log can bear of a page gone wrong."""


class Press(Enum):
    NEW = auto()
    TWICE = auto()
    TOO_MANY = auto()


class Presses:
    """One thread asks."""

    def __init__(self) -> None:
        self._done_ns: dict[tuple[str, str], int] = {}
        self._lately_ns: deque[int] = deque(maxlen=MOST)

    def judge(self, pressed: Pressed, now_ns: int) -> Press:
        """Counts it too."""
        if len(self._lately_ns) == MOST and now_ns - self._lately_ns[0] < SAME_NS:
            return Press.TOO_MANY
        self._lately_ns.append(now_ns)
        what = (pressed.act, pressed.about)
        if now_ns - self._done_ns.get(what, now_ns - SAME_NS) < SAME_NS:
            return Press.TWICE
        self._done_ns = {each: ns for each, ns in self._done_ns.items() if now_ns - ns < SAME_NS} | {what: now_ns}
        return Press.NEW
