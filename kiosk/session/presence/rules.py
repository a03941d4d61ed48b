"""What a printer's condition means for people."""

from typing import assert_never

from kiosk.model import Refusal
from kiosk.ports import PrinterFault, PrinterState


def printer_fault(printer: PrinterState | None) -> Refusal | None:
    """Why no slip can come out of it now; None is one that is gone, one that cannot report counts as well."""
    if printer is None:
        return Refusal.PRINTER_GONE
    if printer.ready:
        return None
    return next((refusal_of(fault) for fault in PrinterFault if fault in printer.faults), None)


def refusal_of(fault: PrinterFault) -> Refusal:
    """In the words that staff know."""
    match fault:
        case PrinterFault.COVER_OPEN:
            return Refusal.COVER_OPEN
        case PrinterFault.PAPER_OUT:
            return Refusal.PAPER_OUT
        case PrinterFault.CUTTER:
            return Refusal.CUTTER_STUCK
        case PrinterFault.BROKEN:
            return Refusal.PRINTER_BROKEN
        case PrinterFault.HOT:
            return Refusal.PRINTER_HOT
        case PrinterFault.OFFLINE:
            return Refusal.PRINTER_OFFLINE
        case never:
            assert_never(never)
