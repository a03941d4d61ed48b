"""Whoever was sampled by a health code shows the card too: one person, known by both from now on."""

from kiosk.model import Refusal, Sample, StaffAction
from kiosk.model.changes import PersonLinked
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.passing import ScanAwaited
from kiosk.session.sampling.refusing import hold, tell_staff
from kiosk.session.staff.state import Wanted


def person_shown(draft: Draft, wanted: Wanted, key: bytes, prior: Sample | None) -> None:
    """First what they were sampled with, then the other. Two who have both been sampled are two places in tubes, and
    are not made one."""
    first = wanted.sample
    if first is None:
        sampled_shown(draft, wanted, key, prior)
    elif key == first.person.key:
        hold(draft, key, None)
    elif prior is not None and prior.seq != first.seq:
        tell_staff(draft, Refusal.SAMPLED_TWICE, key)
    else:
        draft.make(ScanAwaited(None))
        draft.make(PersonLinked(key, first))
        hold(draft, key, None)
        draft.tell("same-person", Signal.NOTED, voucher=first.voucher)


def sampled_shown(draft: Draft, wanted: Wanted, key: bytes, sample: Sample | None) -> None:
    """By the credential that they were sampled with, or by the voucher."""
    if sample is None:
        tell_staff(draft, Refusal.NOT_SAMPLED, key)
        return
    draft.make(ScanAwaited(Wanted(StaffAction.SAME_PERSON, wanted.until_ns, sample=sample)))
    hold(draft, key, None)
    draft.tell("same-person-card", Signal.NOTED)
