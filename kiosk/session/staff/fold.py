"""The only writer of what staff have set."""

from dataclasses import replace

from kiosk.model.changes import Change, ServicePaused
from kiosk.session.passing import Passing, TubeAsked
from kiosk.session.staff.state import Staff


def fold(staff: Staff, change: Change | Passing) -> Staff:
    match change:
        case ServicePaused(on):
            return replace(staff, paused=on)
        case TubeAsked(until_ns):
            return replace(staff, tube_until_ns=until_ns)
        case _:
            return staff
