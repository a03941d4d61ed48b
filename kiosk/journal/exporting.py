"""What the centre does not have, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.journal import outbox, rows
from kiosk.journal.answering import UNRECORDED
from kiosk.journal.read_beside import reading
from kiosk.journal.tables import first_sample, mark_in, sheet_of
from kiosk.messages import Address
from kiosk.messages.people import people
from kiosk.model import Counters, Instant
from kiosk.model.tables import EXEMPT, every_sheet
from kiosk.ports import Message


def not_acknowledged(journal: Path) -> tuple[Message, ...]:
    """The last word of each topic that the broker never took. Raises JournalError."""
    with reading(journal) as database:
        return outbox.unacknowledged(database)


def not_told(journal: Path) -> int:
    """How many tubes with sealed identities are closed and no message says it yet: the kiosk does so while it rests.
    Raises JournalError."""
    return _sealed_in(journal, UNRECORDED)


def still_open(journal: Path) -> int:
    """How many tubes with sealed identities are not closed yet: their people are in no message. Raises JournalError."""
    return _sealed_in(journal, "state = 'open'")


def sheets(journal: Path, address: Address) -> tuple[Message, ...]:
    """Who is registered here in the round of that address, as the other tables are told. Raises JournalError."""
    with reading(journal) as database:
        life = database.execute("SELECT epoch, seq, next_sample_seq FROM life").fetchone()
        first = first_sample(database, address.round)
        if life is None:
            return ()
        epoch, seq, following = life
        counters, at = Counters(epoch, "", seq), Instant("", 0, 0, trusted=False)
        numbers = (EXEMPT,) if first is None else every_sheet(first, following - 1)
        told = {number: sheet_of(database, address.round, number) for number in numbers}
        mark = mark_in(database, address.round)
        return tuple(people(address, counters, at, number, who, mark) for number, who in told.items() if who)


def _sealed_in(journal: Path, tubes: str) -> int:
    query = f"SELECT count(*) FROM tubes WHERE {tubes} AND id IN ({rows.SEALED_IN})"
    with reading(journal) as database:
        return int(database.execute(query).fetchone()[0])
