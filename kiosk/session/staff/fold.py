"""The only writer of what staff have set."""

from kiosk.model.changes import Change
from kiosk.session.passing import Passing, Paused
from kiosk.session.staff.state import Staff


def fold(staff: Staff, change: Change | Passing) -> Staff:
    match change:
        case Paused(on):
            return Staff(on)
        case _:
            return staff
