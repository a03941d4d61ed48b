"""The only writer of what staff have set."""

from dataclasses import replace

from kiosk.model import dated
from kiosk.model.changes import Change, ClockSet, PoolChosen, SampleTaken, ServicePaused, TubeBoxed
from kiosk.session.passing import BadgeShown, Passing, ScanAwaited, UndoableNoted
from kiosk.session.staff.state import Sealed, Staff


def fold(staff: Staff, change: Change | Passing) -> Staff:
    match change:
        case ServicePaused(on):
            return replace(staff, paused=on)
        case PoolChosen(pool):
            return replace(staff, pool=pool)
        case UndoableNoted(undoable):
            return replace(staff, undoable=undoable)
        case BadgeShown(badge):
            return replace(staff, badge=badge)
        case SampleTaken() | TubeBoxed() if isinstance(staff.undoable, Sealed):
            return replace(staff, undoable=None)
        case ClockSet(boot, offset_ms) if isinstance(staff.undoable, Sealed):
            return replace(staff, undoable=Sealed(dated(staff.undoable.tube, boot, offset_ms)))
        case ScanAwaited(wanted):
            return replace(staff, wanted=wanted)
        case _:
            return staff
