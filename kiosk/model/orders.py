"""What the centre orders of a table."""

from dataclasses import field
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant

ANY = "+"
"""In the place of a level that an order does not name, as in a topic."""
Whom = tuple[str, str, str, str]
"""The region, round, point and kiosk of the tables that are meant, or `ANY` of them."""


@dataclass(frozen=True, slots=True)
class Say:
    """Staff are shown these words until then, in seconds since 1970 UTC."""

    text: str
    until_s: int


@dataclass(frozen=True, slots=True)
class Collect:
    """The boxes are fetched at that time, in seconds since 1970 UTC."""

    at_s: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """These vouchers are worth nothing any more."""

    vouchers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenewCodes:
    """From now on staff act by the codes of this turn, and by no others."""

    turn: int


@dataclass(frozen=True, slots=True)
class BeginRound:
    """The next round, and its key, sealed for this table alone."""

    round: str
    key: bytes = field(repr=False)


Command = Say | Collect | Withdraw | RenewCodes | BeginRound


class OrderKind(StrEnum):
    """How programs and people name them."""

    SAY = "say"
    COLLECT = "collect"
    WITHDRAW = "withdraw"
    CODES = "codes"
    ROUND = "round"


class Became(StrEnum):
    """What became of an order; each has its words in the catalogues."""

    DONE = "done"
    OVERTAKEN = "overtaken"
    """A later one of its kind was there first."""
    OVER = "over"
    """Its time had passed."""
    NO_KEY = "no-key"
    """The round's key was not sealed for this table, or is not the one with which that round was begun here."""


@dataclass(frozen=True, slots=True)
class Order:
    """Made `n` milliseconds after 1970 UTC, which is its number. `text` is what was signed."""

    n: int
    whom: Whom
    command: Command
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that is known here since then; `became` is None while it waits for a quiet moment."""

    order: Order
    at: Instant
    became: Became | None = None


def are_meant(whom: Whom, levels: tuple[str, str, str, str]) -> bool:
    """Whether the table of this region, round, point and kiosk is one of them."""
    return all(named in (ANY, own) for named, own in zip(whom, levels, strict=True))


def kind_of(command: Command) -> OrderKind:
    match command:
        case Say():
            return OrderKind.SAY
        case Collect():
            return OrderKind.COLLECT
        case Withdraw():
            return OrderKind.WITHDRAW
        case RenewCodes():
            return OrderKind.CODES
        case BeginRound():
            return OrderKind.ROUND
