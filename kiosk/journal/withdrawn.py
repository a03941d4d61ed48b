"""Which vouchers are worth nothing, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.read_beside import reading


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One whose registration was taken back."""

    voucher: str
    round: str


def withdrawn(journal: Path) -> tuple[Withdrawn, ...]:
    """In the order in which people came, of all rounds. Raises JournalError."""
    with reading(journal) as database:
        found = database.execute("SELECT voucher, round FROM samples WHERE void <> 0 ORDER BY seq").fetchall()
    return tuple(Withdrawn(*row) for row in found)
