"""Who was sampled at two tables of the point, read beside a kiosk that may be serving."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import rows
from kiosk.journal.read_beside import reading
from kiosk.journal.tables import beginning, mark_in, sampled_here
from kiosk.model import Sheet, SheetName, Told
from kiosk.model.tables import KEY_BYTES


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a tube as a table tells it; `kiosk` is None for this one. Milliseconds UTC, None while no clock was
    trusted."""

    kiosk: str | None
    tube: str | None
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A person in two tubes, masked as far as this table knows them."""

    name: str
    number: str
    voucher: str
    seats: tuple[Seat, Seat]


def clashes(journal: Path, round_id: str) -> tuple[Clash, ...]:
    """Those of this table that hold: whoever was taken back at one of the two is no clash any more. Raises
    JournalError."""
    query = f"""
      SELECT s.name, s.number, s.voucher, t.code, s.wall_ms, s.trusted, o.kiosk, o.tube, o.at_ms FROM samples s
      JOIN tubes t ON t.id = s.tube_id
      JOIN others o ON o.round = s.round AND o.key = substr(s.person_key, 1, {KEY_BYTES}) AND o.reason IS NULL
      WHERE s.round = ? AND s.void = 0
      ORDER BY s.seq, o.kiosk
    """
    with reading(journal) as database:
        return tuple(_clash(row) for row in database.execute(query, (round_id,)).fetchall())


def _clash(row: rows.Row) -> Clash:
    name, number, voucher, tube, wall_ms, trusted, *other = row
    return Clash(name, number, voucher, (Seat(None, tube, wall_ms if trusted else None), Seat(*other)))


def known_here(journal: Path, round_id: str) -> tuple[str, dict[SheetName, int]]:
    """The mark of the round key, and as of which commit each sheet of others is known. Raises JournalError."""
    with reading(journal) as database:
        found = database.execute("SELECT kiosk, epoch, sheet, seq FROM sheets WHERE round = ?", (round_id,)).fetchall()
        return mark_in(database, round_id), {SheetName(*name): seq for *name, seq in found}


def clashes_with(journal: Path, round_id: str, sheets: Iterable[Sheet]) -> tuple[Clash, ...]:
    """Those that come of sheets which are brought, with this table, with others and among themselves, each once. What
    was heard of these sheets before holds no more. Raises JournalError."""
    brought = tuple(sheets)
    with reading(journal) as database:
        here = [clash for sheet in brought for clash in _with_this_table(database, round_id, sheet)]
        return (*here, *_among_others(database, round_id, brought))


def _with_this_table(database: sqlite3.Connection, round_id: str, sheet: Sheet) -> Iterator[Clash]:
    told = {each.key: each for each in sheet.people if each.reason is None}
    for key, sample in sampled_here(database, round_id, told).items():
        (tube,) = database.execute("SELECT code FROM tubes WHERE id = ?", (sample.tube_id,)).fetchone()
        here = Seat(None, tube, sample.at.wall_ms if sample.at.trusted else None)
        person = sample.person
        yield Clash(person.name, person.number, sample.voucher, (here, _seat(sheet.name.kiosk, told[key])))


def _among_others(database: sqlite3.Connection, round_id: str, brought: Sequence[Sheet]) -> Iterator[Clash]:
    names, seats = {sheet.name for sheet in brought}, defaultdict[bytes, list[Seat]](list)
    for sheet in brought:
        for each in sheet.people:
            if each.reason is None:
                seats[each.key].append(_seat(sheet.name.kiosk, each))
    query = "SELECT kiosk, epoch, sheet, tube, at_ms FROM others WHERE round = ? AND key = ? AND reason IS NULL"
    for key, new in seats.items():
        found = database.execute(query, (round_id, key)).fetchall()
        known = [Seat(row[0], *row[3:]) for row in found if SheetName(*row[:3]) not in names]
        for at, seat in enumerate(new):
            for other in (*known, *new[:at]):
                if other.kiosk != seat.kiosk:
                    yield Clash(_name(database, round_id, key), "", "", (other, seat))


def _seat(kiosk: str, told: Told) -> Seat:
    return Seat(kiosk, told.tube, told.at_ms)


def _name(database: sqlite3.Connection, round_id: str, key: bytes) -> str:
    """As the roster has it; empty for whoever is not listed."""
    query = "SELECT name FROM expected WHERE round = ? AND person_key BETWEEN ? AND ?"
    row = database.execute(query, (round_id, *beginning(key))).fetchone()
    return "" if row is None else str(row[0])
