"""Rows of the journal as values, and values as rows; the columns are named in the same order as they are read."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

from kiosk.model import (
    Absent,
    Beside,
    Box,
    BoxState,
    CopyReason,
    Exempt,
    ExemptReason,
    Expected,
    Handover,
    Instant,
    JobKind,
    Mismatch,
    MissingList,
    Packed,
    Person,
    PrintJob,
    Purpose,
    Refusal,
    Sample,
    Settlement,
    Shift,
    StaffAction,
    Status,
    Stray,
    Tally,
    Totals,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.model.acts import Act
from kiosk.model.queries import CopiesOf

WHEN = "boot, mono_ns, wall_ms, trusted"
TUBE = f"id, code, source, capacity, state, filled, building, purpose, holes, box_id, {WHEN}"
SAMPLES = (
    "SELECT s.seq, person_key, name, number, tube_id, capacity, position, voucher, purpose, bearer, beside, void,"
    " t.code, s.boot, s.mono_ns, s.wall_ms, s.trusted FROM samples s JOIN tubes t ON t.id = s.tube_id"
)
SAME_PERSON = (
    "SELECT b.person_key FROM links l CROSS JOIN links b ON b.round = l.round AND b.sample_seq = l.sample_seq"
    " WHERE l.round = ? AND l.person_key = ?"
)
"""All credentials of whoever has this one, where several were made one person."""
SHIFT = f"id, samples, tubes, labels, vouchers, voided, exempt, refused, tube_id, filled, acts, taken_back, {WHEN}"
BOX = f"id, number, state, tubes, people, bag, seal, strays, {WHEN}"
HANDOVER = f"id, box_id, taken_back, tubes, people, bag, seal, {WHEN}"
TALLY = f"id, box_id, tubes, people, mismatches, {WHEN}"
ACT = f"action, about, badge, {WHEN}"
EXPECTED = "person_key, name, unit, flat, floor, status"
MISSING_LIST = f"id, unit, expected, sampled, exempt, absent, {WHEN}"
EXEMPT = f"person_key, name, number, reason, {WHEN}"
DATED = (
    "tubes",
    "samples",
    "jobs",
    "shifts",
    "exempt",
    "boxes",
    "handovers",
    "tallies",
    "acts",
    "calls",
    "missing_lists",
)
"""The tables whose rows bear WHEN."""
ROUND_OF_JOB = (
    "coalesce((SELECT round FROM tubes t WHERE t.id = tube_id), (SELECT round FROM samples s WHERE s.seq = sample_seq),"
    " (SELECT round FROM shifts h WHERE h.id = shift_id),"
    " (SELECT round FROM boxes b JOIN tallies a ON a.box_id = b.id WHERE a.id = tally_id),"
    " (SELECT round FROM missing_lists m WHERE m.id = missing_id))"
)
"""NULL for a manifest: the driver needs it in whatever round they come."""
SUBJECTS = ("tube_id", "sample_seq", "shift_id", "handover_id", "tally_id", "missing_id")
"""Columns of jobs, of which each row has one."""
JOB = "id, kind, printer, tube_id, sample_seq, shift_id, handover_id, tally_id, missing_id, copy, reason, settlement"

CLOSED = "state IN ('sealed', 'boxed', 'handed-over', 'void') AND code IS NOT NULL"
"""Of tubes: nobody goes into one any more, and it has a name to be told under."""
NUMBERED = "record_epoch = ? AND record_n BETWEEN ? AND ?"
"""Of tubes: which were told first in that life, with numbers from and to."""
SEALED_IN = "SELECT tube_id FROM samples WHERE sealed IS NOT NULL"
"""The tubes of people whose identity is sealed. Asked once for all tubes: for each of them it would walk all people."""
VOID, VOID_WITH_TUBE = 1, 2
"""What stands in `void` of a sample that was taken back, alone or with all of its tube."""

Row = tuple[Any, ...]


def when(at: Instant) -> Row:
    return at.boot, at.mono_ns, at.wall_ms, at.trusted


def instant(row: Sequence[Any]) -> Instant:
    boot, mono_ns, wall_ms, trusted = row
    return Instant(boot, mono_ns, wall_ms, bool(trusted))


def tube(row: Row) -> Tube:
    tube_id, code, source, capacity, state, filled, building, purpose, holes, box_id, *at = row
    named = (tube_id, code, TubeSource(source), capacity, TubeState(state), filled)
    return Tube(*named, instant(at), building, Purpose(purpose), tuple(map(int, holes.split())), box_id)


def tube_row(tube: Tube, round_id: str) -> Row:
    named = (tube.id, round_id, tube.code, tube.source, tube.capacity, tube.state, tube.filled)
    return (*named, *when(tube.at), tube.building, tube.purpose, holes(tube), tube.box_id, None, 0, None, None)


def holes(tube: Tube) -> str:
    return " ".join(map(str, tube.holes))


def sample(row: Row) -> Sample:
    seq, key, name, number, tube_id, capacity, position, voucher, purpose, bearer, beside, void, tube, *at = row
    named = (seq, Person(key, name, number), tube_id, capacity, position, voucher)
    with_whom = None if bearer is None else Beside(bearer, beside)
    return Sample(*named, instant(at), Purpose(purpose), with_whom, bool(void), tube)


def sample_row(sample: Sample, round_id: str, sealed: bytes) -> Row:
    person = sample.person
    named = (sample.seq, round_id, person.key, person.name, person.number)
    with_whom = (sample.beside.bearer, sample.beside.number) if sample.beside else (None, None)
    return (
        *named,
        sample.tube_id,
        sample.position,
        sample.voucher,
        sample.void,
        *when(sample.at),
        *with_whom,
        sealed or None,
    )


def exempt_row(exempt: Exempt, round_id: str, sealed: bytes) -> Row:
    person = exempt.person
    return (round_id, person.key, person.name, person.number, exempt.reason, *when(exempt.at), sealed or None)


def exempt(row: Row) -> Exempt:
    key, name, number, reason, *at = row
    return Exempt(Person(key, name, number), ExemptReason(reason), instant(at))


def act_row(act: Act, round_id: str) -> Row:
    return (None, round_id, act.action, act.about, act.badge, *when(act.at))


def act(row: Row) -> Act:
    action, about, badge, *at = row
    return Act(StaffAction(action), about, badge, instant(at))


def shift_row(shift: Shift, round_id: str) -> Row:
    totals, tube = shift.totals, shift.open
    counts = (totals.samples, totals.tubes, totals.labels, totals.vouchers, totals.voided)
    held = (tube.id, tube.filled) if tube else (None, None)
    return (
        shift.id,
        *counts,
        json.dumps(dict(totals.refused)),
        *held,
        *when(shift.at),
        round_id,
        totals.exempt,
        json.dumps(dict(shift.acts)),
        json.dumps([(each.action, each.about, each.badge, *when(each.at)) for each in shift.taken_back]),
    )


def shift(row: Row, open_tube: Tube | None) -> Shift:
    shift_id, samples, tubes, labels, vouchers, voided, exempt, refused, _, _, acts, taken_back, *at = row
    reasons = {Refusal(reason): n for reason, n in json.loads(refused).items()}
    totals = Totals(samples, tubes, labels, vouchers, voided, exempt, reasons)
    done = {StaffAction(action): n for action, n in json.loads(acts).items()}
    return Shift(shift_id, totals, open_tube, instant(at), done, tuple(map(act, json.loads(taken_back))))


def box(row: Row) -> Box:
    box_id, number, state, tubes, people, bag, seal, strays, *at = row
    return Box(box_id, number, BoxState(state), instant(at), tubes, people, bag, seal, _strays(strays))


def box_row(box: Box, round_id: str) -> Row:
    figures = (box.tubes, box.people, box.bag, box.seal, strays(box.strays))
    return (box.id, round_id, box.number, box.state, *figures, *when(box.at))


def strays(given: Sequence[Stray]) -> str:
    return json.dumps([[stray.code, stray.why] for stray in given])


def _strays(text: str) -> tuple[Stray, ...]:
    return tuple(Stray(code, Mismatch(why)) for code, why in json.loads(text))


def handover(row: Row, box: Box, packed: tuple[Packed, ...]) -> Handover:
    """The box as it was then."""
    handover_id, _, taken_back, tubes, people, bag, seal, *at = row
    state = BoxState.CLOSED if taken_back else BoxState.HANDED_OVER
    then = Box(box.id, box.number, state, box.at, tubes, people, bag, seal)
    return Handover(handover_id, then, packed, instant(at), bool(taken_back))


def handover_row(handover: Handover) -> Row:
    box = handover.box
    named = (handover.id, box.id, handover.taken_back, box.tubes, box.people, box.bag, box.seal)
    return (*named, *when(handover.at))


def tally(row: Row, box: Box) -> Tally:
    tally_id, _, tubes, people, mismatches, *at = row
    found = _strays(mismatches)
    return Tally(tally_id, replace(box.counted, tubes=tubes, people=people), found, instant(at))


def tally_row(tally: Tally) -> Row:
    box = tally.box
    return (tally.id, box.id, box.tubes, box.people, strays(tally.mismatches), *when(tally.at))


def expected(row: Row) -> Expected:
    key, name, unit, flat, floor, status = row
    return Expected(key, name, unit, flat, floor, Status(status))


def expected_row(person: Expected, round_id: str) -> Row:
    return (round_id, person.key, person.name, person.unit, person.flat, person.floor, person.status)


def missing_list(row: Row) -> MissingList:
    list_id, unit, listed, sampled, exempt, absent, *at = row
    people = tuple(Absent(*each) for each in json.loads(absent))
    return MissingList(list_id, unit, listed, sampled, exempt, people, instant(at))


def missing_list_row(missing: MissingList, round_id: str) -> Row:
    absent = json.dumps([(each.unit, each.flat, each.floor, each.name) for each in missing.absent], ensure_ascii=False)
    figures = (missing.expected, missing.sampled, missing.exempt)
    return (missing.id, round_id, missing.unit, *figures, absent, *when(missing.at))


def job_row(job: PrintJob, at: Instant) -> Row:
    subject: dict[str, int | None] = dict.fromkeys(SUBJECTS)
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
        case JobKind.MANIFEST:
            return "handover_id"
        case JobKind.TALLY:
            return "tally_id"
        case JobKind.MISSING:
            return "missing_id"
        case never:
            assert_never(never)


def settlement(value: str | None) -> Settlement | None:
    return Settlement(value) if value else None


def copy_reason(value: str | None) -> CopyReason | None:
    return CopyReason(value) if value else None
