"""What goes to the broker: a file a topic, and the contract made from them (asyncapi). decisions: Messages."""

from collections.abc import Mapping

from kiosk.messages.asks import Answer
from kiosk.messages.counts import Counts
from kiosk.messages.gauges import Gauges
from kiosk.messages.health import Health
from kiosk.messages.orders import Orders
from kiosk.messages.people import People
from kiosk.messages.stamp import Address, Stamp
from kiosk.messages.status import Status
from kiosk.messages.tubes import Tube
from kiosk.messages.units import Units

KINDS: Mapping[str, type[Stamp]] = {
    "status": Status,
    "counts": Counts,
    "health": Health,
    "gauges": Gauges,
    "tubes": Tube,
    "answer": Answer,
    "ordered": Orders,
    "units": Units,
    "people": People,
}
"""What is said on each topic of a kiosk, by the topic's first level below the kiosk's."""
BELOW: Mapping[str, tuple[str, ...]] = {"counts": ("epoch",), "tubes": ("code",), "people": ("epoch", "sheet")}
"""Which of them have a topic for each of something, and what names it."""

__all__ = [
    "BELOW",
    "KINDS",
    "Address",
    "Answer",
    "Counts",
    "Gauges",
    "Health",
    "Orders",
    "People",
    "Stamp",
    "Status",
    "Tube",
    "Units",
]
