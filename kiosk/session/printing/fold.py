"""The only writer of the slips."""

from dataclasses import replace
from functools import reduce

from kiosk.model import Handover, PrintJob, Roll, Sample, Shift, Subject, Tally, Tube, dated
from kiosk.model.changes import Change, ClockSet, HandoverTakenBack, JobMoved, JobQueued, SampleVoided
from kiosk.session.handover.fold import dated_handover
from kiosk.session.printing.state import Printing
from kiosk.session.tubes_changed import tubes_of


def fold(printing: Printing, change: Change) -> Printing:
    """What slips are about is as it is now, not as it was when they were asked for."""
    match change:
        case JobQueued(job) | JobMoved(job):
            return printing.placed(job)
        case SampleVoided(sample, tube):
            return _with_tube(_with_sample(printing, sample), tube)
        case HandoverTakenBack(handover):
            return _with_handover(reduce(_with_tube, tubes_of(change), printing), handover)
        case ClockSet(boot, offset_ms):
            return Printing.of(replace(job, subject=_dated(job.subject, boot, offset_ms)) for job in printing)
        case _:
            return reduce(_with_tube, tubes_of(change), printing)


def _dated(subject: Subject, boot: str, offset_ms: int) -> Subject:
    match subject:
        case Roll(tube, people):
            return Roll(dated(tube, boot, offset_ms), tuple(dated(each, boot, offset_ms) for each in people))
        case Handover():
            return dated_handover(subject, boot, offset_ms)
        case Tally(box=box):
            return dated(replace(subject, box=dated(box, boot, offset_ms)), boot, offset_ms)
        case Shift(open=Tube() as tube):
            return dated(replace(subject, open=dated(tube, boot, offset_ms)), boot, offset_ms)
        case _:
            return dated(subject, boot, offset_ms)


def _with_tube(printing: Printing, tube: Tube) -> Printing:
    for job in printing.about(tube):
        printing = printing.placed(_of_tube(job, tube))
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
