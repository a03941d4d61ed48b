"""What is pressed on pages: once, by however many people and however often for want of an answer."""

from kiosk.screen.lines import Pressed

SAME_NS = 2_000_000_000
"""An act that is pressed again within this on any page is still the same press: two people see one thing to do, and a
slow page is pressed twice. What switches would be switched back, and who is called next passed over."""


class Presses:
    """One thread asks."""

    def __init__(self) -> None:
        self._done_ns: dict[tuple[str, str], int] = {}

    def is_new(self, pressed: Pressed, now_ns: int) -> bool:
        """Counts it too, if it is."""
        what = (pressed.act, pressed.about)
        if now_ns - self._done_ns.get(what, now_ns - SAME_NS) < SAME_NS:
            return False
        self._done_ns = {each: ns for each, ns in self._done_ns.items() if now_ns - ns < SAME_NS} | {what: now_ns}
        return True
