"""A tube's barcode is held up: opens the tube, binds it to the persons who came first, or tells why not."""

from dataclasses import replace

from kiosk.model import SINGLE, Hand, Refusal, StaffAction, Tube, TubeSource, TubeState
from kiosk.model.changes import TubeBound, TubePutAside, TubeTakenUp
from kiosk.model.queries import Facts, TubeBy
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import TubePresented
from kiosk.session.handover import packing
from kiosk.session.handover.decide import sealed_with
from kiosk.session.passing import ScanAwaited
from kiosk.session.sampling import moving, taking_back
from kiosk.session.sampling.refusing import refuse, tell_staff
from kiosk.session.sampling.tubes import allot, seal


def tube(draft: Draft, event: TubePresented, facts: Facts) -> None:  # noqa: C901 - one arm a purpose
    """A supplier's tube, or one that this kiosk knows already. Nothing that a resident holds up opens or binds one."""
    known = facts[TubeBy(event.code)]
    if event.hand is Hand.RESIDENTS:
        refuse(draft, Refusal.NOT_AT_THIS_SCANNER, event.code.encode())
    elif draft.state.staff.awaits(StaffAction.BOX_OUT, draft.at.mono_ns):
        packing.tube_out(draft, event, known)
    elif draft.state.staff.awaits(StaffAction.BOX_SEAL, draft.at.mono_ns):
        sealed_with(draft, event.code)
    elif draft.state.staff.awaits(StaffAction.VOID, draft.at.mono_ns):
        taking_back.tube_shown(draft, event.code, known)
    elif wanted := draft.state.staff.awaits(StaffAction.MOVE, draft.at.mono_ns):
        moving.tube_shown(draft, event, known, wanted, facts)
    elif (box := draft.state.packing.takes(draft.at.mono_ns)) and not _is_for_people(draft, known):
        packing.tube_in(draft, event, known, box, facts)
    elif known is not None:
        _known(draft, event, known)
    elif not event.preprinted and not event.code.startswith(draft.state.counters.block):
        _not_done(draft, event, Refusal.OTHER_TABLES_TUBE)
    elif not (event.preprinted and (draft.state.plan.suppliers or _unbound(draft))):
        _not_done(draft, event, Refusal.UNKNOWN_CODE)
    elif not _asked_for(draft, event):
        _not_done(draft, event, Refusal.TUBE_NOT_ASKED)
    else:
        _new(draft, event)


def _unbound(draft: Draft) -> bool:
    """People came first, and their tube still lacks its barcode, whatever the configuration says by now."""
    in_hand = draft.state.sampling.open
    return in_hand is not None and in_hand.code is None


def _asked_for(draft: Draft, event: TubePresented) -> bool:
    return event.hand is Hand.STAFF or _awaited(draft)


def _awaited(draft: Draft) -> bool:
    staff, now = draft.state.staff, draft.at.mono_ns
    return (staff.awaits(StaffAction.TUBE, now) or staff.awaits(StaffAction.SINGLE, now)) is not None


def _is_for_people(draft: Draft, known: Tube | None) -> bool:
    """In the middle of packing staff asked for a tube, and show one that nobody is in."""
    return _awaited(draft) and (known is None or _was_put_aside(known))


def _not_done(draft: Draft, event: TubePresented, reason: Refusal) -> None:
    """At a shared scanner it may be a resident who is sent away."""
    tell = tell_staff if _asked_for(draft, event) else refuse
    tell(draft, reason, event.code.encode())


def _new(draft: Draft, event: TubePresented) -> None:
    in_hand = draft.state.sampling.open
    if draft.state.staff.awaits(StaffAction.SINGLE, draft.at.mono_ns):
        single = allot(draft, TubeSource.PREPRINTED, TubeState.READY, event.code, SINGLE)
        _done(draft, "single-ready", tube=single.code or "-")
    elif in_hand is not None and in_hand.code is None:
        _bind(draft, in_hand, event.code)
    elif in_hand is None or _put_aside(draft, in_hand):
        allot(draft, TubeSource.PREPRINTED, TubeState.OPEN, event.code)
        _done(draft, "tube-opened", tube=event.code)
    else:
        _not_done(draft, event, Refusal.TUBE_OPEN)


def _bind(draft: Draft, in_hand: Tube, code: str) -> None:
    bound = replace(in_hand, code=code)
    draft.make(TubeBound(bound))
    if bound.free <= 0:
        seal(draft, bound)
    _done(draft, "tube-bound", tube=code, filled=str(bound.filled))


def _known(draft: Draft, event: TubePresented, known: Tube) -> None:
    """Scanning the label of the tube in hand is a check that it is the right one; any other is in use."""
    in_hand = draft.state.sampling.open
    if known.state in (TubeState.OPEN, TubeState.READY):
        draft.tell(f"tube-{known.state}", tube=event.code, filled=str(known.filled))
    elif not (_was_put_aside(known) and _asked_for(draft, event)):
        _not_done(draft, event, Refusal.TUBE_USED)
    elif in_hand is None or _put_aside(draft, in_hand):
        pool = draft.state.pool
        draft.make(TubeTakenUp(replace(known, state=TubeState.OPEN, capacity=pool.capacity, purpose=pool.purpose)))
        _done(draft, "tube-opened", tube=event.code)
    else:
        _not_done(draft, event, Refusal.TUBE_USED)


def _done(draft: Draft, key: str, **values: str) -> None:
    """What staff asked for once is done once."""
    if draft.state.staff.wanted is not None:
        draft.make(ScanAwaited(None))
    draft.tell(key, Signal.NOTED, **values)


def _was_put_aside(known: Tube) -> bool:
    return known.state is TubeState.ASIDE and _may_be_put_aside(known)


def _may_be_put_aside(tube: Tube) -> bool:
    """A supplier's tube that was scanned by mistake: nobody is in it, another takes its place."""
    return tube.source is TubeSource.PREPRINTED and tube.code is not None and tube.filled == 0


def _put_aside(draft: Draft, in_hand: Tube) -> bool:
    """Whether the tube in hand is one that can be put aside; then it is."""
    if not _may_be_put_aside(in_hand):
        return False
    draft.make(TubePutAside(replace(in_hand, state=TubeState.ASIDE)))
    return True
