"""Rows of the journal as values, and values as rows; the columns are named in the same order as they are read."""

import json
from collections.abc import Sequence
from typing import Any, assert_never

from kiosk.model import (
    CopyReason,
    Instant,
    JobKind,
    Person,
    PrintJob,
    Refusal,
    Sample,
    Settlement,
    Shift,
    Totals,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.model.queries import CopiesOf

WHEN = "boot, mono_ns, wall_ms, trusted"
TUBE = f"id, code, source, capacity, state, filled, building, {WHEN}"
SAMPLES = (
    "SELECT s.seq, person_key, name, number, tube_id, capacity, position, voucher, void,"
    " s.boot, s.mono_ns, s.wall_ms, s.trusted FROM samples s JOIN tubes t ON t.id = s.tube_id"
)
SHIFT = f"id, samples, tubes, labels, vouchers, voided, refused, tube_id, filled, {WHEN}"
DATED = ("tubes", "samples", "jobs", "shifts")
"""The tables whose rows bear WHEN."""
ROUND_OF_JOB = (
    "coalesce((SELECT round FROM tubes t WHERE t.id = tube_id), (SELECT round FROM samples s WHERE s.seq = sample_seq),"
    " (SELECT round FROM shifts h WHERE h.id = shift_id))"
)
JOB = "id, kind, printer, tube_id, sample_seq, shift_id, copy, reason, settlement"

Row = tuple[Any, ...]


def when(at: Instant) -> Row:
    return at.boot, at.mono_ns, at.wall_ms, at.trusted


def instant(row: Sequence[Any]) -> Instant:
    boot, mono_ns, wall_ms, trusted = row
    return Instant(boot, mono_ns, wall_ms, bool(trusted))


def tube(row: Row) -> Tube:
    tube_id, code, source, capacity, state, filled, building, *at = row
    return Tube(tube_id, code, TubeSource(source), capacity, TubeState(state), filled, instant(at), building)


def tube_row(tube: Tube, round_id: str) -> Row:
    named = (tube.id, round_id, tube.code, tube.source, tube.capacity, tube.state, tube.filled)
    return (*named, *when(tube.at), tube.building)


def sample(row: Row) -> Sample:
    seq, key, name, number, tube_id, capacity, position, voucher, void, *at = row
    return Sample(seq, Person(key, name, number), tube_id, capacity, position, voucher, instant(at), bool(void))


def sample_row(sample: Sample, round_id: str) -> Row:
    person = sample.person
    named = (sample.seq, round_id, person.key, person.name, person.number)
    return (*named, sample.tube_id, sample.position, sample.voucher, sample.void, *when(sample.at))


def shift_row(shift: Shift, round_id: str) -> Row:
    totals, tube = shift.totals, shift.open
    counts = (totals.samples, totals.tubes, totals.labels, totals.vouchers, totals.voided)
    held = (tube.id, tube.filled) if tube else (None, None)
    return (shift.id, *counts, json.dumps(dict(totals.refused)), *held, *when(shift.at), round_id)


def shift(row: Row, open_tube: Tube | None) -> Shift:
    shift_id, samples, tubes, labels, vouchers, voided, refused, _, _, *at = row
    reasons = {Refusal(reason): n for reason, n in json.loads(refused).items()}
    return Shift(shift_id, Totals(samples, tubes, labels, vouchers, voided, reasons), open_tube, instant(at))


def job_row(job: PrintJob, at: Instant) -> Row:
    subject: dict[str, int | None] = {"tube_id": None, "sample_seq": None, "shift_id": None}
    subject[subject_column(job.kind)] = CopiesOf.slip(job.kind, job.subject).subject_id
    return (
        *(job.id, job.kind, job.printer, job.state),
        *subject.values(),
        *(job.copy, job.reason, job.settlement),
        *when(at),
    )


def subject_column(kind: JobKind) -> str:
    """The column of jobs that names what a slip of this kind is about."""
    match kind:
        case JobKind.LABEL | JobKind.CLOSING:
            return "tube_id"
        case JobKind.VOUCHER:
            return "sample_seq"
        case JobKind.REPORT:
            return "shift_id"
        case never:
            assert_never(never)


def settlement(value: str | None) -> Settlement | None:
    return Settlement(value) if value else None


def copy_reason(value: str | None) -> CopyReason | None:
    return CopyReason(value) if value else None
