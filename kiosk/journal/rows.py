"""Rows of the journal as values, and values as rows; the columns are named in the same order as they are read."""

import json
from collections.abc import Sequence
from typing import Any, assert_never

from kiosk.model import (
    Beside,
    CopyReason,
    Exempt,
    ExemptReason,
    Instant,
    JobKind,
    Person,
    PrintJob,
    Purpose,
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
TUBE = f"id, code, source, capacity, state, filled, building, purpose, holes, {WHEN}"
SAMPLES = (
    "SELECT s.seq, person_key, name, number, tube_id, capacity, position, voucher, purpose, bearer, beside, void,"
    " s.boot, s.mono_ns, s.wall_ms, s.trusted FROM samples s JOIN tubes t ON t.id = s.tube_id"
)
SHIFT = f"id, samples, tubes, labels, vouchers, voided, exempt, refused, tube_id, filled, {WHEN}"
EXEMPT = f"person_key, name, number, reason, {WHEN}"
DATED = ("tubes", "samples", "jobs", "shifts", "exempt")
"""The tables whose rows bear WHEN."""
ROUND_OF_JOB = (
    "coalesce((SELECT round FROM tubes t WHERE t.id = tube_id), (SELECT round FROM samples s WHERE s.seq = sample_seq),"
    " (SELECT round FROM shifts h WHERE h.id = shift_id))"
)
JOB = "id, kind, printer, tube_id, sample_seq, shift_id, copy, reason, settlement"

VOID, VOID_WITH_TUBE = 1, 2
"""What stands in `void` of a sample that was taken back, alone or with all of its tube."""

Row = tuple[Any, ...]


def when(at: Instant) -> Row:
    return at.boot, at.mono_ns, at.wall_ms, at.trusted


def instant(row: Sequence[Any]) -> Instant:
    boot, mono_ns, wall_ms, trusted = row
    return Instant(boot, mono_ns, wall_ms, bool(trusted))


def tube(row: Row) -> Tube:
    tube_id, code, source, capacity, state, filled, building, purpose, holes, *at = row
    named = (tube_id, code, TubeSource(source), capacity, TubeState(state), filled)
    return Tube(*named, instant(at), building, Purpose(purpose), tuple(map(int, holes.split())))


def tube_row(tube: Tube, round_id: str) -> Row:
    named = (tube.id, round_id, tube.code, tube.source, tube.capacity, tube.state, tube.filled)
    return (*named, *when(tube.at), tube.building, tube.purpose, holes(tube))


def holes(tube: Tube) -> str:
    return " ".join(map(str, tube.holes))


def sample(row: Row) -> Sample:
    seq, key, name, number, tube_id, capacity, position, voucher, purpose, bearer, beside, void, *at = row
    named = (seq, Person(key, name, number), tube_id, capacity, position, voucher)
    with_whom = None if bearer is None else Beside(bearer, beside)
    return Sample(*named, instant(at), Purpose(purpose), with_whom, bool(void))


def sample_row(sample: Sample, round_id: str) -> Row:
    person = sample.person
    named = (sample.seq, round_id, person.key, person.name, person.number)
    with_whom = (sample.beside.bearer, sample.beside.number) if sample.beside else (None, None)
    return (*named, sample.tube_id, sample.position, sample.voucher, sample.void, *when(sample.at), *with_whom)


def exempt_row(exempt: Exempt, round_id: str) -> Row:
    person = exempt.person
    return (round_id, person.key, person.name, person.number, exempt.reason, *when(exempt.at))


def exempt(row: Row) -> Exempt:
    key, name, number, reason, *at = row
    return Exempt(Person(key, name, number), ExemptReason(reason), instant(at))


def shift_row(shift: Shift, round_id: str) -> Row:
    totals, tube = shift.totals, shift.open
    counts = (totals.samples, totals.tubes, totals.labels, totals.vouchers, totals.voided)
    held = (tube.id, tube.filled) if tube else (None, None)
    return (shift.id, *counts, json.dumps(dict(totals.refused)), *held, *when(shift.at), round_id, totals.exempt)


def shift(row: Row, open_tube: Tube | None) -> Shift:
    shift_id, samples, tubes, labels, vouchers, voided, exempt, refused, _, _, *at = row
    reasons = {Refusal(reason): n for reason, n in json.loads(refused).items()}
    totals = Totals(samples, tubes, labels, vouchers, voided, exempt, reasons)
    return Shift(shift_id, totals, open_tube, instant(at))


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
        case JobKind.LABEL | JobKind.CLOSING | JobKind.CALL_BACK:
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
