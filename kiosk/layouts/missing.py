"""The list 补检: who has not come, masked, for those who go and knock: a unit after the other, floor by floor."""

from collections.abc import Iterator
from itertools import groupby

from kiosk.layouts.letterhead import Letterhead
from kiosk.model import MissingList
from kiosk.ports import Align, Element, Pair, Rule, Space, Text


def missing_list(missing: MissingList, head: Letterhead) -> tuple[Element, ...]:
    name = missing.unit or head.say("all-units")
    figures = {"expected": missing.expected, "sampled": missing.sampled, "exempt": missing.exempt}
    return (
        *head.title("missing"),
        Text(name, 2, 2, bold=True, align=Align.CENTRE),
        Space(4),
        Text(head.say("absent", n=len(missing.absent)), 2, 2, bold=True, align=Align.CENTRE),
        Space(8),
        Text(head.say("of-unit", **figures), align=Align.CENTRE),
        head.field("point", head.point),
        head.field("time", head.time(missing.at)),
        Space(6),
        Rule(),
        Space(6),
        *_rows(missing, head),
        Space(8),
        *head.signature("checked-by"),
        Space(8),
    )


def _rows(missing: MissingList, head: Letterhead) -> Iterator[Element]:
    """A box to be ticked by hand at the end of each line."""
    for unit, people in groupby(missing.absent, key=lambda each: each.unit):
        if not missing.unit:
            yield from (Space(4), Text(unit, bold=True), Space(4))
        for absent in people:
            yield Pair(Text(f"{absent.flat:<7} {absent.name}"), Text(head.say("tick")))
            yield Space(10)
