"""What is known of the card on the reader, as values; pure.

A card that was never read is told once until it is lifted; one that was read is never refused, as some models cannot
read one card twice without lifting.
"""

from dataclasses import replace
from typing import assert_never

from kiosk.frozen import dataclass

SAME_CARD_S = 1.0
"""A card that stays on the reader is read again this often, so that a card laid on it in a hurry is not missed."""


@dataclass(frozen=True, slots=True)
class Absent:
    """No card lies there, or one that was not tried yet."""


@dataclass(frozen=True, slots=True)
class Trying:
    """One lies there that could not be read so often, and nobody was told."""

    tries: int


@dataclass(frozen=True, slots=True)
class Told:
    """As Trying, and somebody was told; it is tried again at `again_s`."""

    tries: int
    again_s: float


@dataclass(frozen=True, slots=True)
class Read:
    """One lies there that was read, which took `took_s`; it is read again at `again_s`. `tries` in vain since."""

    took_s: float
    again_s: float
    tries: int = 0


Known = Absent | Trying | Told | Read


def due(known: Known, now_s: float) -> bool:
    """Whether a card that lies there is to be read now."""
    match known:
        case Absent() | Trying():
            return True
        case Told() | Read():
            return now_s >= known.again_s
        case _:
            assert_never(known)


def read(took_s: float, now_s: float) -> Read:
    return Read(took_s, now_s + SAME_CARD_S)


def failed(known: Known, bearable: int, now_s: float) -> Known:
    """After a try in vain, of which so many are borne silently."""
    tries = 1 if isinstance(known, Absent) else known.tries + 1
    again_s = now_s + SAME_CARD_S
    match known:
        case Absent() | Trying():
            return Trying(tries) if tries < bearable else Told(tries, again_s)
        case Told() | Read():
            return replace(known, tries=tries, again_s=known.again_s if tries < bearable else again_s)
        case _:
            assert_never(known)


def news(before: Known, after: Known) -> bool:
    """Whether somebody must be told now."""
    return isinstance(after, Told) and not isinstance(before, Told)
