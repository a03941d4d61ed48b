"""The boxes that are here, and what is going on with them."""

from kiosk.frozen import dataclass
from kiosk.model import Box, BoxState, Handover, Tube
from kiosk.session.sampling.state import Age


@dataclass(frozen=True, slots=True)
class Packing:
    """What the journal holds of boxes; until when scanned tubes go into the open one, and how old what waits is."""

    boxes: tuple[Box, ...] = ()
    """Those that are here, in the order in which they were opened."""
    handover: Handover | None = None
    """The last one, which may be taken back."""
    until_ns: int = 0
    oldest: Tube | None = None
    age: Age = Age.YOUNG
    """Of the oldest sealed tube that is here, when it was last looked at."""

    @property
    def open(self) -> Box | None:
        """At most one is."""
        return next((box for box in self.boxes if box.state is BoxState.OPEN), None)

    @property
    def closed(self) -> Box | None:
        """The one that goes next."""
        return next((box for box in self.boxes if box.state is BoxState.CLOSED), None)

    def box(self, box_id: int | None) -> Box | None:
        return next((box for box in self.boxes if box.id == box_id), None)

    def takes(self, mono_ns: int) -> Box | None:
        """The box that a scanned tube goes into now."""
        return self.open if mono_ns < self.until_ns else None
