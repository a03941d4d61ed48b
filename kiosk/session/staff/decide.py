"""Staff act: answer, seal, reprint, void, pause, report."""

from typing import assert_never

from kiosk.model import CopyReason, JobKind, Refusal, Sample, Shift, StaffAction, Tube, TubeState
from kiosk.model.changes import ShiftReported
from kiosk.model.queries import CopiesOf, Facts
from kiosk.session.draft import Draft
from kiosk.session.events import StaffPresented
from kiosk.session.passing import Paused
from kiosk.session.printing.decide import abandon, queue
from kiosk.session.questions.asked import on_show
from kiosk.session.questions.decide import answer
from kiosk.session.sampling.refusing import NOISE, hold, refuse
from kiosk.session.sampling.tubes import seal, void
from kiosk.session.staff.again import printed_again
from kiosk.session.view import number


def act(draft: Draft, event: StaffPresented, facts: Facts) -> None:
    match event.action:
        case StaffAction.YES:
            _answer(draft, True, facts)
        case StaffAction.NO:
            _answer(draft, False, facts)
        case StaffAction.SEAL:
            _seal(draft)
        case StaffAction.REPRINT | StaffAction.REPRINT_LABEL:
            _reprint(draft, event.action, facts)
        case StaffAction.VOID_LAST:
            _void_last(draft)
        case StaffAction.PAUSE:
            draft.make(Paused(not draft.state.staff.paused))
            draft.tell_resting()
        case StaffAction.REPORT:
            _report(draft)
        case never:
            assert_never(never)


def _nothing(draft: Draft, reason: Refusal = Refusal.NOTHING_TO_DO) -> None:
    refuse(draft, reason, NOISE)


def _answer(draft: Draft, yes: bool, facts: Facts) -> None:
    """To the question on show."""
    question = on_show(draft.state)
    if question is None:
        _nothing(draft)
        return
    answer(draft, question.id, yes, facts)
    draft.tell_resting()


def _seal(draft: Draft) -> None:
    """Closes the open tube before it is full; one that still lacks its barcode must be scanned first."""
    tube = draft.state.sampling.open
    if tube is None or tube.filled == 0:
        _nothing(draft)
    elif tube.code is None:
        _nothing(draft, Refusal.NO_TUBE)
    else:
        seal(draft, tube)
        draft.tell("tube-sealed", tube=tube.code, filled=str(tube.filled))


def _reprint(draft: Draft, action: StaffAction, facts: Facts) -> None:
    """Prints the voucher of the last person shown, or the label in hand, once more, marked."""
    again = printed_again(draft.state, action)
    if again is None:
        _nothing(draft)
        return
    kind, subject = again
    queue(draft, kind, subject, facts[CopiesOf.slip(kind, subject)] + 1, CopyReason.ASKED)
    shown = subject.person.number if isinstance(subject, Sample) else number(subject)
    draft.tell(f"reprinted.{kind}", number=shown)


def _void_last(draft: Draft) -> None:
    """Takes back the last sample, for a person who was not swabbed after all; a full tube opens again."""
    sample, tube = draft.state.sampling.last, draft.state.sampling.last_tube
    if sample is None or tube is None or not _may_take_back(draft, tube):
        _nothing(draft)
        return
    void(draft, sample, tube)
    # A card that still lies on the reader must not bring the person back; once lifted for a while it may.
    hold(draft, sample.person.key, None)
    draft.tell("voided", number=sample.person.number)


def _may_take_back(draft: Draft, tube: Tube) -> bool:
    in_hand = draft.state.sampling.open
    return (in_hand is None or in_hand.id == tube.id) and tube.state in (TubeState.OPEN, TubeState.SEALED)


def _report(draft: Draft) -> None:
    """Prints the counts of the round so far, in place of a report that nobody has seen yet."""
    for job in draft.state.printing.queued:
        if job.kind is JobKind.REPORT:
            abandon(draft, job)
    counters = draft.state.counters
    shift = Shift(counters.next_job_id, counters.totals, draft.state.sampling.open, draft.at)
    draft.make(ShiftReported(shift))
    queue(draft, JobKind.REPORT, shift)
    draft.tell("reporting")
