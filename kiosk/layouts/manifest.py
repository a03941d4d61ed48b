"""The hand-over manifest: which tubes go into the box, how old they are, and two signatures."""

from collections.abc import Iterator

from kiosk.frozen import dataclass
from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Instant, Tube
from kiosk.ports import Element, Pair, Rule, Space, Text

LIMIT_H = 4
"""From sampling to laboratory at room temperature."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The tubes that were scanned into a box."""

    box: str
    tubes: tuple[Tube, ...]
    at: Instant


def manifest(handed: Manifest, head: Letterhead) -> tuple[Element, ...]:
    people = sum(tube.filled for tube in handed.tubes)
    return (
        *head.title("manifest"),
        head.field("point", head.point),
        head.field("box", handed.box),
        head.field("time", head.time(handed.at)),
        Space(10),
        Pair(
            Text(head.say("tubes", n=len(handed.tubes)), 2, 2, bold=True),
            Text(head.say("people", n=people), 2, 2, bold=True),
        ),
        Space(8),
        Rule(),
        Space(6),
        *_rows(handed, head),
        Space(6),
        Rule(),
        *_late(handed, head),
        *head.signature("handed-by"),
        *head.signature("taken-by"),
        Space(8),
    )


def _rows(handed: Manifest, head: Letterhead) -> Iterator[Element]:
    """Code, persons and age of each tube; a building where the paper is wide enough for it."""
    wide = head.paper_mm > 58
    for number, tube in enumerate(handed.tubes, start=1):
        building = f"  {tube.building}" if wide and tube.building else ""
        left = f"{number:>2} {grouped(tube.code or '-')}{building}"
        people = head.say("persons", n=tube.filled)
        yield Pair(Text(left), Text(f"{people:>3} {_age(tube, handed.at)}{'!' if _is_late(tube, handed.at) else ' '}"))


def _late(handed: Manifest, head: Letterhead) -> tuple[Element, ...]:
    n = sum(_is_late(tube, handed.at) for tube in handed.tubes)
    return (Space(8), Text(head.say("late", n=n, hours=LIMIT_H), bold=True)) if n else ()


def _minutes(tube: Tube, at: Instant) -> int:
    return max(0, (at.wall_ms - tube.at.wall_ms) // 60_000)


def _age(tube: Tube, at: Instant) -> str:
    hours, minutes = divmod(_minutes(tube, at), 60)
    return f"{hours}:{minutes:02d}"


def _is_late(tube: Tube, at: Instant) -> bool:
    return _minutes(tube, at) > LIMIT_H * 60
