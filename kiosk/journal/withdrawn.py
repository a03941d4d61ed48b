"""Which vouchers are worth nothing, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.read_beside import reading


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One whose registration was taken back, or that the centre has withdrawn."""

    voucher: str
    round: str


def withdrawn(journal: Path) -> tuple[Withdrawn, ...]:
    """Of all rounds: in the order in which people came, then those of the centre. Raises JournalError."""
    with reading(journal) as database:
        found = database.execute("SELECT voucher, round FROM samples WHERE void <> 0 ORDER BY seq").fetchall()
        found += database.execute("SELECT voucher, round FROM withdrawn ORDER BY voucher").fetchall()
    return tuple(Withdrawn(*row) for row in dict.fromkeys(found))
