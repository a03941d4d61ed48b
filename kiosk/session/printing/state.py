"""The slips that are not done with."""

from collections.abc import Iterator

from kiosk.frozen import dataclass
from kiosk.model import PrintJob


@dataclass(frozen=True, slots=True)
class Printing:
    """Jobs in the order of their ids: that wait, that are under way, and whose end nobody knows."""

    queued: tuple[PrintJob, ...] = ()
    sending: tuple[PrintJob, ...] = ()
    doubtful: tuple[PrintJob, ...] = ()

    def __iter__(self) -> Iterator[PrintJob]:
        yield from self.queued
        yield from self.sending
        yield from self.doubtful
