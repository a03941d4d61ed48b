"""The only writer of the slips."""

from dataclasses import replace

from kiosk.model import Handover, PrintJob, Roll, Sample, Shift, Subject, Tally, Tube
from kiosk.model.changes import (
    BoxHandedOver,
    Change,
    ClockSet,
    HandoverTakenBack,
    JobMoved,
    JobQueued,
    SampleTaken,
    SampleVoided,
    TubeBound,
    TubeBoxed,
    TubeMoved,
    TubeOpened,
    TubePutAside,
    TubeReopened,
    TubeResized,
    TubeSealed,
    TubeTakenUp,
    TubeUnboxed,
    TubeVoided,
)
from kiosk.session.handover.fold import dated as dated_handover
from kiosk.session.handover.fold import dated_box
from kiosk.session.printing.state import Printing


def fold(printing: Printing, change: Change) -> Printing:
    """What slips are about is as it is now, not as it was when they were asked for."""
    match change:
        case JobQueued(job) | JobMoved(job):
            return printing.placed(job)
        case SampleVoided(sample, tube):
            return _with_tube(_with_sample(printing, sample), tube)
        case (
            SampleTaken(_, tube)
            | TubeOpened(tube)
            | TubePutAside(tube)
            | TubeTakenUp(tube)
            | TubeBound(tube)
            | TubeResized(tube)
            | TubeMoved(tube)
            | TubeVoided(tube)
            | TubeSealed(tube)
            | TubeReopened(tube)
        ):
            return _with_tube(printing, tube)
        case TubeBoxed(packed):
            return _with_tube(printing, packed.tube)
        case TubeUnboxed(tube):
            return _with_tube(printing, tube)
        case BoxHandedOver(handover):
            return _with_tubes(printing, handover)
        case HandoverTakenBack(handover):
            return _with_handover(_with_tubes(printing, handover), handover)
        case ClockSet(boot, offset_ms):
            return Printing.of(replace(job, subject=_dated(job.subject, boot, offset_ms)) for job in printing)
        case _:
            return printing


def _dated(subject: Subject, boot: str, offset_ms: int) -> Subject:
    at = subject.at.corrected(boot, offset_ms)
    match subject:
        case Roll(tube, people):
            then = tuple(replace(each, at=each.at.corrected(boot, offset_ms)) for each in people)
            return Roll(replace(tube, at=at), then)
        case Handover():
            return dated_handover(subject, boot, offset_ms)
        case Tally(box=box):
            return replace(subject, at=at, box=dated_box(box, boot, offset_ms))
        case Shift(open=Tube() as tube):
            return replace(subject, at=at, open=replace(tube, at=tube.at.corrected(boot, offset_ms)))
        case _:
            return replace(subject, at=at)


def _with_tube(printing: Printing, tube: Tube) -> Printing:
    for job in printing.about(tube):
        printing = printing.placed(_of_tube(job, tube))
    return printing


def _with_tubes(printing: Printing, handover: Handover) -> Printing:
    for packed in handover.packed:
        printing = _with_tube(printing, packed.tube)
    return printing


def _with_handover(printing: Printing, handover: Handover) -> Printing:
    """Its manifests that are not done with."""
    for job in tuple(printing):
        match job.subject:
            case Handover(id=handover.id):
                printing = printing.placed(replace(job, subject=handover))
    return printing


def _with_sample(printing: Printing, sample: Sample) -> Printing:
    for job in printing.about(sample):
        printing = printing.placed(replace(job, subject=sample))
    return printing


def _of_tube(job: PrintJob, tube: Tube) -> PrintJob:
    """A report keeps how full the tube was."""
    match job.subject:
        case Shift(open=Tube(filled=filled)) as shift:
            return replace(job, subject=replace(shift, open=replace(tube, filled=filled)))
        case _:
            return replace(job, subject=tube)
