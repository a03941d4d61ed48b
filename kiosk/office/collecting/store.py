"""Where a collector writes."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.frozen import dataclass
from kiosk.office.collecting.received import Row


class StoreAwayError(Exception):
    """It is not there, is full, may not be written, or has no table; says which. Nothing of the batch is certain."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were newer than what stood there, and which of them no store takes."""

    newer: int
    refused: tuple[Row, ...] = ()


class Store(Protocol):
    """Holds the newest word of each topic."""

    def write(self, rows: Sequence[Row]) -> Written:
        """Committed when it returns. Raises StoreAwayError: then write them again, which does no harm."""
