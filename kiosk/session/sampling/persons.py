"""A person, a voucher or an unknown code is held up."""

from kiosk.model import Hand, Refusal, Sample, Tube, TubeSource
from kiosk.model.local_time import local_time
from kiosk.model.queries import Facts, PriorOf, SampleBy
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import PersonPresented, ReadingHindered, ScanRejected, VoucherPresented
from kiosk.session.passing import PriorShown
from kiosk.session.sampling.refusing import hold, refuse, seen_lately, tell_staff
from kiosk.session.sampling.rules import why_not
from kiosk.session.sampling.tubes import for_next_person, numbers_left, take
from kiosk.session.state import Fault
from kiosk.session.view import roles_wanted, urgent


def person(draft: Draft, event: PersonPresented, facts: Facts) -> None:
    """Sampled, refused with the reason, or ignored because the card still lies there."""
    key = event.person.key
    seen = seen_lately(draft, key)
    if seen is not None and seen.refused is None:
        hold(draft, key, None)
        return
    prior = facts[PriorOf(key)]
    barred = _barred(draft) if prior is None else None
    if barred is not None:
        refuse(draft, barred, key)
        return
    tube = for_next_person(draft)
    fault = _fault(draft)
    reason = why_not(prior, tube, fault.reason if fault else None, paused=draft.state.staff.paused)
    if reason is not None or tube is None:
        refuse(draft, reason or Refusal.NO_TUBE, key, prior, fault.printer if fault else "")
        if prior is None:
            draft.make(PriorShown(None))
    else:
        _accept(draft, event, tube)


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


def _accept(draft: Draft, event: PersonPresented, tube: Tube) -> None:
    sample = take(draft, event.person, tube)
    hold(draft, event.person.key, None)
    place = {"position": str(sample.position), "capacity": str(tube.capacity), "tube": tube.code or "-"}
    draft.tell("accepted", Signal.ACCEPTED, number=event.person.number, **place)


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
    if event.hand is Hand.STAFF:
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
