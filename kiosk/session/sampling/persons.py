"""A person, a voucher or an unknown code is held up."""

import hashlib

from kiosk.model import Beside, Hand, Person, Purpose, Refusal, Sample, StaffAction, Status, Tube, TubeSource
from kiosk.model.local_time import local_time
from kiosk.model.queries import BesideOf, ExpectedBy, Facts, PriorOf, SampleBy, TubeOf
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import PersonPresented, ReadingHindered, ScanRejected, VoucherPresented
from kiosk.session.passing import PriorShown, ScanAwaited
from kiosk.session.sampling import elsewhere, exempting, linking, moving, taking_back
from kiosk.session.sampling.refusing import hold, refuse, seen_lately, tell_staff
from kiosk.session.sampling.rules import why_not
from kiosk.session.sampling.tubes import for_next_person, numbers_left, take
from kiosk.session.state import Fault, State
from kiosk.session.tables import decide as tables
from kiosk.session.view import roles_wanted, urgent


def person(draft: Draft, event: PersonPresented, facts: Facts) -> None:
    """Sampled, refused with the reason, or ignored because the card still lies there."""
    key, staff, now = event.person.key, draft.state.staff, draft.at.mono_ns
    if staff.awaits(StaffAction.WITH_ME, now):
        companion(draft, event.person, event.sealed, facts)
        return
    if wanted := staff.awaits(StaffAction.SAME_PERSON, now):
        linking.person_shown(draft, wanted, key, facts[PriorOf(key)])
        return
    reason = exempting.reason_awaited(draft.state, now)
    if reason is not None:
        exempting.exempted(draft, event, reason, facts)
        return
    seen = seen_lately(draft, key)
    if seen is not None and seen.refused is None:
        hold(draft, key, None)
        return
    prior = facts[PriorOf(key)]
    if staff.awaits(StaffAction.VOID, now):
        taking_back.person_shown(draft, key, prior)
        return
    again = staff.awaits(StaffAction.AGAIN, now)
    there = None if prior is not None or again else tables.elsewhere(draft.state, event.person, facts)
    if there is not None:
        tables.refuse_elsewhere(draft, event.person, there)
        return
    if prior is None and elsewhere.proved(draft, event.person):
        elsewhere.recorded(draft, event, facts)
        return
    tube = _admitted(draft, key, prior)
    if tube is not None:
        sample = take(draft, event.person, tube, event.sealed)
        hold(draft, key, None)
        if again:
            draft.make(ScanAwaited(None))
        _accepted(draft, sample, tube, _as_listed(draft.state, key, facts))


def companion(draft: Draft, bearer: Person, sealed: bytes, facts: Facts) -> None:
    """Somebody without a document, beside the card of whoever brings them: staff see them, and vouch for each."""
    tube = _admitted(draft, bearer.key, None)
    if tube is None:
        return
    beside = Beside(bearer.key, facts[BesideOf(bearer.key)] + 1)
    sample = take(draft, Person(_key_beside(beside), bearer.name, bearer.number), tube, sealed, beside)
    draft.make(ScanAwaited(None))
    # The card may lie there still: it is nobody's own showing, nor the next one's who comes with it.
    hold(draft, bearer.key, None)
    _accepted(draft, sample, tube)


def _key_beside(beside: Beside) -> bytes:
    """As secret as the bearer's own, and no other person's."""
    tag = hashlib.blake2b(b"beside:%d" % beside.number, key=beside.bearer[:64], digest_size=len(beside.bearer))
    return tag.digest()


def _admitted(draft: Draft, key: bytes, prior: Sample | None) -> Tube | None:
    """The tube that this person goes into; None if they are refused, and told why."""
    barred = _barred(draft) if prior is None else None
    if barred is not None:
        refuse(draft, barred, key)
        return None
    tube, fault = for_next_person(draft), _fault(draft)
    reason = why_not(prior, tube, fault.reason if fault else None, paused=draft.state.staff.paused)
    if reason is None and tube is not None:
        return tube
    refuse(draft, reason or Refusal.NO_TUBE, key, prior, fault.printer if fault else "")
    if prior is None:
        draft.make(PriorShown(None))
    return None


