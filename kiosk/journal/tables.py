"""What this table tells the others of its people, and what they told."""

import sqlite3
from collections.abc import Iterable, Mapping

from kiosk.journal import rows
from kiosk.model import Elsewhere, ExemptReason, Sample, SheetName, Told
from kiosk.model.changes import SheetHeard
from kiosk.model.tables import EXEMPT, KEY_BYTES, MOST_EXEMPT, PEOPLE, key_of

TOLD = "key, n, tube, at_ms, reason"
_LAST = b"\xff" * KEY_BYTES


def beginning(key: bytes) -> tuple[bytes, bytes]:
    """Between which the whole keys of people lie that begin as tables know them, for an index."""
    short = key_of(key)
    return short, short + _LAST


def sheet_of(database: sqlite3.Connection, round_id: str, number: int) -> tuple[Told, ...]:
    """Of this table's own people; whoever was linked stands beside the one that was sampled."""
    if number == EXEMPT:
        query = "SELECT person_key, NULL, NULL, wall_ms, trusted, reason FROM exempt WHERE round = ?"
        found = database.execute(f"{query} ORDER BY person_key LIMIT {MOST_EXEMPT}", (round_id,))
        return tuple(map(_told, found))
    stretch = (round_id, number * PEOPLE, number * PEOPLE + PEOPLE - 1)
    seats = "FROM samples s JOIN tubes t ON t.id = s.tube_id"
    # Without the plus SQLite walks through everybody of the round.
    holds = "+s.round = ? AND s.void = 0 AND s.seq BETWEEN ? AND ?"
    query = f"""
      SELECT s.person_key, s.seq, t.code, s.wall_ms, s.trusted, NULL {seats} WHERE {holds}
      UNION ALL
      SELECT b.person_key, s.seq, t.code, s.wall_ms, s.trusted, NULL {seats}
        CROSS JOIN links l ON l.round = s.round AND l.person_key = s.person_key
        CROSS JOIN links b ON b.round = l.round AND b.sample_seq = l.sample_seq AND b.person_key <> s.person_key
      WHERE {holds}
    """
    return tuple(_told(row) for row in database.execute(query, (*stretch, *stretch)))


def mark_in(database: sqlite3.Connection, round_id: str) -> str:
    """By which tables tell whether they have one round key; empty before the round has begun."""
    row = database.execute("SELECT round_key FROM rounds WHERE round = ?", (round_id,)).fetchone()
    return "" if row is None else bytes(row[0]).hex()


def first_sample(database: sqlite3.Connection, round_id: str) -> int | None:
    """The lowest number of a sample of the round. It walks what earlier rounds left: for a start."""
    row = database.execute("SELECT seq FROM samples WHERE round = ? ORDER BY seq LIMIT 1", (round_id,)).fetchone()
    return None if row is None else int(row[0])


def _told(row: rows.Row) -> Told:
    key, n, tube, wall_ms, trusted, reason = row
    return Told(key_of(key), n, tube, wall_ms if trusted else None, ExemptReason(reason) if reason else None)


def elsewhere(database: sqlite3.Connection, round_id: str, person_key: bytes) -> Elsewhere | None:
    """Where another table has sampled them, or this one in an earlier life."""
    query = f"SELECT kiosk, {TOLD} FROM others WHERE round = ? AND key = ? AND reason IS NULL LIMIT 1"
    row = database.execute(query, (round_id, key_of(person_key))).fetchone()
    return None if row is None else Elsewhere(row[0], _heard(row[1:]))


def known(database: sqlite3.Connection, round_id: str, name: SheetName) -> tuple[int, Mapping[bytes, Told]]:
    """As of which commit of theirs that sheet is known, -1 if it is not, and whom it names."""
    of_sheet = "round = ? AND kiosk = ? AND epoch = ? AND sheet = ?"
    values = (round_id, name.kiosk, name.epoch, name.number)
    row = database.execute(f"SELECT seq FROM sheets WHERE {of_sheet}", values).fetchone()
    # By itself SQLite takes the primary key and walks through everybody of the round.
    found = database.execute(f"SELECT {TOLD} FROM others INDEXED BY others_of_a_sheet WHERE {of_sheet}", values)
    return -1 if row is None else row[0], {each[0]: _heard(each) for each in found}


def _heard(row: rows.Row) -> Told:
    key, n, tube, at_ms, reason = row
    return Told(key, n, tube, at_ms, ExemptReason(reason) if reason else None)


def sampled_here(database: sqlite3.Connection, round_id: str, keys: Iterable[bytes]) -> Mapping[bytes, Sample]:
    """Which of these this table has sampled."""
    query = f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND person_key BETWEEN ? AND ?"
    found = {key: database.execute(query, (round_id, *beginning(key))).fetchone() for key in keys}
    return {key: rows.sample(row) for key, row in found.items() if row is not None}


def ever_known(
    database: sqlite3.Connection, round_id: str, keys: Iterable[bytes]
) -> frozenset[tuple[bytes, int | None]]:
    """The numbers of all samples of these, those that were taken back and of linked credentials too; None for whoever
    is exempt or was."""
    query = """
      SELECT seq FROM samples WHERE round = ?1 AND person_key BETWEEN ?2 AND ?3
      UNION ALL
      SELECT s.seq FROM links l
        CROSS JOIN links b ON b.round = l.round AND b.sample_seq = l.sample_seq
        CROSS JOIN samples s ON s.round = b.round AND s.person_key = b.person_key
      WHERE l.round = ?1 AND l.person_key BETWEEN ?2 AND ?3
      UNION ALL
      SELECT NULL FROM exempt WHERE round = ?1 AND person_key BETWEEN ?2 AND ?3
      UNION ALL
      SELECT NULL FROM once_exempt WHERE round = ?1 AND person_key BETWEEN ?2 AND ?3
    """
    return frozenset(
        (key, seq) for key in keys for (seq,) in database.execute(query, (round_id, *beginning(key))).fetchall()
    )


def write(database: sqlite3.Connection, round_id: str, heard: SheetHeard) -> None:
    """What differs of a sheet."""
    sheet = (heard.name.kiosk, heard.name.epoch, heard.name.number)
    query = "DELETE FROM others WHERE round = ? AND key = ? AND kiosk = ? AND epoch = ? AND sheet = ?"
    database.executemany(query, [(round_id, key, *sheet) for key in heard.gone])
    fresh = [(round_id, each.key, *sheet, each.n, each.tube, each.at_ms, each.reason) for each in heard.people]
    database.executemany("INSERT OR REPLACE INTO others VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", fresh)
    database.execute("INSERT OR REPLACE INTO sheets VALUES (?, ?, ?, ?, ?)", (round_id, *sheet, heard.seq))
