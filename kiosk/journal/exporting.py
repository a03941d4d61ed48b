"""What the centre does not have, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.journal import outbox
from kiosk.journal.read_beside import reading
from kiosk.ports import Message


def not_acknowledged(journal: Path) -> tuple[Message, ...]:
    """The last word of each topic that the broker never took. Raises JournalError."""
    with reading(journal) as database:
        return outbox.unacknowledged(database)