def _barred(draft: Draft) -> Refusal | None:
    """Why nobody can be registered at all, whoever comes."""
    if draft.state.presence.disk_full:
        return Refusal.DISK_FULL
    return None if numbers_left(draft, printed=_needs_a_label(draft)) else Refusal.BLOCK_USED_UP


def _needs_a_label(draft: Draft) -> bool:
    sampling = draft.state.sampling
    return draft.state.plan.source is TubeSource.PRINTED and sampling.open is None and sampling.ready is None


def _fault(draft: Draft) -> Fault | None:
    return None if draft.state.plan.without_paper else draft.state.fault(*roles_wanted(draft.state))


def _as_listed(state: State, key: bytes, facts: Facts) -> str:
    """What of the roster concerns whoever looks at the card now; nobody is refused for it."""
    person = facts.get(ExpectedBy(key))
    if state.roster.head is None or (person is not None and person.status is not Status.DIED):
        return ""
    return "unlisted" if person is None else "died"


def _accepted(draft: Draft, sample: Sample, tube: Tube, as_listed: str = "") -> None:
    values = {"number": sample.person.number, "position": str(sample.position), "capacity": str(tube.capacity)}
    values |= {"tube": tube.code or "-", "name": sample.person.name}
    if sample.beside is not None:
        draft.tell("accepted-beside", Signal.ACCEPTED, n=str(sample.beside.number), **values)
    elif tube.purpose is Purpose.HOUSEHOLD:
        draft.tell("accepted-household", Signal.ACCEPTED, **values)
    elif as_listed:
        draft.tell(f"accepted-{as_listed}", Signal.ACCEPTED, **values)
    else:
        draft.tell("accepted", Signal.ACCEPTED, **values)


def rejected(draft: Draft, event: ScanRejected) -> None:
    """At the staff's own scanner nobody is sent away by it."""
    tell = tell_staff if event.hand is Hand.STAFF else refuse
    tell(draft, event.reason, event.fingerprint)


def hindered(draft: Draft, event: ReadingHindered) -> None:
    """Says how to hold it, unless staff are asked for something; lamps stay as they are, and nothing is counted."""
    if urgent(draft.state) is None:
        draft.tell(f"hint.{event.hint}")


def voucher(draft: Draft, event: VoucherPresented, facts: Facts) -> None:
    """A voucher is no credential: it does not tell who holds it, so it gets its holder no copy. Whoever wants one shows
    a card or code of their own; or staff, who see whom they serve, hold the voucher to their own scanner."""
    sample = facts[SampleBy(event.number)]
    staff, now = draft.state.staff, draft.at.mono_ns
    if staff.awaits(StaffAction.VOID, now):
        taking_back.person_shown(draft, event.number.encode(), sample)
    elif wanted := staff.awaits(StaffAction.MOVE, now):
        moving.from_shown(draft, facts[TubeOf(event.number)], wanted.until_ns)
    elif wanted := staff.awaits(StaffAction.SAME_PERSON, now):
        linking.sampled_shown(draft, wanted, event.number.encode(), sample)
    elif event.number in draft.state.orders.withdrawn:
        refuse(draft, Refusal.VOUCHER_WITHDRAWN, event.number.encode())
        draft.make(PriorShown(None))
    elif sample is None and elsewhere.is_genuine(draft.state, event):
        elsewhere.voucher_shown(draft, event)
    elif event.hand is Hand.STAFF:
        _voucher_of_staff(draft, event, sample)
    elif sample is None:
        refuse(draft, Refusal.UNKNOWN_CODE, event.number.encode())
    else:
        refuse(draft, Refusal.VOUCHER_SHOWN, event.number.encode(), sample)
        draft.make(PriorShown(None))


def _voucher_of_staff(draft: Draft, event: VoucherPresented, sample: Sample | None) -> None:
    if sample is None:
        tell_staff(draft, Refusal.UNKNOWN_CODE, event.number.encode())
        return
    draft.make(PriorShown(sample))
    at = local_time(draft.state.plan.zone, sample.at)
    draft.tell("voucher-known", Signal.NOTED, number=sample.person.number, at=at)
