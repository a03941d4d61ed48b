"""Specimen tubes."""

from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant


class TubeSource(StrEnum):
    PRINTED = "printed"
    PREPRINTED = "preprinted"


class TubeOrder(StrEnum):
    TUBE_FIRST = "tube-first"
    PERSONS_FIRST = "persons-first"


class TubeState(StrEnum):
    READY = "ready"
    """Allotted and labelled, nobody in it yet."""
    OPEN = "open"
    SEALED = "sealed"
    HANDED_OVER = "handed-over"
    VOID = "void"


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

    @property
    def free(self) -> int:
        """Places that nobody is in."""
        return self.capacity - self.filled
