"""The voucher 核酸已采样凭证: what a resident takes away and a guard at the gate checks."""

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Pool, Purpose, Sample
from kiosk.ports import Align, Element, QrCode, Space, Text

QR_MODULE = 5
QUIET = 16
"""With the blank rows of a line of text, the four modules that the symbol wants around itself."""


def voucher(sample: Sample, head: Letterhead) -> tuple[Element, ...]:
    person = sample.person
    beside = sample.beside
    named = person.name if beside is None else head.say("beside", name=person.name, n=beside.number)
    name = (head.field("name", named),) if named.strip() else ()
    return (
        Text(head.say("title.voucher"), width=2, height=2, bold=True, align=Align.CENTRE),
        Space(10),
        *name,
        # A mask does not tell a card's number from a code; a card has told a name too.
        head.field("number" if name else "code", person.number),
        head.field("time", head.time(sample.at)),
        head.field("point", head.point),
        head.field("tube", _tube(sample, head)),
        Space(QUIET),
        QrCode(head.sign(sample), QR_MODULE),
        Space(QUIET),
        Text(head.say("voucher-number", number=grouped(sample.voucher)), align=Align.CENTRE),
        Text(head.say("keep"), align=Align.CENTRE),
    )


def _tube(sample: Sample, head: Letterhead) -> str:
    """In one line of 58 mm: how many go into it, the place where there is more than one, and its code at the end, as
    04 10混1 is read as 410."""
    pool = head.pool(Pool(sample.capacity, sample.purpose))
    if sample.tube is None:
        return head.say("place", pool=pool, position=sample.position)
    if sample.purpose is not Purpose.POOL or sample.capacity == 1:
        return f"{pool} {sample.tube}"
    return head.say("in-tube", tube=sample.tube, pool=pool, position=sample.position)
