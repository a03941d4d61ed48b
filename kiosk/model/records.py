"""What the authority is told of a tube: who is in it, each sealed for it alone."""

from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant
from kiosk.model.tubes import Tube


@dataclass(frozen=True, slots=True)
class Member:
    """One person in a place; `beside` numbers those who came with the bearer of the document that was sealed."""

    place: int
    voucher: str
    at: Instant
    beside: int | None
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecordName:
    """Which record of a table: the n-th that was told first in that life of its journal."""

    epoch: str
    n: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Who collects records asks for those of a life whose numbers are in `ranges` (first, last); each `id` once."""

    id: str
    epoch: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """So many of what was asked for are known here, and are told again."""

    ask: Ask
    known: int


@dataclass(frozen=True, slots=True)
class Record:
    """A tube that nobody goes into any more, and its members by their places; told under the round that it is of."""

    round: str
    tube: Tube
    members: tuple[Member, ...]
    place: str = ""
    """Where its round was held: region/round/point/kiosk; empty where that was not noted."""
    name: RecordName | None = None
    """None before it is told for the first time, and for what was said of a code that is no tube's any more."""
