"""What goes to the broker: a file a topic, and the contract made from them (asyncapi). decisions: Messages."""

from collections.abc import Mapping

from kiosk.messages.counts import Counts
from kiosk.messages.health import Health
from kiosk.messages.stamp import Address, Stamp
from kiosk.messages.status import Status

KINDS: Mapping[str, type[Stamp]] = {"status": Status, "counts": Counts, "health": Health}
"""What is said on each topic of a kiosk, by the topic's last level."""

__all__ = ["KINDS", "Address", "Counts", "Health", "Stamp", "Status"]
