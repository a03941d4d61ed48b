"""A tube is scanned into a box, or out of it; whatever does not belong there is named at once."""

from dataclasses import replace

from kiosk.credentials import tube_code
from kiosk.model import Box, BoxState, Mismatch, Packed, Refusal, Stray, Tube, TubeState
from kiosk.model.changes import BoxChanged, BoxOpened, TubeBoxed, TubeUnboxed
from kiosk.model.queries import Facts, PackedIn
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import TubePresented
from kiosk.session.handover.ages import is_late
from kiosk.session.passing import PackingUntil, ScanAwaited
from kiosk.session.sampling.refusing import NOISE, hold, seen_lately, tell_staff
from kiosk.session.sampling.tubes import numbers_left
from kiosk.vouchers.manifest import has_room

PACKING_NS = 60_000_000_000
"""So long after a scan the next tube still goes into the box."""


def start_or_stop(draft: Draft) -> None:
    """Scanned tubes go into the open box, or into a new one; asked again, no more."""
    packing = draft.state.packing
    box = packing.takes(draft.at.mono_ns)
    if box is not None:
        draft.make(PackingUntil(0))
        draft.tell("packing-ended", Signal.NOTED, **figures(box))
        return
    box = packing.open or _opened(draft)
    if box is None:
        tell_staff(draft, Refusal.BLOCK_USED_UP, NOISE)
        return
    # What staff asked for before would take the tube that is scanned next.
    draft.make(ScanAwaited(None))
    draft.make(PackingUntil(draft.at.mono_ns + PACKING_NS))
    draft.tell("packing", Signal.NOTED, **figures(box))


def _opened(draft: Draft) -> Box | None:
    """Its number is one of the lease's, which no tube gets any more."""
    if not numbers_left(draft, printed=True):
        return None
    counters = draft.state.counters
    number = f"B{tube_code(counters.block, counters.next_tube_serial)}"
    box = Box(counters.next_tube_id, number, BoxState.OPEN, draft.at)
    draft.make(BoxOpened(box))
    return box


def tube_in(draft: Draft, event: TubePresented, known: Tube | None, box: Box, facts: Facts) -> None:
    """One showing, one tube: held still it is neither in twice nor a stray."""
    key = event.code.encode()
    again = seen_lately(draft, key) is not None
    hold(draft, key, None)
    draft.make(PackingUntil(draft.at.mono_ns + PACKING_NS))
    if again:
        return
    if not has_room([event.code, *(packed.tube.code or "" for packed in facts[PackedIn(box.id)])]):
        tell_staff(draft, Refusal.BOX_FULL, NOISE)
        return
    why = _mismatch(draft, event, known)
    if why is not None or known is None:
        _stray(draft, box, Stray(event.code, why or Mismatch.UNKNOWN))
        return
    packed = Packed(replace(known, state=TubeState.BOXED, box_id=box.id), box.bag)
    fuller = replace(box, tubes=box.tubes + 1, people=box.people + known.filled)
    draft.make(TubeBoxed(packed, fuller))
    if is_late(known, draft.at, draft.state.plan.transport_limit_ms):
        draft.tell("tube-boxed-late", Signal.NOTED, tube=event.code, **figures(fuller))
    else:
        draft.tell("tube-boxed", Signal.NOTED, tube=event.code, **figures(fuller))


def _mismatch(draft: Draft, event: TubePresented, known: Tube | None) -> Mismatch | None:
    if known is None:
        is_ours = event.preprinted or event.code.startswith(draft.state.counters.block)
        return Mismatch.UNKNOWN if is_ours else Mismatch.OTHER_TABLES
    match known.state:
        case TubeState.SEALED:
            return None
        case TubeState.OPEN | TubeState.READY:
            return Mismatch.UNSEALED
        case TubeState.BOXED:
            return Mismatch.DOUBLED
        case TubeState.HANDED_OVER:
            return Mismatch.HANDED_OVER
        case TubeState.EARLIER:
            return Mismatch.EARLIER
        case TubeState.ASIDE | TubeState.VOID:
            return Mismatch.TAKEN_BACK


def _stray(draft: Draft, box: Box, stray: Stray) -> None:
    if box.stray(stray.code) is None:
        draft.make(BoxChanged(replace(box, strays=(*box.strays, stray))))
    draft.tell(f"stray.{stray.why}", Signal.REFUSED, tube=stray.code)


def tube_out(draft: Draft, event: TubePresented, known: Tube | None) -> None:
    """A stray first, as the tube itself may lie there rightly; a closed box is open again."""
    packing = draft.state.packing
    is_open = packing.open
    box = packing.box(known.box_id) if known is not None and known.state is TubeState.BOXED else None
    if is_open is not None and is_open.stray(event.code) is not None:
        draft.make(ScanAwaited(None))
        left = tuple(each for each in is_open.strays if each.code != event.code)
        draft.make(BoxChanged(replace(is_open, strays=left)))
        draft.tell("stray-out", Signal.NOTED, tube=event.code)
    elif known is None or box is None:
        is_gone = known is not None and known.state is TubeState.HANDED_OVER
        tell_staff(draft, Refusal.HANDED_OVER if is_gone else Refusal.NOT_IN_A_BOX, event.code.encode())
    elif is_open is not None and is_open.id != box.id:
        tell_staff(draft, Refusal.BOX_OPEN, event.code.encode())
    else:
        draft.make(ScanAwaited(None))
        emptier = replace(box, state=BoxState.OPEN, tubes=box.tubes - 1, people=box.people - known.filled)
        draft.make(TubeUnboxed(replace(known, state=TubeState.SEALED, box_id=None), emptier))
        draft.tell("tube-unboxed", Signal.NOTED, tube=event.code, **figures(emptier))
    # Held still at the scanner it must not go in again.
    hold(draft, event.code.encode(), None)


def figures(box: Box) -> dict[str, str]:
    """What is said of a box."""
    return {"box": box.number, "tubes": str(box.tubes), "people": str(box.people)}
