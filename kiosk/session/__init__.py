"""The whole behaviour of the table as one pure function: step(state, event) -> (state, effects)."""

from kiosk.session.effects import Commit, Effect, Notice, Print, Show
from kiosk.session.events import (
    Committed,
    DeviceChanged,
    Event,
    JobsEnded,
    JobsReturned,
    PersonPresented,
    PrinterChanged,
    ReadingHindered,
    ScanRejected,
    StaffPresented,
    Started,
    TubePresented,
    VoucherPresented,
)
from kiosk.session.staff import printed_again
from kiosk.session.state import Plan, State
from kiosk.session.step import step

__all__ = [
    "Commit",
    "Committed",
    "DeviceChanged",
    "Effect",
    "Event",
    "JobsEnded",
    "JobsReturned",
    "Notice",
    "PersonPresented",
    "Plan",
    "Print",
    "PrinterChanged",
    "ReadingHindered",
    "ScanRejected",
    "Show",
    "StaffPresented",
    "Started",
    "State",
    "TubePresented",
    "VoucherPresented",
    "printed_again",
    "step",
]
