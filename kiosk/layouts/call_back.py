"""The list of those who were in a tube that was taken back: each must be told to come again."""

from collections.abc import Iterator

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Roll
from kiosk.ports import Align, Element, Pair, Rule, Space, Text


def call_back(roll: Roll, head: Letterhead) -> tuple[Element, ...]:
    """Masked names, numbers and vouchers, with a box to be ticked at the end of each line."""
    return (
        *head.title("call-back"),
        head.field("tube", grouped(roll.code) if roll.code else "-"),
        head.field("point", head.point),
        Space(10),
        Text(head.say("people", n=len(roll.people)), width=2, height=2, bold=True, align=Align.CENTRE),
        Text(head.say("come-again"), align=Align.CENTRE),
        Space(8),
        Rule(),
        Space(6),
        *_rows(roll, head),
        *head.signature("told-by"),
        Space(8),
    )


def _rows(roll: Roll, head: Letterhead) -> Iterator[Element]:
    for sample in roll.people:
        who = f"{sample.position:>2} {sample.person.name} {sample.person.number}".replace("  ", " ")
        yield Pair(Text(who), Text(head.say("tick")))
        yield Text(f"   {grouped(sample.voucher)}")
