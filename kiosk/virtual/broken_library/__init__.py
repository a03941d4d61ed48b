"""Libraries that hang, hold the interpreter, raise anything or leak, for as long as they are told to.

The real ones, with single calls in whose place something worse stands, on the thread of one device only: all others
that use the same library go on. What a device's kernel does wrong (usblp, a name that is looked up) counts as well.
"""

from kiosk.virtual.broken_library.behaviour import Behaviour, Hang, Hold, Leak, Linger, Raise
from kiosk.virtual.broken_library.breaking import BrokenLibrary
from kiosk.virtual.broken_library.places import PLACES, Place, stand_in_for_evdev

__all__ = [
    "PLACES",
    "Behaviour",
    "BrokenLibrary",
    "Hang",
    "Hold",
    "Leak",
    "Linger",
    "Place",
    "Raise",
    "stand_in_for_evdev",
]
