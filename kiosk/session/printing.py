"""Printers and their jobs, the other devices, and the start after a power cut."""

from dataclasses import replace

from kiosk.model import JobState, PrintJob, Role, Settlement, is_stale
from kiosk.ports import PrinterState, PrintOutcome, Signal
from kiosk.session import tubes
from kiosk.session.draft import Draft, dropped
from kiosk.session.effects import Effect, Notice
from kiosk.session.events import DeviceChanged, JobsEnded, JobsReturned, PrinterChanged, Started
from kiosk.session.mood import mood
from kiosk.session.rules import printer_fault
from kiosk.session.state import State

Next = tuple[State, tuple[Effect, ...]]


def started(state: State, event: Started) -> Next:
    """What was SENDING when the power went may be on paper or not: only staff can tell."""
    draft = Draft(state, event.at)
    draft.tell_all = True
    for job in state.memory.sending:
        draft.keep_job(_unless_stale(replace(job, state=JobState.UNCONFIRMED)))
    for job in filter(is_stale, state.memory.doubtful):
        draft.keep_job(dropped(job))
    draft.show(Signal.ATTENTION, Notice("starting"))
    return draft.finish()


def ended(state: State, event: JobsEnded) -> Next:
    """Closes the jobs of a batch and sends what has queued up meanwhile."""
    draft = Draft(state, event.at)
    jobs = {job.id: job for job in state.memory.sending}
    for job_id, outcome in event.outcomes:
        draft.keep_job(_unless_stale(_closed(jobs[job_id], outcome)))
    if len(draft.memory.doubtful) > len(state.memory.doubtful):
        draft.show(*mood(draft.state))
    return draft.finish()


def _unless_stale(job: PrintJob) -> PrintJob:
    return dropped(job) if is_stale(job) and job.settlement is None else job


def _closed(job: PrintJob, outcome: PrintOutcome) -> PrintJob:
    match outcome:
        case PrintOutcome.CONFIRMED:
            return replace(job, state=JobState.CONFIRMED)
        case PrintOutcome.UNCONFIRMED:
            return replace(job, state=JobState.UNCONFIRMED)
        case PrintOutcome.UNKNOWABLE:
            return replace(job, state=JobState.UNCONFIRMED, settlement=Settlement.BY_DESIGN)


def returned(state: State, event: JobsReturned) -> Next:
    """Nothing was printed: the jobs wait until the printer says that it is ready again."""
    draft = Draft(state, event.at)
    draft.state = replace(draft.state, printers={**state.printers, event.printer: None})
    for job in state.memory.sending:
        if job.id in event.jobs:
            draft.keep_job(_unless_stale(replace(job, state=JobState.QUEUED)))
    return draft.finish()


def changed(state: State, event: PrinterChanged) -> Next:
    """A printer's state reaches the decisions; one that can print gets what waits for it, and the next label."""
    if event.printer in state.printers and state.printers[event.printer] == event.state:
        return state, ()
    draft = Draft(state, event.at)
    draft.state = replace(draft.state, printers={**state.printers, event.printer: event.state})
    if event.state is not None and event.state.ready:
        tubes.label(draft)
    if state.printer_of(Role.VOUCHER) is None and draft.state.printer_of(Role.VOUCHER) is not None:
        draft.hold()
    if mood(draft.state) != mood(state) or event.printer not in state.printers:
        draft.show(*mood(draft.state))
    elif draft.state.fault(*state.roles()) is None and not draft.state.can_print(event.printer):
        draft.show(Signal.ATTENTION, _stood_in_for(event))
    elif event.state is not None and event.state.paper_low:
        draft.show(Signal.ATTENTION, Notice("paper-low", (("printer", event.printer),)))
    elif _was_told_of(state.printers.get(event.printer)):
        draft.show(*mood(draft.state))
    return draft.finish()


def _was_told_of(before: PrinterState | None) -> bool:
    """The lamp may still say what is mended now."""
    return before is None or not before.ready or before.paper_low


def _stood_in_for(event: PrinterChanged) -> Notice:
    """A printer that cannot print while another one does its work."""
    reason = printer_fault(event.state)
    return Notice("printer-spare", (("printer", event.printer), ("fault", str(reason))))


def device_changed(state: State, event: DeviceChanged) -> Next:
    """Says what is missing and what is back; the first word of a device that is there is no news."""
    before = state.devices.get(event.device)
    if before == event.up:
        return state, ()
    draft = Draft(state, event.at)
    draft.state = replace(draft.state, devices={**state.devices, event.device: event.up})
    signal, _ = mood(draft.state)
    if not event.up:
        draft.show(signal, Notice("device-gone", (("device", event.device),)))
    elif before is not None:
        draft.show(signal, Notice("device-back", (("device", event.device),)))
    return draft.finish()
