"""One event's changes under construction."""

from kiosk.model import Instant
from kiosk.model.changes import Change
from kiosk.ports import Signal
from kiosk.session.folding import fold
from kiosk.session.notice import Notice
from kiosk.session.passing import Passing
from kiosk.session.state import State


class Draft:
    """Each change is folded at once, so that the next is decided on what is so by then. Lives within one step."""

    def __init__(self, before: State, at: Instant) -> None:
        self.before, self.at = before, at
        self.state = before
        self.changes: list[Change] = []
        """What is to be written; passing changes are folded only."""
        self.told: list[tuple[Signal | None, Notice]] = []
        """Without a signal: whatever lamp is on then."""

    def make(self, change: Change | Passing) -> None:
        self.state = fold(self.state, change)
        if not isinstance(change, Passing):
            self.changes.append(change)

    def tell(self, key: str, signal: Signal | None = None, **values: str) -> None:
        self.told.append((signal, Notice(key, tuple(values.items()))))

    def drop(self) -> None:
        """Nothing of what was tried so far is so."""
        self.state = self.before
        self.changes.clear()
        self.told.clear()
