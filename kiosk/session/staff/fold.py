"""The only writer of what staff have set."""

from kiosk.session.passing import Passing, Paused
from kiosk.session.staff.state import Staff


def fold(staff: Staff, change: Passing) -> Staff:
    match change:
        case Paused(on):
            return Staff(on)
        case _:
            return staff
