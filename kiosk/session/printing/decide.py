"""What becomes of the slips: queued, sent, ended, returned, in doubt."""

from collections.abc import Iterable
from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import assert_never

from kiosk.model import CopyReason, JobKind, JobState, PrintJob, Settlement, Subject, is_stale
from kiosk.model.changes import JobMoved, JobQueued
from kiosk.ports import PrintOutcome
from kiosk.session.draft import Draft
from kiosk.session.events import JobsEnded, JobsReturned
from kiosk.session.outcome import Print
from kiosk.session.passing import PrinterTold
from kiosk.session.state import State

LARGEST_BATCH = 4
"""Slips sent before the first is confirmed; few, so that little is in doubt after a power cut."""


def queue(draft: Draft, kind: JobKind, subject: Subject, copy: int = 0, reason: CopyReason | None = None) -> None:
    """A slip for whichever printer's turn it is when it can be sent."""
    printer = draft.state.printer_of(kind.role) or draft.state.plan.printers[kind.role][0]
    job = PrintJob(draft.state.counters.next_job_id, kind, printer, JobState.QUEUED, subject, copy, reason)
    draft.make(JobQueued(job, draft.at))


def doubt_all(draft: Draft) -> None:
    """What was SENDING when the power went may be on paper or not: only staff can tell."""
    for job in draft.state.printing.sending:
        _move(draft, replace(job, state=JobState.UNCONFIRMED))
    abandon_stale(draft, draft.state.printing)


def ended(draft: Draft, event: JobsEnded) -> None:
    """Closes the jobs of a batch."""
    jobs = {job.id: job for job in draft.state.printing.sending}
    for job_id, outcome in event.outcomes:
        _move(draft, _closed(jobs[job_id], outcome))


def returned(draft: Draft, event: JobsReturned) -> None:
    """Nothing was printed: the jobs wait until the printer says that it is ready again."""
    presence = draft.state.presence
    draft.make(PrinterTold(event.printer, None, event.printer in presence.held, event.printer in presence.stuck))
    for job in draft.state.printing.sending:
        if job.id in event.jobs:
            _move(draft, replace(job, state=JobState.QUEUED))


def abandon_stale(draft: Draft, jobs: Iterable[PrintJob]) -> None:
    """Which of these hold no more is not printed, and nobody is asked about it."""
    for job in filter(is_stale, jobs):
        _move(draft, job)


def abandon(draft: Draft, job: PrintJob) -> None:
    """A waiting slip that nobody will see."""
    draft.make(JobMoved(replace(job, state=JobState.FAILED)))


def dispatch(draft: Draft) -> tuple[Print, ...]:
    """Queued jobs go out as SENDING in the same commit wherever the printer whose turn it is is free."""
    state = draft.state
    busy = {job.printer for job in state.printing.sending}
    free = {printer for kind in JobKind if (printer := state.printer_of(kind.role)) is not None} - busy
    batches = [(jobs[0].id, printer, jobs) for printer in free if (jobs := _next(state, printer))]
    return tuple(_sent(draft, printer, jobs) for _, printer, jobs in sorted(batches))


def _next(state: State, printer: str) -> tuple[PrintJob, ...]:
    """The first few that wait for this printer; vouchers that are kept back for staff's answer are passed over."""
    ours = (kind for kind in JobKind if state.printer_of(kind.role) == printer)
    queues = (state.printing.waiting[kind].since(_first_of(state, kind)) for kind in ours)
    return tuple(islice(merge(*queues, key=lambda job: job.id), LARGEST_BATCH))


def _first_of(state: State, kind: JobKind) -> int:
    return state.questions.withheld_below if kind is JobKind.VOUCHER else 0


def _sent(draft: Draft, printer: str, waiting: tuple[PrintJob, ...]) -> Print:
    batch = tuple(replace(job, state=JobState.SENDING, printer=printer) for job in waiting)
    for job in batch:
        draft.make(JobMoved(job))
    return Print(printer, batch)


def _move(draft: Draft, job: PrintJob) -> None:
    draft.make(JobMoved(_abandoned(job) if is_stale(job) or job.settlement is Settlement.VOIDED else job))


def _abandoned(job: PrintJob) -> PrintJob:
    """A stale job as it ends: one that is under way ends when the printer has done with it, and is marked now, as the
    tube that it closes may be sealed once more by then."""
    match job.state:
        case JobState.QUEUED:
            return replace(job, state=JobState.FAILED)
        case JobState.SENDING:
            return replace(job, settlement=Settlement.VOIDED)
        case JobState.UNCONFIRMED if job.settlement is None:
            return replace(job, settlement=Settlement.VOIDED)
        case JobState.UNCONFIRMED | JobState.CONFIRMED | JobState.FAILED:
            return job
        case never:
            assert_never(never)


def _closed(job: PrintJob, outcome: PrintOutcome) -> PrintJob:
    match outcome:
        case PrintOutcome.CONFIRMED:
            return replace(job, state=JobState.CONFIRMED)
        case PrintOutcome.UNCONFIRMED:
            return replace(job, state=JobState.UNCONFIRMED)
        case PrintOutcome.UNKNOWABLE:
            return replace(job, state=JobState.UNCONFIRMED, settlement=Settlement.BY_DESIGN)
        case never:
            assert_never(never)
