"""A start, and the moment when the clock is right."""

from dataclasses import replace

from kiosk.model import JobState, PrintJob, Settlement, Tube, TubeState
from kiosk.model.changes import ClockSet, JobMoved, TubePutAside, TubeSealed
from kiosk.model.queries import Facts, UndatedIn
from kiosk.session.draft import Draft
from kiosk.session.printing.decide import abandon, doubt_all


def started(draft: Draft) -> None:
    """What was being sent when the power went is in doubt; what an earlier round left behind is closed."""
    doubt_all(draft)
    left = draft.before.left_over
    for tube in left.tubes:
        _close(draft, tube)
    for job in left.jobs:
        _drop(draft, job)
    if left.tubes or left.jobs:
        draft.tell("round-changed", tubes=str(len(left.tubes)), slips=str(len(left.jobs)))


def dated(draft: Draft, facts: Facts) -> None:
    """Times of this boot from before the clock was trusted are corrected; their order stays."""
    if facts[UndatedIn(draft.at.boot)]:
        draft.make(ClockSet(draft.at.boot, draft.at.wall_ms - draft.at.mono_ns // 1_000_000))


def _close(draft: Draft, tube: Tube) -> None:
    if tube.filled:
        draft.make(TubeSealed(replace(tube, state=TubeState.SEALED)))
    else:
        draft.make(TubePutAside(replace(tube, state=TubeState.ASIDE)))


def _drop(draft: Draft, job: PrintJob) -> None:
    """Whose it was is gone; printed now it would be taken for one of this round."""
    if job.state is JobState.QUEUED:
        abandon(draft, job)
    else:
        draft.make(JobMoved(replace(job, state=JobState.UNCONFIRMED, settlement=Settlement.VOIDED)))
