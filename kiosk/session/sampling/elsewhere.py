"""A genuine voucher of another table, of this round, and then the card of whom it names: recorded as sampled there."""

from kiosk.model import Exempt, ExemptReason, Person
from kiosk.model.changes import PersonExempted
from kiosk.model.queries import ExemptionOf, Facts
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import PersonPresented, VoucherPresented
from kiosk.session.passing import VoucherBelieved
from kiosk.session.sampling.refusing import hold
from kiosk.session.sampling.state import Believed
from kiosk.session.state import State
from kiosk.vouchers.token import subject_of

CARD_NS = 60_000_000_000
"""So long it may take to find the card."""


def is_genuine(state: State, event: VoucherPresented) -> bool:
    """Of this round and of another table: what this one printed stands in its journal, or was taken back."""
    if event.claims is None or " " not in event.claims.subject:
        # It must name somebody and end a number: less would fit too many.
        return False
    round_id, _, table = event.claims.issuer.partition("/")
    address = state.plan.address
    return round_id == address.round and table != f"{address.point}/{address.kiosk}"


def voucher_shown(draft: Draft, event: VoucherPresented) -> None:
    if event.claims is not None:
        draft.make(VoucherBelieved(Believed(event.claims.subject, draft.at.mono_ns + CARD_NS)))
        draft.tell("elsewhere-card", Signal.NOTED)


def proved(draft: Draft, person: Person) -> bool:
    """Whether it was this person's voucher, as far as a voucher tells: the masked name and the last four characters."""
    believed = draft.state.scans.believed
    return believed is not None and draft.at.mono_ns < believed.until_ns and believed.subject == subject_of(person)


def recorded(draft: Draft, event: PersonPresented, facts: Facts) -> None:
    person = event.person
    draft.make(VoucherBelieved(None))
    known = facts[ExemptionOf(person.key)]
    if known is None or known.reason is not ExemptReason.ELSEWHERE:
        exempt = Exempt(person, ExemptReason.ELSEWHERE, draft.at)
        draft.make(PersonExempted(exempt, first=known is None, sealed=event.sealed))
    hold(draft, person.key, None)
    draft.tell("exempted.elsewhere", Signal.NOTED, number=person.number)
