"""What a decision needs to look up, said as values: the session asks, the journal answers."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from kiosk.frozen import dataclass
from kiosk.model.people import Sample
from kiosk.model.slips import JobKind, Subject
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
class TubeBy(Lookup[Tube | None]):
    """The tube with this barcode, of any round: no code is used twice. One of an earlier round is closed."""

    code: str


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
class UndatedIn(Lookup[bool]):
    """Whether anything of this boot was written before the clock was trusted."""

    boot: str


Query = PriorOf | TubeBy | SampleBy | CopiesOf | UndatedIn


class Facts:
    """Answers to what was asked, each of its query's type. KeyError for what was not."""

    def __init__(self, answers: Mapping[Query, Any]) -> None:
        self._answers = answers

    def __getitem__(self, query: Lookup[Answer]) -> Answer:
        return cast("Answer", self._answers[cast("Query", query)])
