"""Each device on a thread of its own: opened, served, and opened again when it has gone."""

from kiosk.engine.attendants.attendant import Attendant, Crew
from kiosk.engine.attendants.calls import Call
from kiosk.engine.attendants.panel import PanelAttendant
from kiosk.engine.attendants.printer import PrinterAttendant
from kiosk.engine.attendants.scanner import ScannerAttendant

__all__ = ["Attendant", "Call", "Crew", "PanelAttendant", "PrinterAttendant", "ScannerAttendant"]
