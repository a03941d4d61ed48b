"""Who is in a tube, for staff with the journal's file at hand: masked, and sealed for the authority."""

from dataclasses import field
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import rows
from kiosk.journal.answering import place_of
from kiosk.journal.read_beside import reading
from kiosk.model import Instant, Tube


@dataclass(frozen=True, slots=True)
class Seated:
    """One person of a tube as the journal knows them."""

    place: int
    name: str
    number: str
    voucher: str
    at: Instant
    beside: int | None
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seating:
    """A tube of any round and its people by their places. `codes_left`: what else its label said once."""

    tube: Tube
    round: str
    place: str
    """Where its round was held, of which its identities were sealed; empty if that was not noted."""
    people: tuple[Seated, ...]
    codes_left: tuple[str, ...]


def who_is_in(journal: Path, code: str) -> Seating | None:
    """By a tube's code, one that it had before, or the voucher of somebody in it. Raises JournalError."""
    with reading(journal) as database:
        seat = "id IN (SELECT tube_id FROM samples WHERE voucher = ? AND void = 0)"
        former = "id IN (SELECT tube_id FROM codes_left WHERE code = ?)"
        query = f"SELECT {rows.TUBE}, round FROM tubes WHERE code = ? OR {seat} OR {former} ORDER BY id DESC"
        row = database.execute(query, (code, code, code)).fetchone()
        if row is None:
            return None
        tube = rows.tube(row[:-1])
        columns = f"position, name, number, voucher, beside, sealed, {rows.WHEN}"
        query = f"SELECT {columns} FROM samples WHERE tube_id = ? AND void = 0 ORDER BY position"
        people = tuple(
            Seated(place, name, number, voucher, rows.instant(at), beside, sealed or b"")
            for place, name, number, voucher, beside, sealed, *at in database.execute(query, (tube.id,))
        )
        left = database.execute("SELECT code FROM codes_left WHERE tube_id = ?", (tube.id,))
        return Seating(tube, row[-1], place_of(database, row[-1]), people, tuple(code for (code,) in left))
