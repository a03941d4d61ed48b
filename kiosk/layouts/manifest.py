"""The hand-over manifest: the tubes in the box, how old they are, two signatures, and all of it in a signed QR."""

from collections.abc import Iterator

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Handover, Packed
from kiosk.ports import Align, Element, Pair, QrCode, Rule, Space, Text

QR_MODULE = 4
QUIET = 16


def manifest(handover: Handover, head: Letterhead) -> tuple[Element, ...]:
    box = handover.box
    seal = (head.field("seal", box.seal),) if box.seal else ()
    return (
        *head.title("manifest"),
        head.field("point", head.point),
        head.field("box", grouped(box.number)),
        *seal,
        head.field("time", head.time(handover.at)),
        Space(10),
        Pair(
            Text(head.say("tubes", n=box.tubes), 1, 2, bold=True),
            Text(head.say("people", n=box.people), 1, 2, bold=True),
        ),
        Space(8),
        Rule(),
        Space(6),
        *_rows(handover, head),
        Space(6),
        Rule(),
        *_late(handover, head),
        *(_blank(key, head) for key in head.asked_of_driver),
        *head.signature("handed-by"),
        *head.signature("taken-by"),
        Space(QUIET),
        QrCode(head.sign_manifest(handover), QR_MODULE),
        Space(QUIET),
        Text(head.say("for-reception"), align=Align.CENTRE),
    )


def _rows(handover: Handover, head: Letterhead) -> Iterator[Element]:
    """Code, persons and age of each tube, bag by bag; a building where the paper is wide enough for it, in brackets:
    04 3号楼 would be read as building 43."""
    wide, bag = head.paper_mm > 58, None
    bags = {packed.bag for packed in handover.packed}
    for number, packed in enumerate(sorted(handover.packed, key=_by_bag), start=1):
        if len(bags) > 1 and packed.bag != bag:
            bag = packed.bag
            yield Text(head.say("bag", n=bag), bold=True)
        tube = packed.tube
        building = f" ({tube.building})" if wide and tube.building else ""
        yield Pair(Text(f"{number:>2} {grouped(tube.code or '-')}{building}"), Text(_figures(packed, handover, head)))


def _figures(packed: Packed, handover: Handover, head: Letterhead) -> str:
    people = head.say("persons", n=packed.tube.filled)
    return f"{people:>3} {_age(packed, handover)}{'!' if _is_late(packed, handover, head) else ' '}"


def _by_bag(packed: Packed) -> tuple[int, int]:
    return packed.bag, packed.tube.id


def _late(handover: Handover, head: Letterhead) -> tuple[Element, ...]:
    n = sum(_is_late(packed, handover, head) for packed in handover.packed)
    return (Space(8), Text(head.say("late", n=n, minutes=head.transport_min), bold=True)) if n else ()


def _blank(key: str, head: Letterhead) -> Element:
    """To be filled in by hand."""
    return Text(f"{head.say(f'asked.{key}')}____________")


def _age(packed: Packed, handover: Handover) -> str:
    minutes = handover.age_min(packed)
    return "-:--" if minutes is None else f"{minutes // 60}:{minutes % 60:02d}"


def _is_late(packed: Packed, handover: Handover, head: Letterhead) -> bool:
    return (handover.age_min(packed) or 0) >= head.transport_min
