"""What a device told, as the event that the session decides and as a line of the log."""

from typing import assert_never

from kiosk.engine.inbox import (
    AskRead,
    DeviceNews,
    Hinted,
    NotPrinted,
    Pressed,
    Printed,
    PrinterNews,
    RosterRead,
    ScanFailed,
    SheetRead,
    Told,
    Trace,
)
from kiosk.log import say
from kiosk.model import Instant, PrintJob, Refusal, StaffAction
from kiosk.ports import PrintReport, Scan, TextScan
from kiosk.session import (
    DeviceChanged,
    Event,
    JobsEnded,
    JobsReturned,
    PrinterChanged,
    ReadingHindered,
    RecordsWanted,
    RosterOffered,
    ScanRejected,
    StaffPresented,
    TableHeard,
)

_NO_CODE = frozenset({Refusal.UNKNOWN_CODE, Refusal.CONTROL_BYTES, Refusal.TOO_LONG})


def told_at_its_start(scan: Scan, reason: Refusal) -> bool:
    """Whether it is no refusal: nobody held it up, the scanner itself said it as it was opened."""
    return isinstance(scan, TextScan) and scan.at_start and reason in _NO_CODE


def event_of(item: Told, at: Instant) -> Event:
    """Says it in the log too."""
    match item:
        case ScanFailed(source, too_long, why, hand):
            reason = Refusal.TOO_LONG if too_long else Refusal.UNREADABLE
            say("scan-failed", source=source, reason=reason, why=why)
            return ScanRejected(reason, b"", hand, at)
        case Hinted(source, hint):
            say("hint", source=source, hint=hint)
            return ReadingHindered(hint, at)
        case Pressed(button, about):
            return StaffPresented(StaffAction(button), None, at, at.mono_ns, about)
        case DeviceNews(device, up, why, held, stuck, deaf, refusing):
            say("device", device=device, up=up, held=held, stuck=stuck, deaf=deaf, refusing=refusing, why=why)
            return DeviceChanged(device, up, held, at, stuck, deaf, refusing)
        case RosterRead(roster):
            return RosterOffered(roster, at)
        case SheetRead(sheet):
            return TableHeard(sheet, at)
        case AskRead(ask):
            say("records-asked", asked=ask.id, stretches=len(ask.ranges))
            return RecordsWanted(ask, at)
        case PrinterNews() | NotPrinted() | Printed():
            return _printer_event(item, at)
        case never:
            assert_never(never)


def _printer_event(item: PrinterNews | NotPrinted | Printed, at: Instant) -> Event:
    match item:
        case PrinterNews(printer, state, why, held, stuck):
            faults = sorted(state.faults) if state else []
            say("printer", printer=printer, up=state is not None, held=held, stuck=stuck, faults=faults, why=why)
            return PrinterChanged(printer, state, held, at, stuck)
        case NotPrinted(printer, jobs):
            say("not-printed", printer=printer, jobs=[job.id for job in jobs])
            return JobsReturned(printer, tuple(job.id for job in jobs), at)
        case Printed(printer, jobs, report, trace):
            _log_printed(item, None if trace is None else _times(trace, report))
            return JobsEnded(printer, tuple(zip((job.id for job in jobs), report.outcomes, strict=True)), at)
        case never:
            assert_never(never)


def _log_printed(item: Printed, times_ns: dict[str, int] | None) -> None:
    slips = [_slip_name(job) for job in item.jobs]
    say("printed", printer=item.printer, slips=slips, outcomes=item.report.outcomes, times_ns=times_ns)


def _times(trace: Trace, report: PrintReport) -> dict[str, int]:
    """When each station of the scan's way was passed, in their order."""
    return {
        "scanned": trace.scanned,
        "understood": trace.understood,
        "decided": trace.decided,
        "committed": trace.committed,
        "rendered": report.rendered_ns,
        "written": report.written_ns,
        "confirmed": report.ended_ns,
    }


def _slip_name(job: PrintJob) -> dict[str, object]:
    number = getattr(job.subject, "voucher", None) or getattr(job.subject, "code", None)
    return {"kind": job.kind, "number": number, "copy": job.copy}
