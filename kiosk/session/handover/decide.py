"""A box is closed, handed over, taken back: compared first, and asked."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.model import (
    Box,
    BoxState,
    CopyReason,
    Handover,
    JobKind,
    Mismatch,
    Packed,
    Refusal,
    StaffAction,
    Stray,
    Tally,
    TubeState,
)
from kiosk.model.changes import BoxChanged, BoxHandedOver, BoxTallied, HandoverTakenBack
from kiosk.model.queries import Facts, PackedIn, Query, Unpacked
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.handover.ages import is_late
from kiosk.session.handover.packing import figures
from kiosk.session.passing import PackingUntil, Proposed, ScanAwaited
from kiosk.session.printing.decide import abandon_stale, queue
from kiosk.session.questions.state import CloseBox, PassOn, TakeBackBox
from kiosk.session.sampling.refusing import NOISE, tell_staff
from kiosk.session.state import State


def compared_with(state: State, action: StaffAction) -> tuple[Query, ...]:
    """What must be known to close a box."""
    box = state.packing.open
    return (Unpacked(), PackedIn(box.id)) if action is StaffAction.BOX_CLOSE and box is not None else ()


def close(draft: Draft, facts: Facts) -> None:
    """Every mismatch is on a list; with a stray in it the box stays open, all else is for staff to say."""
    box = draft.state.packing.open
    if box is None or not (box.tubes or box.strays):
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
        return
    mismatches = tuple(_mismatches(draft, box, facts))
    if mismatches:
        tally = Tally(draft.state.counters.next_job_id, box.counted, mismatches, draft.at)
        draft.make(BoxTallied(tally))
        queue(draft, JobKind.TALLY, tally)
    if box.strays:
        draft.tell(f"refused.{Refusal.STRAYS}", Signal.REFUSED)
    else:
        draft.make(Proposed(CloseBox(box, mismatches)))


def _mismatches(draft: Draft, box: Box, facts: Facts) -> Iterator[Stray]:
    yield from box.strays
    for tube in facts[Unpacked()]:
        yield Stray(tube.code or "-", Mismatch.MISSING)
    for packed in facts[PackedIn(box.id)]:
        if is_late(packed.tube, draft.at, draft.state.plan.transport_limit_ms):
            yield Stray(packed.tube.code or "-", Mismatch.TOO_OLD)


def close_confirmed(draft: Draft, asked: CloseBox, facts: Facts) -> None:
    """Only what was asked about: a box that is another by now is asked about anew."""
    box = draft.state.packing.open
    if box is None or box.id != asked.box.id:
        return
    now = tuple(_mismatches(draft, box, facts))
    if (box, now) != (asked.box, asked.mismatches):
        close(draft, facts)
        return
    draft.make(BoxChanged(replace(box, state=BoxState.CLOSED)))
    draft.make(PackingUntil(0))
    draft.tell("box-closed", Signal.NOTED, **figures(box))


def pass_on(draft: Draft) -> None:
    """The box that was closed first."""
    box = draft.state.packing.closed
    if box is None:
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
    else:
        draft.make(Proposed(PassOn(box)))


def passed(draft: Draft, asked: Box, facts: Facts) -> None:
    """One commit: the driver has it, and both manifests are owed."""
    box = draft.state.packing.box(asked.id)
    if box is None or box.state is not BoxState.CLOSED:
        return
    if box != asked:
        draft.make(Proposed(PassOn(box)))
        return
    packed = tuple(_in(each, TubeState.HANDED_OVER) for each in facts[PackedIn(box.id)])
    gone = replace(box, state=BoxState.HANDED_OVER)
    handover = Handover(draft.state.counters.next_job_id, gone, packed, draft.at)
    draft.make(BoxHandedOver(handover))
    queue(draft, JobKind.MANIFEST, handover)
    queue(draft, JobKind.MANIFEST, handover, 1, CopyReason.SECOND)
    draft.tell("handed-over", Signal.NOTED, **figures(box))


def take_back(draft: Draft) -> None:
    handover = draft.state.packing.handover
    if handover is None:
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
    else:
        draft.make(Proposed(TakeBackBox(handover)))


def taken_back(draft: Draft, asked: Handover) -> None:
    """A new record: the old one stays, and says that it was taken back."""
    handover = draft.state.packing.handover
    if handover is None or handover.id != asked.id:
        return
    packed = tuple(_in(each, TubeState.BOXED) for each in handover.packed)
    back = replace(handover, box=replace(handover.box, state=BoxState.CLOSED), packed=packed, taken_back=True)
    draft.make(HandoverTakenBack(back))
    abandon_stale(draft, draft.state.printing)
    draft.tell("handed-over-back", Signal.NOTED, **figures(back.box))


def _in(packed: Packed, state: TubeState) -> Packed:
    return replace(packed, tube=replace(packed.tube, state=state))


def next_bag(draft: Draft) -> None:
    box = draft.state.packing.open
    if box is None or not draft.state.plan.bags:
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
        return
    fresh = replace(box, bag=box.bag + 1)
    draft.make(BoxChanged(fresh))
    draft.tell("bag-next", Signal.NOTED, box=box.number, bag=str(fresh.bag))


def sealed_with(draft: Draft, code: str) -> None:
    """The seal that was scanned is on the box that is packed or was closed last."""
    draft.make(ScanAwaited(None))
    boxes = draft.state.packing.boxes
    if not boxes:
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
        return
    box = draft.state.packing.open or boxes[-1]
    draft.make(BoxChanged(replace(box, seal=code)))
    draft.tell("box-sealed", Signal.NOTED, box=box.number, seal=code)
