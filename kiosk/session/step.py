"""step: which rule answers which event."""

from kiosk.session import people, printing, staff, tubes
from kiosk.session.effects import Effect
from kiosk.session.events import (
    Committed,
    DeviceChanged,
    Event,
    JobsEnded,
    JobsReturned,
    PersonPresented,
    PrinterChanged,
    ReadingHindered,
    ScanRejected,
    StaffPresented,
    Started,
    TubePresented,
    VoucherPresented,
)
from kiosk.session.state import State


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """The next state and what to do, in order. After a Commit only Committed may come."""
    if isinstance(event, Committed):
        return _committed(state)
    if state.pending is not None:
        raise ValueError(f"{type(event).__name__} came before the commit was answered")
    return _answer(state, event)


def _committed(state: State) -> tuple[State, tuple[Effect, ...]]:
    if state.pending is None:
        raise ValueError("Committed came without a commit")
    return state.pending.after, state.pending.effects


def _answer(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:  # noqa: C901 - one arm an event
    match event:
        case PersonPresented():
            return people.person(state, event)
        case ScanRejected():
            return people.rejected(state, event)
        case ReadingHindered():
            return people.hindered(state, event)
        case VoucherPresented():
            return people.voucher(state, event)
        case TubePresented():
            return tubes.presented(state, event)
        case StaffPresented():
            return staff.act(state, event)
        case JobsEnded():
            return printing.ended(state, event)
        case JobsReturned():
            return printing.returned(state, event)
        case PrinterChanged():
            return printing.changed(state, event)
        case Started():
            return printing.started(state, event)
        case DeviceChanged():
            return printing.device_changed(state, event)
        case Committed():
            return _committed(state)
