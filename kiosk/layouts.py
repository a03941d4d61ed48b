"""What stands on each slip, pure: a print job to a Document, with no printer in sight."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kiosk.local_time import local_time
from kiosk.model import PrintJob, Sample, Tube
from kiosk.ports import Align, Barcode, Document, QrCode, Space, Text
from kiosk.texts import Texts

BAR_HEIGHT = 88
BAR_MODULE = 3
"""A 12-digit code in set C has 101 modules: 38 mm at 3 dots, which lies along a tube of 100 mm."""
QR_MODULE = 6

Element = Text | Barcode | QrCode | Space


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every slip of this table says."""

    point: str
    zone: ZoneInfo
    texts: Texts


def lay_out(job: PrintJob, head: Letterhead) -> Document:
    """The slip of a job; a copy says so in its first line."""
    marks = _copy_mark(job, head)
    match job.subject:
        case Tube():
            return Document("label", (*marks, *_label(job.subject, head)))
        case Sample():
            return Document("voucher", (*marks, *_voucher(job.subject, head)))


def _copy_mark(job: PrintJob, head: Letterhead) -> tuple[Element, ...]:
    if job.copy == 0 or job.reason is None:
        return ()
    reason = head.texts.say(f"paper.reason.{job.reason}")
    return (Text(head.texts.say("paper.copy", n=job.copy, reason=reason), align=Align.CENTRE, bold=True),)


def _label(tube: Tube, head: Letterhead) -> tuple[Element, ...]:
    code = tube.code or ""
    foot = head.texts.say("paper.label-foot", point=head.point, time=local_time(head.zone, tube.at)[5:])
    return (
        Text(_pool(tube.capacity, head), width=2, height=2, bold=True, align=Align.CENTRE),
        Space(6),
        Barcode(code, BAR_HEIGHT, BAR_MODULE),
        Space(4),
        Text(f"{code[:4]} {code[4:10]} {code[10:]}", width=2, height=2, align=Align.CENTRE, bold=True),
        Text(foot, align=Align.CENTRE),
    )


def _voucher(sample: Sample, head: Letterhead) -> tuple[Element, ...]:
    say = head.texts.say
    person = sample.person
    name = (Text(say("paper.name", name=person.name)),) if person.name else ()
    return (
        Text(say("paper.voucher-title"), width=2, height=2, bold=True, align=Align.CENTRE),
        Space(10),
        *name,
        Text(say("paper.number", number=person.number)),
        Text(say("paper.time", time=local_time(head.zone, sample.at))),
        Text(say("paper.point", point=head.point)),
        Text(say("paper.place", pool=_pool(sample.capacity, head), position=sample.position)),
        Space(8),
        QrCode(sample.voucher, QR_MODULE),
        Space(8),
        Text(say("paper.voucher-number", number=sample.voucher), align=Align.CENTRE),
        Text(say("paper.keep"), align=Align.CENTRE),
    )


def _pool(capacity: int, head: Letterhead) -> str:
    return head.texts.say("paper.single") if capacity == 1 else head.texts.say("paper.pool", capacity=capacity)
