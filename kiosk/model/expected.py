"""Who is due at the point, by a keyed hash and what may be shown; and how far their stairwells have come."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant


class Status(StrEnum):
    """What becomes of somebody who is listed, as far as the list says it."""

    EXPECTED = "expected"
    EXEMPT = "exempt"
    HOME_VISIT = "home-visit"
    MOVED = "moved"
    DIED = "died"


class Standing(StrEnum):
    """What has become of somebody who is listed: what happened at the point outweighs the list."""

    SAMPLED = "sampled"
    OTHER_TABLE = "other-table"
    """Sampled at another table of this point, as that table tells."""
    ELSEWHERE = "elsewhere"
    """Sampled at another place today."""
    EXEMPT = "exempt"
    HOME_VISIT = "home-visit"
    MOVED = "moved"
    DIED = "died"
    MISSING = "missing"


SAMPLED = (Standing.SAMPLED, Standing.OTHER_TABLE, Standing.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Expected:
    """One person of the roster. `unit` is the stairwell's name; `floor` is None where the flat does not tell it."""

    key: bytes
    name: str
    unit: str
    flat: str
    floor: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class RosterHead:
    """Which roster it is: made when, in seconds since 1970 UTC, and its units in the order in which they are called."""

    made_s: int
    units: tuple[str, ...]


UNFINISHED = 0
"""Stands for when a roster was made while a later one is written over it: any other is later."""


def last_called(head: RosterHead | None, calls: Sequence[str]) -> str | None:
    """Of the units that a roster knows; another name may be another unit."""
    return next((unit for unit in reversed(calls) if head is not None and unit in head.units), None)


@dataclass(frozen=True, slots=True)
class Roster:
    """A point's whole list for a round."""

    round: str
    point: str
    head: RosterHead
    people: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a unit stand how."""

    unit: str
    counts: Mapping[Standing, int]

    @property
    def listed(self) -> int:
        return sum(self.counts.values())

    @property
    def sampled(self) -> int:
        """Here or elsewhere."""
        return sum(self.counts.get(each, 0) for each in SAMPLED)

    @property
    def came(self) -> int:
        """Who is done with: sampled or excused."""
        return self.sampled + self.counts.get(Standing.EXEMPT, 0)

    @property
    def missing(self) -> int:
        return self.counts.get(Standing.MISSING, 0)

    def reaches(self, percent: int) -> bool:
        """Of those who can come at all."""
        return self.came * 100 >= percent * (self.came + self.missing)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a point's units: how far each is, which was called last, and how many are sampled at this table,
    listed or not."""

    progress: Mapping[str, Progress]
    called: str | None
    here: int


@dataclass(frozen=True, slots=True)
class Absent:
    """One who has not come, as it may be shown."""

    unit: str
    flat: str
    floor: int | None
    name: str


@dataclass(frozen=True, slots=True)
class MissingList:
    """Who of a unit had not come at a time, by floor and flat; of all units where `unit` is empty."""

    id: int
    unit: str
    expected: int
    sampled: int
    exempt: int
    absent: tuple[Absent, ...]
    at: Instant
