"""Who came, and where the sample went."""

from dataclasses import field
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant
from kiosk.model.tubes import Purpose


@dataclass(frozen=True, slots=True)
class Person:
    """Who came, as far as the kiosk may know: a keyed hash and what may be shown."""

    key: bytes
    name: str
    number: str


class ExemptReason(StrEnum):
    """Why somebody is recorded and not swabbed."""

    UNDER_AGE = "under-age"
    VACCINATED = "vaccinated"
    RECOVERED = "recovered"
    ELSEWHERE = "elsewhere"
    """Sampled at another place today."""
    BEDRIDDEN = "bedridden"


@dataclass(frozen=True, slots=True)
class Exempt:
    """Recorded without a tube."""

    person: Person
    reason: ExemptReason
    at: Instant


@dataclass(frozen=True, slots=True)
class Beside:
    """Without a document: the first, second ... who came with the bearer of another's."""

    bearer: bytes
    """Their person key."""
    number: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One person in one place of one tube, whose capacity was given when it was allotted."""

    seq: int
    person: Person
    tube_id: int
    capacity: int
    position: int
    voucher: str
    at: Instant
    purpose: Purpose = Purpose.POOL
    """The tube's."""
    beside: Beside | None = None
    void: bool = False
    """Taken back: the person was not swabbed after all."""
    tube: str | None = field(default=None, compare=False)
    """The tube's code as it was when this was read: people may be moved to another, or wait for theirs."""
