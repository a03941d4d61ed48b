"""Boxes of tubes for transport, what does not agree in one, and their passing from one signature to the next."""

from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant
from kiosk.model.tubes import Tube


class BoxState(StrEnum):
    OPEN = "open"
    """Being packed."""
    CLOSED = "closed"
    """Compared and confirmed; waits for the driver."""
    HANDED_OVER = "handed-over"
    GIVEN_UP = "given-up"
    """The journal lost what became of it: what is there is packed anew."""


class Mismatch(StrEnum):
    """What does not agree between the system and the tubes in hand."""

    UNSEALED = "unsealed"
    UNKNOWN = "unknown"
    OTHER_TABLES = "other-tables"
    EARLIER = "earlier"
    """Of an earlier round."""
    TAKEN_BACK = "taken-back"
    """Void, put aside, or a code whose people are in another."""
    DOUBLED = "doubled"
    """In this box already, or in another."""
    HANDED_OVER = "handed-over"
    TOO_OLD = "too-old"
    MISSING = "missing"
    """Sealed at this table and in no box."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A tube that does not belong where it was scanned, or is not where it belongs."""

    code: str
    why: Mismatch


@dataclass(frozen=True, slots=True)
class Box:
    """`number`: B and a number of the kiosk's lease. `strays` were scanned into it and must come out."""

    id: int
    number: str
    state: BoxState
    at: Instant
    """When it was opened."""
    tubes: int = 0
    people: int = 0
    bag: int = 1
    """The one that tubes go into now; all go into one where the point has no bags."""
    seal: str = ""
    strays: tuple[Stray, ...] = ()

    @property
    def counted(self) -> "Box":
        """Its number and figures alone: what a slip about it says is said of that moment, whatever goes in later."""
        return Box(self.id, self.number, BoxState.OPEN, self.at, self.tubes, self.people)

    def stray(self, code: str) -> Stray | None:
        return next((each for each in self.strays if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Packed:
    """A tube in its box, and in which bag of it."""

    tube: Tube
    bag: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A box that passed to the driver with all that was in it then. What it says never changes; taken back, it is worth
    nothing."""

    id: int
    box: Box
    packed: tuple[Packed, ...]
    at: Instant
    taken_back: bool = False

    def age_min(self, packed: Packed) -> int | None:
        """From the tube's opening to the hand-over; None if no clock vouches for it."""
        age_ms = self.at.since_ms(packed.tube.at)
        return None if age_ms is None else max(0, age_ms // 60_000)


@dataclass(frozen=True, slots=True)
class Tally:
    """What did not agree when a box was to be closed; `box` as it was counted then."""

    id: int
    box: Box
    mismatches: tuple[Stray, ...]
    at: Instant
