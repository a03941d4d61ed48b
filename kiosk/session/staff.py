"""Staff act: answer, seal, reprint, void, pause."""

from dataclasses import replace

from kiosk.model import (
    CopyReason,
    JobKind,
    JobState,
    Refusal,
    Sample,
    Settlement,
    StaffAction,
    Subject,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.session import tubes
from kiosk.session.draft import Draft
from kiosk.session.effects import Effect, Notice
from kiosk.session.events import StaffPresented
from kiosk.session.mood import mood, number, steady
from kiosk.session.refusing import ANYONE, refuse
from kiosk.session.state import State

Next = tuple[State, tuple[Effect, ...]]


def printed_again(state: State, action: StaffAction) -> tuple[JobKind, Subject] | None:
    """The slip that this action would print a copy of, if any."""
    if action is StaffAction.NO and state.memory.doubtful:
        return state.memory.doubtful[0].kind, state.memory.doubtful[0].subject
    if action is StaffAction.REPRINT and state.reprintable is not None:
        return JobKind.VOUCHER, state.reprintable
    label = _label_in_hand(state)
    return (JobKind.LABEL, label) if action is StaffAction.REPRINT_LABEL and label is not None else None


def _label_in_hand(state: State) -> Tube | None:
    """The printed tube that comes next, or the one in use: whichever got its label last."""
    tubes = (state.memory.ready, state.memory.open)
    return next((tube for tube in tubes if tube is not None and tube.source is TubeSource.PRINTED), None)


def act(state: State, event: StaffPresented) -> Next:
    match event.action:
        case StaffAction.YES | StaffAction.NO:
            return _answer(state, event)
        case StaffAction.SEAL:
            return _seal(state, event)
        case StaffAction.REPRINT | StaffAction.REPRINT_LABEL:
            return _reprint(state, event)
        case StaffAction.VOID_LAST:
            return _void_last(state, event)
        case StaffAction.PAUSE:
            return _pause(state, event)
        case StaffAction.REPORT:
            return _report(state, event)


def _nothing(state: State, event: StaffPresented, reason: Refusal = Refusal.NOTHING_TO_DO) -> Next:
    return refuse(state, reason, ANYONE, event.at)


def _answer(state: State, event: StaffPresented) -> Next:
    """Settles the oldest doubtful slip; "it did not come out" prints it again as a marked copy."""
    if not state.memory.doubtful:
        return _let_wait_or_print(state, event) if state.held() else _nothing(state, event)
    draft, job = Draft(state, event.at), state.memory.doubtful[0]
    if event.action is StaffAction.YES:
        draft.settle(job, Settlement.CAME_OUT)
    else:
        draft.settle(job, Settlement.DID_NOT)
        draft.queue(job.kind, job.subject, event.copies + 1, CopyReason.DID_NOT_COME_OUT)
    draft.show(*mood(draft.state))
    return draft.finish()


def _let_wait_or_print(state: State, event: StaffPresented) -> Next:
    """The vouchers that waited for the printer: printed now, or left out; a left-out one can be had as a copy."""
    draft = Draft(state, event.at)
    if event.action is StaffAction.NO:
        for job in state.held():
            draft.keep_job(replace(job, state=JobState.FAILED))
    draft.state = replace(draft.state, held_below=0)
    draft.show(*mood(draft.state))
    return draft.finish()


def _seal(state: State, event: StaffPresented) -> Next:
    """Closes the open tube before it is full; one that still lacks its barcode must be scanned first."""
    tube = state.memory.open
    if tube is None or tube.filled == 0:
        return _nothing(state, event)
    if tube.code is None:
        return _nothing(state, event, Refusal.NO_TUBE)
    draft = Draft(state, event.at)
    draft.seal(tube)
    tubes.label(draft)
    draft.show(steady(draft.state), Notice("tube-sealed", (("tube", tube.code), ("filled", str(tube.filled)))))
    return draft.finish()


def _reprint(state: State, event: StaffPresented) -> Next:
    """Prints the voucher of the last person shown, or the label in hand, once more, marked."""
    again = printed_again(state, event.action)
    if again is None:
        return _nothing(state, event)
    kind, subject = again
    draft = Draft(state, event.at)
    draft.queue(kind, subject, event.copies + 1, CopyReason.ASKED)
    shown = subject.person.number if isinstance(subject, Sample) else number(subject)
    draft.show(steady(draft.state), Notice(f"reprinted.{kind}", (("number", shown),)))
    return draft.finish()


def _void_last(state: State, event: StaffPresented) -> Next:
    """Takes back the last sample, for a person who was not swabbed after all; a full tube opens again."""
    sample, tube = state.memory.last, state.memory.last_tube
    if sample is None or tube is None or not _may_take_back(state, tube):
        return _nothing(state, event)
    draft = Draft(state, event.at)
    draft.void(sample, tube)
    # A card that still lies on the reader must not bring the person back; once lifted for a while it may.
    seen = draft.state.with_seen(sample.person.key, event.at.mono_ns, None)
    draft.state = replace(seen, reprintable=None)
    draft.show(steady(draft.state), Notice("voided", (("number", sample.person.number),)))
    return draft.finish()


def _may_take_back(state: State, tube: Tube) -> bool:
    in_hand = state.memory.open is None or state.memory.open.id == tube.id
    return in_hand and tube.state in (TubeState.OPEN, TubeState.SEALED)


def _pause(state: State, event: StaffPresented) -> Next:
    draft = Draft(state, event.at)
    draft.state = replace(draft.state, paused=not state.paused)
    draft.show(*mood(draft.state))
    return draft.finish()


def _report(state: State, event: StaffPresented) -> Next:
    """Prints the counts of the round so far."""
    draft = Draft(state, event.at)
    draft.report()
    draft.show(steady(draft.state), Notice("reporting"))
    return draft.finish()
