"""The roster of a round, and what has become of its people: what happened here outweighs what the list says."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from itertools import groupby

from kiosk.journal import rows
from kiosk.journal.tables import beginning
from kiosk.model import Absent, ExemptReason, Expected, Progress, RosterHead, Standing, Status
from kiosk.model.tables import KEY_BYTES

_STANDING = f"""
CASE
  WHEN EXISTS (SELECT 1 FROM samples s WHERE s.round = e.round AND s.person_key = e.person_key AND s.void = 0)
    THEN '{Standing.SAMPLED}'
  WHEN EXISTS (
    SELECT 1 FROM links l
      CROSS JOIN links b ON b.round = l.round AND b.sample_seq = l.sample_seq
      CROSS JOIN samples s ON s.round = b.round AND s.person_key = b.person_key
    WHERE l.round = e.round AND l.person_key = e.person_key AND s.void = 0
  ) THEN '{Standing.SAMPLED}'
  WHEN EXISTS (
    SELECT 1 FROM others o WHERE o.round = e.round AND o.key = substr(e.person_key, 1, {KEY_BYTES})
    AND o.reason IS NULL
  ) THEN '{Standing.OTHER_TABLE}'
  ELSE coalesce(
    (
      SELECT CASE x.reason WHEN '{ExemptReason.ELSEWHERE}' THEN '{Standing.ELSEWHERE}' ELSE '{Standing.EXEMPT}' END
      FROM exempt x WHERE x.round = e.round AND x.person_key = e.person_key
    ),
    (
      SELECT CASE o.reason WHEN '{ExemptReason.ELSEWHERE}' THEN '{Standing.ELSEWHERE}' ELSE '{Standing.EXEMPT}' END
      FROM others o WHERE o.round = e.round AND o.key = substr(e.person_key, 1, {KEY_BYTES}) LIMIT 1
    ),
    CASE e.status WHEN '{Status.EXPECTED}' THEN '{Standing.MISSING}' ELSE e.status END
  )
END
"""
"""Each of the list's own words is also one of what has become of somebody, but for `expected`."""


def head(database: sqlite3.Connection, round_id: str) -> RosterHead | None:
    row = database.execute("SELECT made_s, units FROM rosters WHERE round = ?", (round_id,)).fetchone()
    return None if row is None else RosterHead(row[0], tuple(json.loads(row[1])))


def calls(database: sqlite3.Connection, round_id: str) -> tuple[str, ...]:
    """The units that were called, in that order."""
    found = database.execute("SELECT unit FROM calls WHERE round = ? ORDER BY id", (round_id,))
    return tuple(str(unit) for (unit,) in found)


def expected(database: sqlite3.Connection, round_id: str, key: bytes) -> Expected | None:
    query = f"SELECT {rows.EXPECTED} FROM expected WHERE round = ? AND person_key = ?"
    row = database.execute(query, (round_id, key)).fetchone()
    return rows.expected(row) if row else None


def everybody(database: sqlite3.Connection, round_id: str) -> Mapping[bytes, Expected]:
    found = database.execute(f"SELECT {rows.EXPECTED} FROM expected WHERE round = ?", (round_id,))
    return {row[0]: rows.expected(row) for row in found}


def progress_around(database: sqlite3.Connection, round_id: str, key: bytes) -> tuple[Progress, ...]:
    """Of the unit where the list has them, by whichever of their credentials."""
    of_unit = """unit IN (
      SELECT unit FROM expected WHERE round = ?1 AND person_key BETWEEN ?2 AND ?3
      UNION
      SELECT x.unit FROM links l
        CROSS JOIN links b ON b.round = l.round AND b.sample_seq = l.sample_seq
        CROSS JOIN expected x ON x.round = b.round AND x.person_key = b.person_key
      WHERE l.round = ?1 AND l.person_key BETWEEN ?2 AND ?3
    )"""
    return tuple(_progress(database, of_unit, (round_id, *beginning(key))))


def progress_of_all(database: sqlite3.Connection, round_id: str) -> tuple[Progress, ...]:
    return tuple(_progress(database, "1", (round_id,)))


def _progress(database: sqlite3.Connection, which: str, values: rows.Row) -> Iterable[Progress]:
    standings = f"SELECT unit, {_STANDING} AS standing FROM expected e WHERE e.round = ?1 AND {which}"
    query = f"SELECT unit, standing, count(*) FROM ({standings}) GROUP BY unit, standing ORDER BY unit"
    found = database.execute(query, values).fetchall()
    for unit, counts in groupby(found, key=lambda row: str(row[0])):
        yield Progress(unit, {Standing(standing): n for _, standing, n in counts})


def missing(
    database: sqlite3.Connection, round_id: str, unit: str, standing: Standing = Standing.MISSING
) -> tuple[Absent, ...]:
    """By the order of the units, floor and flat."""
    of_unit = "1" if unit == "" else "e.unit = ?"
    query = f"""
      SELECT unit, flat, floor, name FROM expected e
      WHERE e.round = ? AND {of_unit} AND {_STANDING} = '{standing}'
      ORDER BY floor IS NULL, floor, length(flat), flat, name, person_key
    """
    found = database.execute(query, (round_id, unit) if unit else (round_id,)).fetchall()
    known = head(database, round_id)
    order = {} if known is None else {name: place for place, name in enumerate(known.units)}
    return tuple(sorted((Absent(*row) for row in found), key=lambda each: order.get(each.unit, len(order))))
