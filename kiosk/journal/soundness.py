"""What SQLite's own check cannot see, since it knows pages and indexes and not what stands in a row: a flipped bit in a
counter would use numbers again, one in a state would end the kiosk at somebody's scan."""

import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from kiosk.model import (
    BoxState,
    CopyReason,
    ExemptReason,
    JobKind,
    JobState,
    Purpose,
    Settlement,
    StaffAction,
    Status,
    TubeSource,
    TubeState,
)

IDS = """
SELECT 'the next ids' FROM life
WHERE next_tube_id <= (SELECT coalesce(max(id), 0) FROM tubes)
OR next_sample_seq <= (SELECT coalesce(max(seq), 0) FROM samples)
OR next_job_id <= (SELECT coalesce(max(id), 0) FROM jobs)
"""
SAMPLES = """
SELECT 'the samples of round ' || round FROM totals t
WHERE samples <> (SELECT count(*) FROM samples s WHERE s.round = t.round)
OR voided <> (SELECT count(*) FROM samples s WHERE s.round = t.round AND void)
OR exempt <> (SELECT count(*) FROM exempt e WHERE e.round = t.round)
"""
BEGUN = """
SELECT 'what round ' || round || ' began with' FROM begun b
WHERE NOT EXISTS (SELECT 1 FROM totals t WHERE t.round = b.round AND t.samples >= b.samples AND t.voided >= b.voided)
"""
PEOPLE = """
SELECT 'the people in tube ' || id FROM tubes t
WHERE filled <> (SELECT count(*) FROM samples WHERE tube_id = t.id AND void = 0)
"""
VOUCHERS = """
SELECT 'the vouchers of block ' || block FROM leases
WHERE next_voucher_serial <= (
  SELECT coalesce(max(CAST(substr(voucher, 6, 7) AS INTEGER)), 0) FROM samples
  WHERE voucher BETWEEN 'V' || block || '0' AND 'V' || block || '9:'
)
"""
TUBES = """
SELECT 'the tubes of block ' || block FROM leases
WHERE next_tube_serial <= (
  SELECT coalesce(max(CAST(substr(code, 5, 6) AS INTEGER)), 0) FROM tubes
  WHERE code BETWEEN block || '0' AND block || '9:' AND source = 'printed'
)
"""
BOXES = """
SELECT 'the tubes in box ' || number FROM boxes b WHERE state IN ('open', 'closed')
AND tubes <> (SELECT count(*) FROM tubes t WHERE t.box_id = b.id)
"""
COUNTERS = (IDS, SAMPLES, BEGUN, PEOPLE, VOUCHERS, TUBES, BOXES)
"""Each finds what contradicts itself, and nothing in a journal of ours."""


Structure = tuple[list[tuple[object, ...]], ...]
_OF_OURS = "FROM sqlite_master m, pragma_{}(m.name) o WHERE m.type = '{}' AND m.name NOT LIKE 'sqlite_%'"
STRUCTURE = (
    f'SELECT m.name, o.name, o.type, o."notnull", o.pk {_OF_OURS.format("table_info", "table")} ORDER BY m.name, o.cid',
    f'SELECT m.name, o."unique", o.origin, o.partial {_OF_OURS.format("index_list", "table")} ORDER BY 1, 2, 3, 4',
    f"SELECT m.name, o.name {_OF_OURS.format('index_info', 'index')} ORDER BY m.name, o.seqno",
)


def structure(database: sqlite3.Connection) -> Structure:
    """Columns of each table and index. Not the text that made them, which each release of SQLite may spell its way."""
    return tuple(database.execute(query).fetchall() for query in STRUCTURE)


def flaw(database: sqlite3.Connection) -> str | None:
    """What cannot be so, in words; None if the rows agree with each other."""
    for query in (*COUNTERS, *_words()):
        row = database.execute(query).fetchone()
        if row is not None:
            return str(row[0])
    return None


def _words() -> Iterator[str]:
    """Columns that hold a word of ours."""
    yield _other("tubes", "state", TubeState)
    yield _other("tubes", "source", TubeSource)
    yield _other("acts", "action", StaffAction)
    yield _other("boxes", "state", BoxState)
    yield _other("exempt", "reason", ExemptReason)
    yield _other("tubes", "purpose", Purpose)
    yield _other("pools", "purpose", Purpose)
    yield _other("expected", "status", Status)
    yield _other("others", "reason", ExemptReason)
    yield _other("jobs", "kind", JobKind)
    yield _other("jobs", "state", JobState)
    yield _other("jobs", "reason", CopyReason)
    yield _other("jobs", "settlement", Settlement)


def _other(table: str, column: str, words: type[StrEnum]) -> str:
    known = ", ".join(f"'{word}'" for word in words)
    return f"SELECT 'the {column} of {table}' FROM {table} WHERE {column} NOT IN ({known}) LIMIT 1"
