"""The only writer of what staff have set."""

from dataclasses import replace

from kiosk.model.changes import Change, PoolChosen, ServicePaused
from kiosk.session.passing import Passing, ScanAwaited
from kiosk.session.staff.state import Staff


def fold(staff: Staff, change: Change | Passing) -> Staff:
    match change:
        case ServicePaused(on):
            return replace(staff, paused=on)
        case PoolChosen(pool):
            return replace(staff, pool=pool)
        case ScanAwaited(wanted):
            return replace(staff, wanted=wanted)
        case _:
            return staff
