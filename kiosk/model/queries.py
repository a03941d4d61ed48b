"""What a decision needs to look up, said as values: the session asks, the journal answers."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from kiosk.frozen import dataclass
from kiosk.model.acts import Act
from kiosk.model.boxes import Packed
from kiosk.model.expected import Absent, Expected, Progress, Standing
from kiosk.model.people import Exempt, Sample
from kiosk.model.records import Ask, Record
from kiosk.model.slips import JobKind, Subject
from kiosk.model.staff import StaffAction
from kiosk.model.tables import Elsewhere, SheetName, Told
from kiosk.model.tubes import Tube

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Lookup(Generic[Answer]):
    """Something to be looked up, and the type of its answer."""


@dataclass(frozen=True, slots=True)
class PriorOf(Lookup[Sample | None]):
    """The person's sample of this round that holds."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class ExemptionOf(Lookup[Exempt | None]):
    """Why the person was recorded without a tube in this round."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class BesideOf(Lookup[int]):
    """How many were registered in this round beside this person's card, those who were taken back too."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class TubeBy(Lookup[Tube | None]):
    """The tube with this barcode, of any round: no code is used twice. One of an earlier round is closed."""

    code: str


@dataclass(frozen=True, slots=True)
class TubeNumbered(Lookup[Tube | None]):
    """The tube of this round with this id."""

    id: int


@dataclass(frozen=True, slots=True)
class TubeOf(Lookup[Tube | None]):
    """The tube of this round in which the holder of this voucher is."""

    voucher: str


@dataclass(frozen=True, slots=True)
class MembersOf(Lookup[tuple[Sample, ...]]):
    """Who is in the tube with this id, by their places."""

    tube_id: int


@dataclass(frozen=True, slots=True)
class SampleBy(Lookup[Sample | None]):
    """The sample of this round with this voucher, if it holds."""

    voucher: str


@dataclass(frozen=True, slots=True)
class CopiesOf(Lookup[int]):
    """How many marked copies of a slip have been asked for."""

    kind: JobKind
    subject_id: int

    @classmethod
    def slip(cls, kind: JobKind, subject: Subject) -> "CopiesOf":
        return cls(kind, subject.seq if isinstance(subject, Sample) else subject.id)


@dataclass(frozen=True, slots=True)
class PackedIn(Lookup[tuple[Packed, ...]]):
    """The tubes in the box with this id, in the order in which they were opened."""

    box_id: int


@dataclass(frozen=True, slots=True)
class Unpacked(Lookup[tuple[Tube, ...]]):
    """The sealed tubes of this round that are in no box, in the order in which they were opened."""


@dataclass(frozen=True, slots=True)
class OldestHere(Lookup[Tube | None]):
    """Of the tubes of this round that are sealed and not handed over."""


@dataclass(frozen=True, slots=True)
class Unrecorded(Lookup[Record | None]):
    """A tube, of whatever round, of which the authority was not told as it is now."""


@dataclass(frozen=True, slots=True)
class AskedFor(Lookup[int | None]):
    """How many of the records that are asked for are known here; None if that was asked before."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class TakenBack(Lookup[tuple[Act, ...]]):
    """What staff took back or moved in this round, in its order."""


@dataclass(frozen=True, slots=True)
class ActsCounted(Lookup[Mapping[StaffAction, int]]):
    """How often staff did what in this round."""


@dataclass(frozen=True, slots=True)
class UndatedIn(Lookup[bool]):
    """Whether anything of this boot was written before the clock was trusted."""

    boot: str


@dataclass(frozen=True, slots=True)
class ExpectedBy(Lookup[Expected | None]):
    """The person as the roster of this round has them."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class WholeRoster(Lookup[Mapping[bytes, Expected]]):
    """The whole roster of this round by its keys: asked when another comes."""


@dataclass(frozen=True, slots=True)
class ProgressAround(Lookup[tuple[Progress, ...]]):
    """How far the unit of this person is, by whichever of their credentials; none for whoever is not listed."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class ProgressOfAll(Lookup[tuple[Progress, ...]]):
    """How far each unit is, in no order."""


@dataclass(frozen=True, slots=True)
class MissingOf(Lookup[tuple[Absent, ...]]):
    """Who of a unit stands so, by floor and flat; of all units where it is empty."""

    unit: str
    standing: Standing = Standing.MISSING


@dataclass(frozen=True, slots=True)
class ElsewhereOf(Lookup[Elsewhere | None]):
    """Where another table, or this one in an earlier life of its journal, has sampled the person."""

    person_key: bytes


@dataclass(frozen=True, slots=True)
class SheetOf(Lookup[tuple[Told, ...]]):
    """Who of that sheet of this table is registered."""

    number: int


@dataclass(frozen=True, slots=True)
class KnownOf(Lookup[tuple[int, Mapping[bytes, Told]]]):
    """As of which commit a sheet of another table is known, -1 if it is not, and whom it names."""

    name: SheetName


@dataclass(frozen=True, slots=True)
class SampledHere(Lookup[Mapping[bytes, Sample]]):
    """Which of these, by the keys that tables tell each other, this table has sampled."""

    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EverKnownHere(Lookup[frozenset[tuple[bytes, int | None]]]):
    """Of these people, by the keys that tables tell each other: the numbers of all their samples in this journal, and
    None for whoever was recorded without a tube; what was taken back too."""

    keys: tuple[bytes, ...]


Query = (
    PriorOf
    | ExemptionOf
    | BesideOf
    | TubeBy
    | TubeNumbered
    | TubeOf
    | MembersOf
    | SampleBy
    | CopiesOf
    | PackedIn
    | Unpacked
    | OldestHere
    | Unrecorded
    | AskedFor
    | TakenBack
    | ActsCounted
    | UndatedIn
    | ExpectedBy
    | WholeRoster
    | ProgressAround
    | ProgressOfAll
    | MissingOf
    | ElsewhereOf
    | SheetOf
    | KnownOf
    | SampledHere
    | EverKnownHere
)


class Facts:
    """Answers to what was asked, each of its query's type. KeyError for what was not."""

    def __init__(self, answers: Mapping[Query, Any]) -> None:
        self._answers = answers

    def __getitem__(self, query: Lookup[Answer]) -> Answer:
        return cast("Answer", self._answers[cast("Query", query)])

    def get(self, query: Lookup[Answer]) -> Answer | None:
        """None for what was not asked."""
        return cast("Answer | None", self._answers.get(cast("Query", query)))
