"""The whole behaviour of the table, pure. How it is built is said in `step`."""

from kiosk.session.events import (
    BadgePresented,
    ClockTrusted,
    DeviceChanged,
    DiskChanged,
    Event,
    JobsEnded,
    JobsReturned,
    OrderGiven,
    PersonPresented,
    PrinterChanged,
    ReadingHindered,
    RecordsWanted,
    Rested,
    RosterOffered,
    ScanRejected,
    SealPresented,
    StaffPresented,
    Started,
    TableHeard,
    TubePresented,
    VoucherPresented,
)
from kiosk.session.notice import Notice, Show
from kiosk.session.outcome import Outcome, Print
from kiosk.session.plan import Plan
from kiosk.session.state import State
from kiosk.session.step import needs, step

__all__ = [
    "BadgePresented",
    "ClockTrusted",
    "DeviceChanged",
    "DiskChanged",
    "Event",
    "JobsEnded",
    "JobsReturned",
    "Notice",
    "OrderGiven",
    "Outcome",
    "PersonPresented",
    "Plan",
    "Print",
    "PrinterChanged",
    "ReadingHindered",
    "RecordsWanted",
    "Rested",
    "RosterOffered",
    "ScanRejected",
    "SealPresented",
    "Show",
    "StaffPresented",
    "Started",
    "State",
    "TableHeard",
    "TubePresented",
    "VoucherPresented",
    "needs",
    "step",
]
