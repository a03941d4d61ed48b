"""A question arises; staff answer one."""

from dataclasses import replace
from typing import assert_never

from kiosk.model import CopyReason, JobKind, PrintJob, Refusal, Settlement
from kiosk.model.changes import JobMoved, LossNoted
from kiosk.model.queries import CopiesOf, Facts
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.handover import decide as handover
from kiosk.session.passing import Proposed, VouchersWithheld
from kiosk.session.printing.decide import LARGEST_BATCH, abandon, queue
from kiosk.session.questions.asked import asked, withheld
from kiosk.session.questions.state import (
    CloseBox,
    DidItComeOut,
    OtherLabel,
    PassOn,
    PrintThemNow,
    Proposal,
    TakeBack,
    TakeBackBox,
    TakeBackTube,
    TakeNote,
)
from kiosk.session.sampling import taking_back
from kiosk.session.sampling.moving import label_confirmed


def withhold_many(draft: Draft) -> None:
    """After a long absence of the printer: more slips wait than people stand there, so staff say what to do."""
    if len(draft.state.printing.waiting[JobKind.VOUCHER]) > LARGEST_BATCH:
        draft.make(VouchersWithheld(draft.state.counters.next_job_id))


def answer(draft: Draft, question_id: str, yes: bool, facts: Facts) -> None:
    """Settles the question of this id, if it is still open."""
    match next((each for each in asked(draft.state) if each.id == question_id), None):
        case DidItComeOut(job):
            _settle(draft, job, yes, facts)
        case PrintThemNow():
            _let_wait_or_print(draft, yes)
        case TakeNote():
            draft.make(LossNoted())
        case (TakeBack() | TakeBackTube() | OtherLabel() | CloseBox() | PassOn() | TakeBackBox()) as proposal:
            _confirm(draft, proposal, yes, facts)
        case None:
            return
        case never:
            assert_never(never)


def _confirm(draft: Draft, proposal: Proposal, yes: bool, facts: Facts) -> None:
    """What staff asked for is done or called off, and asked about no more; what is another by now is asked anew."""
    if yes:
        _carry_out(draft, proposal, facts)
        if not draft.told:
            _not_done(draft, proposal)
    if draft.state.questions.proposed is proposal:
        draft.make(Proposed(None))


def _not_done(draft: Draft, proposal: Proposal) -> None:
    """Whatever is done says so by itself; a yes that did nothing must not sound like one that did."""
    is_asked_anew = draft.state.questions.proposed is not proposal
    reason = Refusal.READ_FIRST if is_asked_anew else Refusal.NOTHING_TO_DO
    draft.tell(f"refused.{reason}", Signal.REFUSED)


def _carry_out(draft: Draft, proposal: Proposal, facts: Facts) -> None:
    match proposal:
        case TakeBack(sample):
            taking_back.confirmed(draft, sample, facts)
        case TakeBackTube(tube):
            taking_back.tube_confirmed(draft, tube, facts)
        case OtherLabel(tube):
            label_confirmed(draft, tube, facts)
        case CloseBox():
            handover.close_confirmed(draft, proposal, facts)
        case PassOn(box):
            handover.passed(draft, box, facts)
        case TakeBackBox(given):
            handover.taken_back(draft, given)
        case never:
            assert_never(never)


def _settle(draft: Draft, job: PrintJob, came_out: bool, facts: Facts) -> None:
    """What did not come out is printed again as a marked copy."""
    draft.make(JobMoved(replace(job, settlement=Settlement.CAME_OUT if came_out else Settlement.DID_NOT)))
    if not came_out:
        copies = facts[CopiesOf.slip(job.kind, job.subject)]
        queue(draft, job.kind, job.subject, copies + 1, CopyReason.DID_NOT_COME_OUT)


def _let_wait_or_print(draft: Draft, print_now: bool) -> None:
    """Printed now, or left out; a left-out one can be had as a copy."""
    if not print_now:
        for job in withheld(draft.state):
            abandon(draft, job)
    draft.make(VouchersWithheld(0))
