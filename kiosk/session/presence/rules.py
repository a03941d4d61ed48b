"""What the condition of printers and devices means for people."""

from typing import assert_never

from kiosk.model import Refusal
from kiosk.ports import PrinterFault
from kiosk.session.notice import Notice
from kiosk.session.presence.state import Presence

BROKER = "broker"
"""The one device whose absence is nobody's task at the table: the kiosk works the same with no network. Who holds it is
another that goes by our name."""


def printer_fault(presence: Presence, name: str) -> Refusal | None:
    """Why no slip can come out of a printer now; one that cannot report counts as well."""
    printer = presence.printers.get(name)
    if printer is None:
        return _lack(presence, name)
    if printer.ready:
        return None
    return next((refusal_of(fault) for fault in PrinterFault if fault in printer.faults), None)


def _lack(presence: Presence, printer: str) -> Refusal:
    if printer in presence.stuck:
        return Refusal.PRINTER_STUCK
    return Refusal.PRINTER_BUSY if printer in presence.held else Refusal.PRINTER_GONE


def absence(presence: Presence, device: str) -> Notice:
    """What staff are told of a device that is not there for us."""
    if device in presence.held and device == BROKER:
        return Notice("name-taken")
    if device in presence.held:
        return Notice("device-busy", (("device", device),))
    if device == BROKER:
        return Notice("centre-gone")
    if device in presence.stuck:
        return Notice("device-stuck", (("device", device),))
    return Notice("device-gone", (("device", device),))


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
