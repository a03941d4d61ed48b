"""The only writer of the slips."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.model import JobState, PrintJob, Sample, Shift, Subject, Tube
from kiosk.model.changes import (
    Change,
    ClockSet,
    JobMoved,
    JobQueued,
    SampleTaken,
    SampleVoided,
    TubeBound,
    TubeOpened,
    TubePutAside,
    TubeSealed,
    TubeTakenUp,
)
from kiosk.session.printing.state import Printing

Jobs = tuple[PrintJob, ...]


def fold(printing: Printing, change: Change) -> Printing:
    match change:
        case JobQueued(job) | JobMoved(job):
            return _placed(printing, job)
        case SampleTaken(_, tube):
            return _each(printing, lambda job: _of_tube(job, tube))
        case SampleVoided(sample, tube):
            return _each(printing, lambda job: _of_tube(_of_sample(job, sample), tube))
        case TubeOpened(tube) | TubePutAside(tube) | TubeTakenUp(tube) | TubeBound(tube) | TubeSealed(tube):
            return _each(printing, lambda job: _of_tube(job, tube))
        case ClockSet(boot, offset_ms):
            return _each(printing, lambda job: replace(job, subject=_dated(job.subject, boot, offset_ms)))
        case _:
            return printing


def _dated(subject: Subject, boot: str, offset_ms: int) -> Subject:
    at = subject.at.corrected(boot, offset_ms)
    match subject:
        case Shift(open=Tube() as tube):
            return replace(subject, at=at, open=replace(tube, at=tube.at.corrected(boot, offset_ms)))
        case _:
            return replace(subject, at=at)


def _placed(printing: Printing, job: PrintJob) -> Printing:
    """Where the job's state belongs."""
    return Printing(
        queued=_with(printing.queued, job, job.state is JobState.QUEUED),
        sending=_with(printing.sending, job, job.state is JobState.SENDING),
        doubtful=_with(printing.doubtful, job, job.state is JobState.UNCONFIRMED and job.settlement is None),
    )


def _with(jobs: Jobs, job: PrintJob, member: bool) -> Jobs:
    others = tuple(other for other in jobs if other.id != job.id)
    if not member:
        return others
    if others and others[-1].id > job.id:
        return tuple(sorted((*others, job), key=lambda each: each.id))
    return (*others, job)


def _each(printing: Printing, now: Callable[[PrintJob], PrintJob]) -> Printing:
    """What slips are about is as it is now, not as it was when they were asked for."""
    if not any((printing.queued, printing.sending, printing.doubtful)):
        return printing
    return Printing(
        tuple(map(now, printing.queued)), tuple(map(now, printing.sending)), tuple(map(now, printing.doubtful))
    )


def _of_tube(job: PrintJob, tube: Tube) -> PrintJob:
    match job.subject:
        case Tube(id=tube_id) if tube_id == tube.id:
            return replace(job, subject=tube)
        case Shift(open=Tube(id=tube_id, filled=filled)) as shift if tube_id == tube.id:
            return replace(job, subject=replace(shift, open=replace(tube, filled=filled)))
        case _:
            return job


def _of_sample(job: PrintJob, sample: Sample) -> PrintJob:
    ours = isinstance(job.subject, Sample) and job.subject.seq == sample.seq
    return replace(job, subject=sample) if ours else job
