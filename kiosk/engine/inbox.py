"""What drivers' threads post to the engine: one bounded queue of these."""

import queue
from dataclasses import dataclass

from kiosk.model import Hand, PrintJob
from kiosk.ports import Button, Hint, Message, PrinterState, PrintReport, Scan


@dataclass(frozen=True, slots=True)
class Trace:
    """When one scan passed each station, monotonic nanoseconds."""

    scanned: int
    understood: int
    decided: int
    committed: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanner read, and in whose hand it is."""

    source: str
    scan: Scan
    at_ns: int
    hand: Hand


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """A torn or endless code, or a card that was not read; `why` is the driver's word."""

    source: str
    too_long: bool
    why: str = ""
    hand: Hand = Hand.SHARED


@dataclass(frozen=True, slots=True)
class Hinted:
    """A scanner sees a code that it cannot read, and why."""

    source: str
    hint: Hint


@dataclass(frozen=True, slots=True)
class Pressed:
    button: Button


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """A scanner, the panel or the broker came up or went; `why` is the driver's word."""

    device: str
    up: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class PrinterNews:
    """A printer's state; None when it is gone."""

    printer: str
    state: PrinterState | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    printer: str
    jobs: tuple[PrintJob, ...]
    report: PrintReport
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class NotPrinted:
    printer: str
    jobs: tuple[PrintJob, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the broker has taken over."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Crashed:
    """A driver's thread ended by an error that is no DeviceError: a fault of ours, the process must start again."""

    thread: str
    error: BaseException


Told = ScanFailed | Hinted | Pressed | DeviceNews | PrinterNews | Printed | NotPrinted
"""What is an event as it is; a scan must be understood first, and the others are nobody's business at the table."""
Item = Scanned | Told | Delivered | Crashed
Inbox = queue.Queue[Item]

CAPACITY = 256


def new_inbox() -> Inbox:
    return queue.Queue(CAPACITY)
