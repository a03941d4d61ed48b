"""What the tables of a point tell each other of their people."""

from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model.people import ExemptReason

KEY_BYTES = 16
"""Of a person's key: as many tell people apart, and no more is said."""
PEOPLE = 32
"""Samples that one sheet is for: those with the sequence numbers from `number` times this on."""
EXEMPT = -1
"""The number of the sheet of those who were recorded without a tube."""
MOST_EXEMPT = 1000
"""So many stand on it: some brokers, and our own tables, leave whoever sends more than 128 KB at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """One person as a table tells them: their sample's number there and the tube, if it has a code yet, or why there is
    neither; milliseconds UTC, None while its clock was not trusted."""

    key: bytes
    n: int | None
    tube: str | None
    at_ms: int | None
    reason: ExemptReason | None = None


@dataclass(frozen=True, slots=True)
class SheetName:
    """One sheet of a table in one life of its journal."""

    kiosk: str
    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everybody of that stretch who is registered there, as of a commit of that journal."""

    name: SheetName
    seq: int
    people: tuple[Told, ...] = field(repr=False)
    mark: str = ""
    """By which round key its people are known; empty where it is not said."""
    at_ms: int | None = None
    """When it was said; None while the clock there was not trusted."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where somebody was sampled, as another table tells it."""

    kiosk: str
    told: Told


def every_sheet(first: int, last: int) -> tuple[int, ...]:
    """The numbers of all sheets of a table whose samples of the round have these sequence numbers."""
    return (EXEMPT, *range(first // PEOPLE, last // PEOPLE + 1))


def key_of(person_key: bytes) -> bytes:
    """By which the tables of a point know somebody."""
    return person_key[:KEY_BYTES]
