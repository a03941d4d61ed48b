"""Tells the centre how the table fares: looked at beside the table, said when it changes, seldom."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from kiosk.app.machine import celsius, free_mb
from kiosk.app.watching import Watch
from kiosk.engine.inbox import Inbox
from kiosk.journal import JournalError
from kiosk.journal.waiting_beside import waiting
from kiosk.messages.gauges import Fare
from kiosk.screen.gauges import Way, speed_of

FIRST_S = 5.0
"""After a start, so that a board sees it."""
EVERY_S = 300.0
DEGREES, DIGITS = 5, 2
"""What is told is rounded: a figure that trembles is no news."""


class FareWatch(Watch):
    """Looks each few minutes, and hands on what is another than it was."""

    every_s = EVERY_S

    def __init__(
        self,
        inbox: Inbox,
        journal: Path,
        round_id: str,
        now_ns: Callable[[], int],
        ways: Iterable[Way],
        tell: Callable[[Fare], None],
    ) -> None:
        """`ways` of the last slips; another thread may add to them."""
        super().__init__("fares", inbox, now_ns)
        self._journal, self._round, self._ways, self._tell = journal, round_id, ways, tell
        self._told: Fare | None = None
        self._release: str | None = None

    def serve(self) -> None:
        self._stop.wait(FIRST_S)
        super().serve()

    def look(self) -> None:
        try:
            found = self._fare()
        except JournalError:
            return
        if self._told is None or replace(found, slips=self._told.slips) != self._told:
            self._told = found
            self._tell(found)

    def _fare(self) -> Fare:
        """Raises JournalError."""
        if self._release is None:
            self._release = _release()
        here, speed = waiting(self._journal, self._round), speed_of(tuple(self._ways))
        heat = celsius()
        return Fare(
            here.oldest_ms,
            here.tubes,
            here.boxes,
            0 if speed is None else speed.slips,
            None if speed is None else _round(speed.p50),
            None if speed is None else _round(speed.p99),
            {} if speed is None else {hop: _round(ms) for hop, ms in speed.hops.items()},
            _round_mb(free_mb(self._journal.parent)),
            None if heat is None else float(DEGREES * round(heat / DEGREES)),
            self._release,
        )


def _round(ms: float) -> float:
    return float(f"{ms:.{DIGITS}g}")


def _round_mb(mb: int | None) -> int | None:
    return None if mb is None else int(float(f"{mb:.{DIGITS}g}"))


def _release() -> str:
    # Not at the start: it loads a mail's parser.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sampling-kiosk")
    except PackageNotFoundError:
        return ""
