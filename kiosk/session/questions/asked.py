"""The questions that are open, in the order in which staff are asked."""

from collections.abc import Iterator
from itertools import islice
from typing import assert_never

from kiosk.model import JobKind, PrintJob, StaffAction
from kiosk.model.queries import CopiesOf, MembersOf, PackedIn, Query, SampleBy, TubeNumbered, Unpacked
from kiosk.session.questions.state import (
    CloseBox,
    DidItComeOut,
    OtherLabel,
    PassOn,
    PrintThemNow,
    Question,
    TakeBack,
    TakeBackBox,
    TakeBackTube,
    TakeNote,
)
from kiosk.session.state import State


def asked(state: State) -> Iterator[Question]:
    """The first one is on show: what staff have just asked for, before what came of itself. Ids stay while a question
    is open, and are never used for another."""
    if state.questions.proposed is not None:
        yield state.questions.proposed
    if state.questions.loss is not None:
        yield TakeNote(state.questions.loss)
    yield from map(DidItComeOut, state.printing.doubtful)
    below = state.questions.withheld_below
    if waiting := state.printing.waiting[JobKind.VOUCHER].count_below(below):
        yield PrintThemNow(waiting, below)


def on_show(state: State) -> Question | None:
    return next(asked(state), None)


def asked_for(state: State) -> StaffAction | None:
    """What staff have asked for and confirm by the answer; None where the question came of itself."""
    match on_show(state):
        case TakeBack() | TakeBackTube():
            return StaffAction.VOID
        case OtherLabel():
            return StaffAction.MOVE
        case CloseBox():
            return StaffAction.BOX_CLOSE
        case PassOn():
            return StaffAction.HAND_OVER
        case TakeBackBox():
            return StaffAction.HAND_OVER_BACK
        case TakeNote() | DidItComeOut() | PrintThemNow() | None:
            return None
        case never:
            assert_never(never)


def withheld(state: State) -> tuple[PrintJob, ...]:
    """The vouchers that wait for an answer."""
    vouchers, below = state.printing.waiting[JobKind.VOUCHER], state.questions.withheld_below
    return tuple(islice(vouchers, vouchers.count_below(below)))


def proposed(state: State) -> tuple[Query, ...]:
    """What must be known to do what staff have not confirmed yet."""
    match state.questions.proposed:
        case TakeBack(sample):
            return SampleBy(sample.voucher), TubeNumbered(sample.tube_id)
        case TakeBackTube(tube):
            return TubeNumbered(tube.id), MembersOf(tube.id)
        case OtherLabel(tube):
            return TubeNumbered(tube.id), CopiesOf.slip(JobKind.LABEL, tube)
        case CloseBox(box):
            return Unpacked(), PackedIn(box.id)
        case PassOn(box):
            return (PackedIn(box.id),)
        case TakeBackBox() | None:
            return ()
        case never:
            assert_never(never)
