"""Who is expected: an office's lists to people of a unit. Pure; decisions: The roster."""

from kiosk.roster.cells import Cell
from kiosk.roster.estates import told_apart
from kiosk.roster.keyed import Keyed, NotARoster
from kiosk.roster.listed import Failed, Fault, Household, Listed, Place, Sheet
from kiosk.roster.reading import NoHeader, read_sheet

__all__ = [
    "Cell",
    "Failed",
    "Fault",
    "Household",
    "Keyed",
    "Listed",
    "NoHeader",
    "NotARoster",
    "Place",
    "Sheet",
    "read_sheet",
    "told_apart",
]
