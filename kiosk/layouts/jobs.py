"""A print job to its slip."""

from kiosk.layouts.call_back import call_back
from kiosk.layouts.closing import closing
from kiosk.layouts.label import label
from kiosk.layouts.letterhead import Letterhead
from kiosk.layouts.manifest import manifest
from kiosk.layouts.missing import missing_list
from kiosk.layouts.shift import report
from kiosk.layouts.tally import tally
from kiosk.layouts.voucher import voucher
from kiosk.model import CopyReason, Handover, JobKind, MissingList, PrintJob, Roll, Sample, Shift, Tally, Tube
from kiosk.ports import Align, Document, Element, Text


def lay_out(job: PrintJob, head: Letterhead) -> Document:
    """The slip of a job; a copy says so in its first line."""
    return Document(job.kind, (*_copy_mark(job, head), *_slip(job, head)))


def _slip(job: PrintJob, head: Letterhead) -> tuple[Element, ...]:
    match job.subject:
        case Tube() if job.kind is JobKind.CLOSING:
            return closing(job.subject, head)
        case Tube():
            return label(job.subject, head, marked=job.copy > 0)
        case Sample():
            return voucher(job.subject, head)
        case Roll():
            return call_back(job.subject, head)
        case Shift():
            return report(job.subject, head)
        case Handover():
            return manifest(job.subject, head)
        case Tally():
            return tally(job.subject, head)
        case MissingList():
            return missing_list(job.subject, head)


def _copy_mark(job: PrintJob, head: Letterhead) -> tuple[Element, ...]:
    if job.copy == 0 or job.reason is None:
        return ()
    reason = head.say(f"reason.{job.reason}")
    if job.reason is CopyReason.SECOND:
        return (Text(reason, align=Align.CENTRE, bold=True),)
    return (Text(head.say("copy", n=job.copy, reason=reason), align=Align.CENTRE, bold=True),)
