"""The only writer of what staff have set."""

from dataclasses import replace

from kiosk.session.passing import Passing, Paused, TubeAsked
from kiosk.session.staff.state import Staff


def fold(staff: Staff, change: Passing) -> Staff:
    match change:
        case Paused(on):
            return replace(staff, paused=on)
        case TubeAsked(until_ns):
            return replace(staff, tube_until_ns=until_ns)
        case _:
            return staff
