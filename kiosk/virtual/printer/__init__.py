"""A virtual receipt printer, written from the manuals' side of the wire."""

from kiosk.virtual.printer.printer import VirtualPrinter
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Slip
from kiosk.virtual.printer.typeface import FontMissing

__all__ = ["FontMissing", "PrinterSettings", "Slip", "VirtualPrinter"]
