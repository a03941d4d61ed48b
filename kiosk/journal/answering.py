"""What a decision looks up."""

import sqlite3
from dataclasses import replace
from typing import Any, assert_never

from kiosk.journal import rows
from kiosk.model import Sample, Tube, TubeState
from kiosk.model.queries import CopiesOf, PriorOf, Query, SampleBy, TubeBy, UndatedIn


def answer(database: sqlite3.Connection, round_id: str, query: Query) -> Any:
    """Of the type that the query names."""
    match query:
        case PriorOf(key):
            return _sample(database, "person_key", round_id, key)
        case SampleBy(voucher):
            return _sample(database, "voucher", round_id, voucher)
        case TubeBy(code):
            return _tube(database, round_id, code)
        case CopiesOf(kind, subject_id):
            # The kind as a literal: each has an index of its own, which a parameter would not find.
            which = f"kind = '{kind}' AND {rows.subject_column(kind)} = ?"
            text = f"SELECT coalesce(max(copy), 0) FROM jobs WHERE {which}"
            return database.execute(text, (subject_id,)).fetchone()[0]
        case UndatedIn(boot):
            return any(_undated(database, table, boot) for table in rows.DATED)
        case never:
            assert_never(never)


def _sample(database: sqlite3.Connection, column: str, round_id: str, value: object) -> Sample | None:
    query = f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND {column} = ?"
    row = database.execute(query, (round_id, value)).fetchone()
    return rows.sample(row) if row else None


def _undated(database: sqlite3.Connection, table: str, boot: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE boot = ? AND trusted = 0 LIMIT 1"
    return database.execute(query, (boot,)).fetchone() is not None


def _tube(database: sqlite3.Connection, round_id: str, code: str) -> Tube | None:
    row = database.execute(f"SELECT {rows.TUBE}, round FROM tubes WHERE code = ?", (code,)).fetchone()
    if row is None:
        return None
    tube = rows.tube(row[:-1])
    return tube if row[-1] == round_id else replace(tube, state=TubeState.SEALED)
