"""The list 补检: who of a unit has not come, masked, for those who go and knock."""

from collections.abc import Iterator

from kiosk.frozen import dataclass
from kiosk.layouts.letterhead import Letterhead
from kiosk.model import Instant
from kiosk.ports import Align, Element, Pair, Rule, Space, Text


@dataclass(frozen=True, slots=True)
class Absent:
    """One who has not come: the flat and the masked name."""

    flat: str
    name: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One stairwell of a building, as its roster stands."""

    name: str
    expected: int
    sampled: int
    exempt: int
    absent: tuple[Absent, ...]
    at: Instant


def missing_list(unit: Unit, head: Letterhead) -> tuple[Element, ...]:
    counts = head.say("of-unit", expected=unit.expected, sampled=unit.sampled, exempt=unit.exempt)
    return (
        *head.title("missing"),
        Pair(Text(unit.name, 2, 2, bold=True), Text(head.say("absent", n=len(unit.absent)), 2, 2, bold=True)),
        Space(8),
        Text(counts, align=Align.CENTRE),
        Text(head.time(unit.at), align=Align.CENTRE),
        Space(6),
        Rule(),
        Space(6),
        *_rows(unit, head),
        Space(8),
        *head.signature("checked-by"),
        Space(8),
    )


def _rows(unit: Unit, head: Letterhead) -> Iterator[Element]:
    """A box to be ticked by hand at the end of each line."""
    for absent in unit.absent:
        yield Pair(Text(f"{absent.flat:<8}{absent.name}"), Text(head.say("tick")))
        yield Space(10)
