"""The slip that goes with a sealed tube: how many are in it, since when."""

from kiosk.layouts.label import BAR_MODULE
from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Purpose, Tube
from kiosk.ports import Align, Barcode, Element, Pair, Space, Text

BAR_HEIGHT = 64


def closing(tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    is_household = tube.purpose is Purpose.HOUSEHOLD
    people = head.say(
        "people" if is_household else "people-of", n=tube.filled, filled=tube.filled, capacity=tube.capacity
    )
    building = (head.field("building", tube.building),) if tube.building else ()
    return (
        *head.title("closing"),
        Pair(Text(head.pool(tube.pool), 2, 2, bold=True), Text(people, 2, 2, bold=True)),
        Space(10),
        *_code(tube.code or ""),
        Space(8),
        *building,
        head.field("opened", head.time(tube.at)),
        head.field("point", head.point),
        *head.signature("sealed-by"),
        Space(8),
    )


def _code(code: str) -> tuple[Element, ...]:
    """A supplier's code may hold letters: it stands in words."""
    if not code.isdigit() or len(code) % 2:
        return (Text(code, width=2, height=2, align=Align.CENTRE),)
    return (Barcode(code, BAR_HEIGHT, BAR_MODULE), Space(4), Text(grouped(code), align=Align.CENTRE))
