"""Who came, and where the sample went."""

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant


@dataclass(frozen=True, slots=True)
class Person:
    """Who came, as far as the kiosk may know: a keyed hash and what may be shown."""

    key: bytes
    name: str
    number: str


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
    void: bool = False
    """Taken back: the person was not swabbed after all."""
