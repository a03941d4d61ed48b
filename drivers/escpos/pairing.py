"""Which byte answers which question: the bytes do not say it themselves, and some are late, doubled or strays; pure."""

from collections import deque

from drivers.escpos.replies import REGULAR, from_real_time
from kiosk.ports import PrinterState

PRINTER, OFFLINE, ERROR, PAPER = range(4)
"""The questions, DLE EOT 1 to 4."""
QUIET_S = 0.05
"""Beyond the time that answers take on this line: what answers nothing shows itself within it."""
LONGEST_QUIET_S = 0.5
_PAIRS = (0x0C, 0x60)
"""Of DLE EOT 4 these bits stand and fall together: all that tells one of the four answers from another."""


class Pairing:
    """The questions of one conversation. Answers come in their order; one too many and none fits any more."""

    def __init__(self) -> None:
        self.mute: set[int] = set()
        """Questions that this printer never answers."""
        self.begin()

    def begin(self) -> None:
        self.open: deque[tuple[int, float]] = deque()
        self._bytes: dict[int, int] = {}
        self.afresh()

    def afresh(self) -> None:
        """Before all are asked: what is known to fit nothing is forgotten, and nothing of it stays in the state."""
        self._new: set[int] = set()
        self.stray = False
        """Something came that answers nothing, so perhaps no answer is where it belongs."""
        self._slowest_s = 0.0

    def asked(self, question: int, now: float) -> None:
        self.open.append((question, now))

    def take(self, byte: int, now: float) -> float | None:
        """When it was asked for; None if it answers nothing."""
        if not self.open:
            self.stray = True
            return None
        question, asked_at = self.open.popleft()
        self._slowest_s = max(self._slowest_s, now - asked_at)
        self.stray |= question == PAPER and any(byte & pair not in (0, pair) for pair in _PAIRS)
        self._bytes[question] = byte
        self.mute.discard(question)
        self._new.add(question)
        return asked_at

    @property
    def on_trial(self) -> bool:
        """What is open is a question that was never answered yet: perhaps only because its answers were lost."""
        return bool(self.open) and self.open[0][0] in self.mute

    def end_trial(self) -> None:
        if self.on_trial:
            self.open.clear()

    @property
    def asks(self) -> list[int]:
        return [question for question in range(4) if question not in self.mute]

    @property
    def complete(self) -> bool:
        """Every question was answered since `afresh`."""
        return self._new.issuperset(self.asks)

    @property
    def state(self) -> PrinterState:
        """By the newest answers; what is never answered is well."""
        return from_real_time(*(self._bytes.get(question, REGULAR) for question in range(4)))

    @property
    def quiet_s(self) -> float:
        """A line that was quiet for so long owes no answer."""
        return QUIET_S + min(2 * self._slowest_s, LONGEST_QUIET_S)
