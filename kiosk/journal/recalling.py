"""What a start reads back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kiosk.journal import listing, orders, outbox, rows, tables
from kiosk.model import (
    Box,
    BoxState,
    Counters,
    Handover,
    JobKind,
    JobState,
    Loss,
    MissingList,
    Packed,
    Pool,
    PrintJob,
    Purpose,
    Refusal,
    Roll,
    Sample,
    Shift,
    Subject,
    Tally,
    Totals,
    Tube,
    TubeState,
)
from kiosk.model.changes import LeftOver, Recalled

Jobs = tuple[PrintJob, ...]


def recall(database: sqlite3.Connection, round_id: str, block: str, epoch: str) -> Recalled:
    """What the kiosk knew when it stopped; `epoch` is that of a journal without a commit."""
    found = database.execute(f"{rows.SAMPLES} WHERE s.round = ? ORDER BY s.seq DESC LIMIT 1", (round_id,)).fetchone()
    last = rows.sample(found) if found else None
    if last is not None and (last.void or _round_was_left(database, round_id, last)):
        last = None
    ours, earlier = _under_way(database, round_id)
    return Recalled(
        _counters(database, round_id, block, epoch),
        open=_tube_in(database, round_id, TubeState.OPEN) or _unbound(database, round_id),
        ready=_ready(database, round_id, single=False),
        single=_ready(database, round_id, single=True),
        last=last,
        last_tube=_tube(database, last.tube_id) if last else None,
        queued=_in_state(ours, JobState.QUEUED),
        sending=_in_state(ours, JobState.SENDING),
        doubtful=_in_state(ours, JobState.UNCONFIRMED),
        paused=_paused(database),
        pool=_pool(database, round_id),
        boxes=_boxes(database),
        handover=_last_handover(database),
        left_over=_left_over(database, round_id, earlier),
        loss=_loss(database),
        roster=listing.head(database, round_id),
        calls=listing.calls(database, round_id),
        orders=orders.of_round(database, round_id),
        first_sample=tables.first_sample(database, round_id),
    )


def _round_was_left(database: sqlite3.Connection, round_id: str, last: Sample) -> bool:
    """Another round has begun since: what was closed then stays closed."""
    query = "SELECT 1 FROM tubes WHERE round <> ? AND id > ? LIMIT 1"
    return database.execute(query, (round_id, last.tube_id)).fetchone() is not None


def _paused(database: sqlite3.Connection) -> bool:
    row = database.execute("SELECT is_on FROM switches WHERE name = 'paused'").fetchone()
    return row is not None and bool(row[0])


def _pool(database: sqlite3.Connection, round_id: str) -> Pool | None:
    row = database.execute("SELECT capacity, purpose FROM pools WHERE round = ?", (round_id,)).fetchone()
    return Pool(row[0], Purpose(row[1])) if row else None


def _boxes(database: sqlite3.Connection) -> tuple[Box, ...]:
    """One that is packed goes on, and a closed one waits for the driver, whatever round has begun meanwhile."""
    query = f"SELECT {rows.BOX} FROM boxes WHERE state IN (?, ?) ORDER BY id"
    return tuple(map(rows.box, database.execute(query, (BoxState.CLOSED, BoxState.OPEN)).fetchall()))


def _last_handover(database: sqlite3.Connection) -> Handover | None:
    """Unless it was taken back: what went before it is nothing to be taken back by one scan."""
    row = database.execute("SELECT id, taken_back FROM handovers ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None or row[1] else _handover(database, row[0])


def _box(database: sqlite3.Connection, box_id: int) -> Box:
    return rows.box(database.execute(f"SELECT {rows.BOX} FROM boxes WHERE id = ?", (box_id,)).fetchone())


def _handover(database: sqlite3.Connection, handover_id: int) -> Handover:
    row = database.execute(f"SELECT {rows.HANDOVER} FROM handovers WHERE id = ?", (handover_id,)).fetchone()
    columns = ", ".join(f"h.{name}" if name in ("filled", "bag") else f"t.{name}" for name in rows.TUBE.split(", "))
    query = f"SELECT {columns}, h.bag FROM handed_over h JOIN tubes t ON t.id = h.tube_id WHERE h.handover_id = ?"
    packed = database.execute(f"{query} ORDER BY t.id", (handover_id,)).fetchall()
    return rows.handover(row, _box(database, row[1]), tuple(Packed(rows.tube(each[:-1]), each[-1]) for each in packed))


def _tally(database: sqlite3.Connection, tally_id: int) -> Tally:
    row = database.execute(f"SELECT {rows.TALLY} FROM tallies WHERE id = ?", (tally_id,)).fetchone()
    return rows.tally(row, _box(database, row[1]))


def _loss(database: sqlite3.Connection) -> Loss | None:
    row = database.execute("SELECT loss FROM life").fetchone()
    return Loss(row[0]) if row and row[0] else None


def _unbound(database: sqlite3.Connection, round_id: str) -> Tube | None:
    """A tube of an earlier round with people in it that still lacks its barcode: it takes nobody more, and waits."""
    query = f"SELECT {rows.TUBE} FROM tubes WHERE round <> ? AND state = ? AND code IS NULL AND filled ORDER BY id DESC"
    row = database.execute(query, (round_id, TubeState.OPEN)).fetchone()
    if row is None:
        return None
    tube = rows.tube(row)
    return replace(tube, capacity=tube.filled)


def _left_over(database: sqlite3.Connection, round_id: str, jobs: Jobs) -> LeftOver:
    query = f"SELECT {rows.TUBE} FROM tubes WHERE round <> ? AND state IN (?, ?)"
    query += " AND (code IS NOT NULL OR NOT filled) ORDER BY id"
    tubes = database.execute(query, (round_id, TubeState.OPEN, TubeState.READY)).fetchall()
    return LeftOver(tuple(map(rows.tube, tubes)), jobs, outbox.open_status(database))


def _counters(database: sqlite3.Connection, round_id: str, block: str, epoch: str) -> Counters:
    row = database.execute("SELECT epoch, seq, next_tube_id, next_sample_seq, next_job_id FROM life").fetchone()
    query = "SELECT next_tube_serial, next_voucher_serial FROM leases WHERE block = ?"
    next_tube, next_voucher = database.execute(query, (block,)).fetchone() or (1, 1)
    epoch, seq, tube_id, sample_seq, job_id = row or (epoch, 0, 1, 1, 1)
    totals = _totals(database, round_id, "totals", "refusals")
    begun = _totals(database, round_id, "begun", "begun_refusals")
    return Counters(epoch, block, seq, next_tube, next_voucher, tube_id, sample_seq, job_id, totals, begun)


def _totals(database: sqlite3.Connection, round_id: str, table: str, reasons: str) -> Totals:
    query = f"SELECT samples, tubes, labels, vouchers, voided, exempt, records FROM {table} WHERE round = ?"
    *counts, records = database.execute(query, (round_id,)).fetchone() or (0,) * 7
    refused = database.execute(f"SELECT reason, n FROM {reasons} WHERE round = ?", (round_id,))
    samples, tubes, labels, vouchers, voided, exempt = counts
    by_reason = {Refusal(reason): n for reason, n in refused}
    return Totals(samples, tubes, labels, vouchers, voided, exempt, by_reason, records)


def _tube_in(database: sqlite3.Connection, round_id: str, state: TubeState) -> Tube | None:
    query = f"SELECT {rows.TUBE} FROM tubes WHERE round = ? AND state = ?"
    row = database.execute(query, (round_id, state)).fetchone()
    return rows.tube(row) if row else None


def _ready(database: sqlite3.Connection, round_id: str, single: bool) -> Tube | None:
    query = f"SELECT {rows.TUBE} FROM tubes WHERE round = ? AND state = ? AND (purpose = ?) = ?"
    row = database.execute(query, (round_id, TubeState.READY, Purpose.SINGLE, single)).fetchone()
    return rows.tube(row) if row else None


def _tube(database: sqlite3.Connection, tube_id: int) -> Tube:
    return rows.tube(database.execute(f"SELECT {rows.TUBE} FROM tubes WHERE id = ?", (tube_id,)).fetchone())


def _under_way(database: sqlite3.Connection, round_id: str) -> tuple[Jobs, Jobs]:
    """Of this round, and of earlier ones; a report of the last release is of the round in which it is printed. One walk
    through all jobs, for only a start wants to know."""
    # One under way has ended only when the printer has done with it, whatever it is worth.
    query = (
        f"SELECT coalesce({rows.ROUND_OF_JOB}, ?) = ?, state, {rows.JOB} FROM jobs"
        " WHERE state IN (?, ?, ?) AND (settlement IS NULL OR state = ?) ORDER BY id"
    )
    values = (round_id, round_id, JobState.QUEUED, JobState.SENDING, JobState.UNCONFIRMED, JobState.SENDING)
    found = [(is_ours, _job(database, row)) for is_ours, *row in database.execute(query, values).fetchall()]
    return tuple(job for is_ours, job in found if is_ours), tuple(job for is_ours, job in found if not is_ours)


def _in_state(jobs: Jobs, state: JobState) -> Jobs:
    return tuple(job for job in jobs if job.state is state)


def _job(database: sqlite3.Connection, row: Sequence[Any]) -> PrintJob:
    state, job_id, kind, printer, *about, copy, reason, settlement = row
    subject = _subject(database, JobKind(kind), *about)
    return PrintJob(
        job_id,
        JobKind(kind),
        printer,
        JobState(state),
        subject,
        copy,
        rows.copy_reason(reason),
        rows.settlement(settlement),
    )


def _subject(
    database: sqlite3.Connection,
    kind: JobKind,
    tube_id: int | None,
    sample_seq: int | None,
    shift_id: int | None,
    handover_id: int | None,
    tally_id: int | None,
    missing_id: int | None,
) -> Subject:
    if tube_id is not None:
        return _roll(database, tube_id) if kind is JobKind.CALL_BACK else _tube(database, tube_id)
    if sample_seq is not None:
        return rows.sample(database.execute(f"{rows.SAMPLES} WHERE s.seq = ?", (sample_seq,)).fetchone())
    if handover_id is not None:
        return _handover(database, handover_id)
    if tally_id is not None:
        return _tally(database, tally_id)
    return _shift(database, shift_id) if missing_id is None else _missing(database, missing_id)


def _missing(database: sqlite3.Connection, missing_id: int) -> MissingList:
    query = f"SELECT {rows.MISSING_LIST} FROM missing_lists WHERE id = ?"
    return rows.missing_list(database.execute(query, (missing_id,)).fetchone())


def _roll(database: sqlite3.Connection, tube_id: int) -> Roll:
    query = f"{rows.SAMPLES} WHERE s.tube_id = ? AND void = ? ORDER BY position"
    people = database.execute(query, (tube_id, rows.VOID_WITH_TUBE)).fetchall()
    return Roll(_tube(database, tube_id), tuple(map(rows.sample, people)))


def _shift(database: sqlite3.Connection, shift_id: int | None) -> Shift:
    row = database.execute(f"SELECT {rows.SHIFT} FROM shifts WHERE id = ?", (shift_id,)).fetchone()
    *_, tube_id, filled, _, _, _, _, _, _ = row
    tube = None if tube_id is None else replace(_tube(database, tube_id), filled=filled)
    return rows.shift(row, tube)
