"""Specimen tubes."""

from dataclasses import replace
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant


class TubeSource(StrEnum):
    PRINTED = "printed"
    PREPRINTED = "preprinted"


class TubeOrder(StrEnum):
    TUBE_FIRST = "tube-first"
    PERSONS_FIRST = "persons-first"


class Purpose(StrEnum):
    """For whom a tube is."""

    POOL = "pool"
    HOUSEHOLD = "household"
    """One household's, as many as they are; staff seal it."""
    SINGLE = "single"
    """One person's, beside the tube in use."""


@dataclass(frozen=True, slots=True)
class Pool:
    """How many persons go into a tube, and for whom it is."""

    capacity: int
    purpose: Purpose = Purpose.POOL


SINGLE = Pool(1, Purpose.SINGLE)
HOUSEHOLD = Pool(20, Purpose.HOUSEHOLD)
"""No tube takes more than twenty swabs."""


class TubeState(StrEnum):
    READY = "ready"
    """Allotted and labelled, nobody in it yet."""
    OPEN = "open"
    SEALED = "sealed"
    BOXED = "boxed"
    HANDED_OVER = "handed-over"
    ASIDE = "aside"
    """Nobody is in it. A supplier's may be taken up again."""
    VOID = "void"
    """Taken back with all its people; it goes to nobody."""
    EARLIER = "earlier"
    """Of an earlier round, whatever it was then; only looked up, never written."""


@dataclass(frozen=True, slots=True)
class Tube:
    """One specimen tube. `code` is None while persons come first and the tube is still to be scanned."""

    id: int
    code: str | None
    source: TubeSource
    capacity: int
    state: TubeState
    filled: int
    at: Instant
    """When it was allotted; from its opening on, when it was opened."""
    building: str = ""
    """Whose people go into it, as the point calls them."""
    purpose: Purpose = Purpose.POOL
    holes: tuple[int, ...] = ()
    """Places below the last one whose person was taken out again, the lowest first."""
    box_id: int | None = None
    """The box that it is in, or was handed over in."""

    @property
    def free(self) -> int:
        """Places that nobody is in."""
        return self.capacity - self.filled

    @property
    def pool(self) -> Pool:
        return Pool(self.capacity, self.purpose)

    @property
    def next_place(self) -> int:
        return self.holes[0] if self.holes else self.filled + 1

    def with_one_more(self) -> "Tube":
        """Somebody is in the next place."""
        return replace(self, filled=self.filled + 1, holes=self.holes[1:])

    def without(self, place: int) -> "Tube":
        """Whoever was in this place is not; behind the last one that is taken there are no holes."""
        taken = set(range(1, self.filled + len(self.holes) + 1)) - {*self.holes, place}
        last = max(taken, default=0)
        return replace(self, filled=len(taken), holes=tuple(hole for hole in range(1, last) if hole not in taken))
