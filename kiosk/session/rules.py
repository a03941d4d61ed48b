"""What may be done at the table: pure decisions, no state of their own."""

from dataclasses import dataclass

from kiosk.model import Refusal, Sample, Tube
from kiosk.ports import PrinterFault, PrinterState


@dataclass(frozen=True, slots=True)
class Accept:
    """The person goes into the open tube."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not now: why, and the earlier sample where that is the reason."""

    reason: Refusal
    prior: Sample | None = None


FAULTS = {
    PrinterFault.COVER_OPEN: Refusal.COVER_OPEN,
    PrinterFault.PAPER_OUT: Refusal.PAPER_OUT,
    PrinterFault.CUTTER: Refusal.CUTTER_STUCK,
    PrinterFault.BROKEN: Refusal.PRINTER_BROKEN,
    PrinterFault.HOT: Refusal.PRINTER_HOT,
    PrinterFault.OFFLINE: Refusal.PRINTER_OFFLINE,
}
"""In the order in which a human mends them: a cover that is open hides whether there is paper."""

Decision = Accept | Refuse


def decide(
    prior: Sample | None,
    tube: Tube | None,
    fault: Refusal | None,
    *,
    paused: bool,
) -> Decision:
    """May this person be sampled now? `fault` is what keeps the slips that are needed from coming out."""
    if prior is not None:
        return Refuse(Refusal.ALREADY_SAMPLED, prior)
    if paused:
        return Refuse(Refusal.PAUSED)
    if fault is not None:
        return Refuse(fault)
    if tube is None:
        return Refuse(Refusal.NO_TUBE)
    if tube.room <= 0:
        return Refuse(Refusal.TUBE_FULL)
    return Accept()


def printer_fault(printer: PrinterState | None) -> Refusal | None:
    """Why no slip can come out of it now; None is one that is gone, one that cannot report counts as well."""
    if printer is None:
        return Refusal.PRINTER_GONE
    return next((refusal for fault, refusal in FAULTS.items() if fault in printer.faults), None)
