"""How far the point's units are and who has not come, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import listing
from kiosk.journal.read_beside import reading
from kiosk.model import Absent, Progress, RosterHead, Standing
from kiosk.model.expected import last_called


@dataclass(frozen=True, slots=True)
class UnitsNow:
    """The units in the order in which they are called, and by floor and flat who has not come, and who is
    to be visited."""

    head: RosterHead
    called: str | None
    progress: tuple[Progress, ...]
    absent: tuple[Absent, ...]
    to_visit: tuple[Absent, ...]


def units_now(journal: Path, round_id: str) -> UnitsNow | None:
    """None where the kiosk has no roster of the round. Raises JournalError."""
    with reading(journal) as database:
        head = listing.head(database, round_id)
        if head is None:
            return None
        found = {each.unit: each for each in listing.progress_of_all(database, round_id)}
        progress = tuple(found[unit] for unit in head.units if unit in found)
        absent, to_visit = (
            listing.missing(database, round_id, "", each) for each in (Standing.MISSING, Standing.HOME_VISIT)
        )
        return UnitsNow(head, last_called(head, listing.calls(database, round_id)), progress, absent, to_visit)
