"""What staff did, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.journal import rows
from kiosk.journal.read_beside import reading
from kiosk.model import StaffAction
from kiosk.model.acts import Act


def acts(journal: Path, round_id: str | None = None) -> tuple[Act, ...]:
    """In the order in which they were done, of one round or of all. Raises JournalError."""
    query = f"SELECT {rows.ACT} FROM acts WHERE round = ? OR ? IS NULL ORDER BY id"
    with reading(journal) as database:
        found = database.execute(query, (round_id, round_id)).fetchall()
    known = set(StaffAction)
    return tuple(rows.act(row) for row in found if row[0] in known)
