"""What a decision looks up."""

import sqlite3
from dataclasses import replace
from typing import Any, assert_never

from kiosk.journal import listing, rows, tables
from kiosk.model import Packed, Sample, StaffAction, Tube, TubeState
from kiosk.model.acts import TAKING_BACK, Act
from kiosk.model.queries import (
    ActsCounted,
    AskedFor,
    BesideOf,
    CopiesOf,
    ElsewhereOf,
    EverKnownHere,
    ExemptionOf,
    ExpectedBy,
    KnownOf,
    MembersOf,
    MissingOf,
    OldestHere,
    PackedIn,
    PriorOf,
    ProgressAround,
    ProgressOfAll,
    Query,
    SampleBy,
    SampledHere,
    SheetOf,
    TakenBack,
    TubeBy,
    TubeNumbered,
    TubeOf,
    UndatedIn,
    Unpacked,
    Unrecorded,
    WholeRoster,
)
from kiosk.model.records import Ask, Member, Record, RecordName

UNRECORDED = f"round > '' AND recorded = 0 AND {rows.CLOSED}"
"""A tube that nobody goes into any more, and that is not told of as it is now."""


def answer(database: sqlite3.Connection, round_id: str, query: Query) -> Any:  # noqa: C901 - one arm a query
    """Of the type that the query names."""
    match query:
        case PriorOf(key):
            return _sample(database, "person_key", round_id, key) or _linked(database, round_id, key)
        case SampleBy(voucher):
            return _sample(database, "voucher", round_id, voucher)
        case ExemptionOf(key):
            text = f"SELECT {rows.EXEMPT} FROM exempt WHERE round = ? AND person_key = ?"
            row = database.execute(text, (round_id, key)).fetchone()
            return rows.exempt(row) if row else None
        case BesideOf(key):
            text = "SELECT coalesce(max(beside), 0) FROM samples WHERE round = ? AND bearer = ?"
            return database.execute(text, (round_id, key)).fetchone()[0]
        case TubeBy(code):
            return _tube(database, round_id, code)
        case TubeNumbered(tube_id):
            return _tube_where(database, "id = ? AND round = ?", (tube_id, round_id))
        case TubeOf(voucher):
            seat = "id = (SELECT tube_id FROM samples WHERE voucher = ? AND void = 0) AND round = ?"
            return _tube_where(database, seat, (voucher, round_id))
        case MembersOf(tube_id):
            found = database.execute(f"{rows.SAMPLES} WHERE s.tube_id = ? AND void = 0 ORDER BY position", (tube_id,))
            return tuple(map(rows.sample, found.fetchall()))
        case CopiesOf(kind, subject_id):
            # The kind as a literal: each has an index of its own, which a parameter would not find.
            which = f"kind = '{kind}' AND {rows.subject_column(kind)} = ?"
            text = f"SELECT coalesce(max(copy), 0) FROM jobs WHERE {which}"
            return database.execute(text, (subject_id,)).fetchone()[0]
        case PackedIn(box_id):
            return packed_in(database, box_id)
        case Unpacked():
            return _here(database, round_id, "state = 'sealed'")
        case OldestHere():
            return next(iter(_here(database, round_id, "1 LIMIT 1")), None)
        case Unrecorded():
            return _unrecorded(database)
        case AskedFor(ask):
            return _asked_for(database, round_id, ask)
        case TakenBack():
            return _taken_back(database, round_id)
        case ActsCounted():
            text = "SELECT action, count(*) FROM acts WHERE round = ? GROUP BY action"
            return {StaffAction(action): n for action, n in database.execute(text, (round_id,))}
        case UndatedIn(boot):
            return any(_undated(database, table, boot) for table in rows.DATED)
        case ExpectedBy(key):
            return listing.expected(database, round_id, key)
        case WholeRoster():
            return listing.everybody(database, round_id)
        case ProgressAround(key):
            return listing.progress_around(database, round_id, key)
        case ProgressOfAll():
            return listing.progress_of_all(database, round_id)
        case MissingOf(unit, standing):
            return listing.missing(database, round_id, unit, standing)
        case ElsewhereOf(key):
            return tables.elsewhere(database, round_id, key)
        case SheetOf(number):
            return tables.sheet_of(database, round_id, number)
        case KnownOf(name):
            return tables.known(database, round_id, name)
        case SampledHere(keys):
            return tables.sampled_here(database, round_id, keys)
        case EverKnownHere(keys):
            return tables.ever_known(database, round_id, keys)
        case never:
            assert_never(never)


def _sample(database: sqlite3.Connection, column: str, round_id: str, value: object) -> Sample | None:
    query = f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND {column} = ?"
    row = database.execute(query, (round_id, value)).fetchone()
    return rows.sample(row) if row else None


