"""The only writer of the counters: what each fact of the point adds up to."""

from collections.abc import Iterable
from dataclasses import replace

from kiosk.model import Counters, Refusal, TubeSource, TubeState
from kiosk.model.changes import (
    BoxOpened,
    Change,
    ExemptionTakenBack,
    JobQueued,
    PersonExempted,
    SampleTaken,
    SampleVoided,
    ScansRefused,
    TubeAllotted,
    TubeMoved,
    TubeOpened,
    TubeRecorded,
)
from kiosk.model.records import RecordName


def fold(counters: Counters, change: Change) -> Counters:  # noqa: C901 - one arm a change
    match change:
        case TubeAllotted(tube):
            return _allotted(counters, tube.source is TubeSource.PRINTED, tube.state is TubeState.OPEN)
        case TubeMoved(tube) if tube.source is TubeSource.PRINTED:
            totals = replace(counters.totals, labels=counters.totals.labels + 1)
            return replace(counters, next_tube_serial=counters.next_tube_serial + 1, totals=totals)
        case BoxOpened():
            tubes, serial = counters.next_tube_id + 1, counters.next_tube_serial + 1
            return replace(counters, next_tube_id=tubes, next_tube_serial=serial)
        case TubeOpened():
            totals = replace(counters.totals, tubes=counters.totals.tubes + 1)
            return replace(counters, totals=totals)
        case SampleTaken():
            return _sampled(counters)
        case SampleVoided():
            return replace(counters, totals=replace(counters.totals, voided=counters.totals.voided + 1))
        case PersonExempted(first=first):
            return replace(counters, totals=replace(counters.totals, exempt=counters.totals.exempt + first))
        case ExemptionTakenBack():
            return replace(counters, totals=replace(counters.totals, exempt=counters.totals.exempt - 1))
        case TubeRecorded(first=RecordName()):
            return replace(counters, totals=replace(counters.totals, records=counters.totals.records + 1))
        case JobQueued():
            return replace(counters, next_job_id=counters.next_job_id + 1)
        case ScansRefused(counts):
            return _refused(counters, counts)
        case _:
            return counters


def _allotted(counters: Counters, printed: bool, opened: bool) -> Counters:
    totals = replace(counters.totals, labels=counters.totals.labels + printed, tubes=counters.totals.tubes + opened)
    serial = counters.next_tube_serial + printed
    return replace(counters, next_tube_id=counters.next_tube_id + 1, next_tube_serial=serial, totals=totals)


def _sampled(counters: Counters) -> Counters:
    totals = counters.totals
    return replace(
        counters,
        next_sample_seq=counters.next_sample_seq + 1,
        next_voucher_serial=counters.next_voucher_serial + 1,
        totals=replace(totals, samples=totals.samples + 1, vouchers=totals.vouchers + 1),
    )


def _refused(counters: Counters, counts: Iterable[tuple[Refusal, int]]) -> Counters:
    before = counters.totals.refused
    refused = {**before, **{reason: before.get(reason, 0) + n for reason, n in counts}}
    return replace(counters, totals=replace(counters.totals, refused=refused))
