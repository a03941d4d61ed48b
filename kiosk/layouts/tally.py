"""What does not agree in a box that is to be closed: a line for each tube, to be ticked off as it is found."""

from collections.abc import Iterator

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Tally
from kiosk.ports import Element, Pair, Rule, Space, Text


def tally(found: Tally, head: Letterhead) -> tuple[Element, ...]:
    box = found.box
    return (
        *head.title("tally"),
        head.field("point", head.point),
        head.field("box", grouped(box.number)),
        head.field("time", head.time(found.at)),
        Space(8),
        Text(head.say("in-box", tubes=box.tubes, people=box.people), bold=True),
        Space(6),
        Rule(),
        Space(6),
        *_rows(found, head),
        Space(8),
    )


def _rows(found: Tally, head: Letterhead) -> Iterator[Element]:
    for each in found.mismatches:
        yield Pair(Text(grouped(each.code)), Text(head.say("tick")))
        yield Text(f"   {head.say(f'mismatch.{each.why}')}")
