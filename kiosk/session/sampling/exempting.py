"""Somebody is recorded and not swabbed: staff say why, then the card is shown."""

from kiosk.model import Exempt, ExemptReason, Refusal, StaffAction
from kiosk.model.changes import PersonExempted
from kiosk.model.queries import ExemptionOf, Facts, PriorOf
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import PersonPresented
from kiosk.session.passing import ScanAwaited
from kiosk.session.sampling.refusing import hold, refuse
from kiosk.session.state import State

REASONS = {StaffAction(f"exempt-{reason}"): reason for reason in ExemptReason}


def reason_awaited(state: State, mono_ns: int) -> ExemptReason | None:
    """Why the next person is recorded without a tube, if they are."""
    wanted = state.staff.wanted
    return REASONS.get(wanted.action) if wanted is not None and mono_ns < wanted.until_ns else None


def exempted(draft: Draft, event: PersonPresented, reason: ExemptReason, facts: Facts) -> None:
    """Once; with another reason the record is another. Who has been sampled is not exempt."""
    person = event.person
    prior, known = facts[PriorOf(person.key)], facts[ExemptionOf(person.key)]
    if prior is not None:
        refuse(draft, Refusal.ALREADY_SAMPLED, person.key, prior)
        return
    draft.make(ScanAwaited(None))
    if known is None or known.reason is not reason:
        draft.make(PersonExempted(Exempt(person, reason, draft.at), first=known is None, sealed=event.sealed))
    # Held on the reader it must not be sampled after all.
    hold(draft, person.key, None)
    draft.tell(f"exempted.{reason}", Signal.NOTED, number=person.number)