def _linked(database: sqlite3.Connection, round_id: str, key: bytes) -> Sample | None:
    """Of whoever was sampled by another credential; by any of theirs, since a sample may have been taken back."""
    whose = f"s.person_key IN ({rows.SAME_PERSON})"
    row = database.execute(f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND {whose}", (round_id, round_id, key))
    found = row.fetchone()
    return rows.sample(found) if found else None


def _taken_back(database: sqlite3.Connection, round_id: str) -> tuple[Act, ...]:
    of_these = f"round = ? AND action IN ({', '.join('?' * len(TAKING_BACK))})"
    found = database.execute(f"SELECT {rows.ACT} FROM acts WHERE {of_these} ORDER BY id", (round_id, *TAKING_BACK))
    return tuple(map(rows.act, found.fetchall()))


def _undated(database: sqlite3.Connection, table: str, boot: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE boot = ? AND trusted = 0 LIMIT 1"
    return database.execute(query, (boot,)).fetchone() is not None


def packed_in(database: sqlite3.Connection, box_id: int) -> tuple[Packed, ...]:
    """What lies in a box, in the order in which the tubes were opened."""
    query = f"SELECT {rows.TUBE}, bag FROM tubes WHERE box_id = ? ORDER BY id"
    return tuple(Packed(rows.tube(row[:-1]), row[-1]) for row in database.execute(query, (box_id,)).fetchall())


def _here(database: sqlite3.Connection, round_id: str, which: str) -> tuple[Tube, ...]:
    """Sealed and not handed over, in the order in which they were allotted: so the index has them."""
    condition = "round = ? AND state IN ('sealed', 'boxed')"
    query = f"SELECT {rows.TUBE} FROM tubes WHERE {condition} AND {which}"
    return tuple(map(rows.tube, database.execute(query, (round_id,)).fetchall()))


def _unrecorded(database: sqlite3.Connection) -> Record | None:
    """Of whatever round: what was sealed last before another began is told, too."""
    columns = f"{rows.TUBE}, round, record_epoch, record_n"
    row = database.execute(f"SELECT {columns} FROM tubes WHERE {UNRECORDED} LIMIT 1").fetchone()
    if row is None:
        return None
    *of_tube, round_id, epoch, n = row
    tube, name = rows.tube(of_tube), None if epoch is None else RecordName(epoch, n)
    return Record(round_id, tube, members_of(database, tube.id), place_of(database, round_id), name)


def _asked_for(database: sqlite3.Connection, round_id: str, ask: Ask) -> int | None:
    if database.execute("SELECT 1 FROM asked WHERE round = ? AND id = ?", (round_id, ask.id)).fetchone():
        return None
    query = f"SELECT count(*) FROM tubes WHERE round = ? AND {rows.NUMBERED}"
    found = (database.execute(query, (round_id, ask.epoch, *stretch)).fetchone() for stretch in ask.ranges)
    return sum(int(n) for (n,) in found)


def place_of(database: sqlite3.Connection, round_id: str) -> str:
    """Where that round was held, as region/round/point/kiosk; empty if that was not noted."""
    row = database.execute("SELECT place FROM rounds WHERE round = ?", (round_id,)).fetchone()
    return row[0] if row else ""


def members_of(database: sqlite3.Connection, tube_id: int) -> tuple[Member, ...]:
    """Who is in a tube, by their places, with what the authority can open."""
    query = f"SELECT position, voucher, beside, sealed, {rows.WHEN} FROM samples WHERE tube_id = ? AND void = 0"
    found = database.execute(f"{query} ORDER BY position", (tube_id,)).fetchall()
    return tuple(Member(place, code, rows.instant(at), n, sealed or b"") for place, code, n, sealed, *at in found)


def _tube_where(database: sqlite3.Connection, condition: str, values: rows.Row) -> Tube | None:
    row = database.execute(f"SELECT {rows.TUBE} FROM tubes WHERE {condition}", values).fetchone()
    return rows.tube(row) if row else None


def _tube(database: sqlite3.Connection, round_id: str, code: str) -> Tube | None:
    row = database.execute(f"SELECT {rows.TUBE}, round FROM tubes WHERE code = ?", (code,)).fetchone()
    if row is None:
        return _left(database, code)
    tube = rows.tube(row[:-1])
    return tube if row[-1] == round_id else replace(tube, state=TubeState.EARLIER)


def _left(database: sqlite3.Connection, code: str) -> Tube | None:
    """One whose people were moved to another code: it is void."""
    tube = _tube_where(database, "id = (SELECT tube_id FROM codes_left WHERE code = ?)", (code,))
    return None if tube is None else replace(tube, code=code, state=TubeState.VOID)
