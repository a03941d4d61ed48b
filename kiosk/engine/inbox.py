"""What devices' threads post to the engine, and where it lies until the engine takes it.

A lane for each device, all emptied in turn: a scanner that reads noise without end fills its own lane and waits, and
whoever is at another scanner comes next. decisions: Threads and queues
"""

import queue
import threading
from collections import deque
from typing import assert_never

from kiosk.frozen import dataclass
from kiosk.model import Hand, PrintJob, Roster, Sheet
from kiosk.model.records import Ask
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
    """A button, or the same on a page: `about` is what the page showed that it is about, and nothing else is meant."""

    button: Button
    about: str = ""


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """A scanner, the panel or the broker came up or went; `why` is the driver's word. `held`: another has it;
    `stuck`: it hangs in a call; `deaf`: a broker that lets us tell and not hear; `refusing`: one that does not take all
    that we tell."""

    device: str
    up: bool
    why: str = ""
    held: bool = False
    stuck: bool = False
    deaf: bool = False
    refusing: bool = False


@dataclass(frozen=True, slots=True)
class PrinterNews:
    """A printer's state; None when it is gone, another has it (`held`) or it hangs in a call (`stuck`)."""

    printer: str
    state: PrinterState | None
    why: str = ""
    held: bool = False
    stuck: bool = False


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
class RosterRead:
    """A list of who is expected, genuine and whole."""

    roster: Roster


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What another table of the point told of its people."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class AskRead:
    """Records are asked for again."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class OrderRead:
    """What stands where the centre orders, by the broker or from a stick; whoever wrote it there."""

    text: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the broker has taken over."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Crashed:
    """A device's thread ended, by a fault of ours outside the calls of its device: the process must start again."""

    thread: str
    error: BaseException


Told = (
    ScanFailed | Hinted | Pressed | RosterRead | SheetRead | AskRead | DeviceNews | PrinterNews | Printed | NotPrinted
)
"""What is an event as it is; a scan must be understood first, and the others are nobody's business at the table."""
Item = Scanned | Told | OrderRead | Delivered | Crashed

LANE = 32
"""So many items of one device wait; then its thread does."""


class Inbox:
    """Bounded. Any thread puts, one takes: of each device in its order, the devices in turn."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self._some, self._room = threading.Condition(lock), threading.Condition(lock)
        self._lanes: dict[str, deque[Item]] = {}
        self._turns: deque[str] = deque()
        """Lanes that hold something, the next one first."""

    def put(self, item: Item, timeout: float | None = None) -> None:
        """Raises queue.Full if there was no room for `timeout` seconds; None waits for it."""
        name = _lane_of(item)
        with self._some:
            lane = self._lanes.setdefault(name, deque())
            if not self._room.wait_for(lambda: len(lane) < LANE, timeout):
                raise queue.Full
            if not lane:
                self._turns.append(name)
            lane.append(item)
            self._some.notify()

    def get(self, timeout: float | None = None) -> Item:
        """Raises queue.Empty if nothing came for `timeout` seconds; None waits for it."""
        with self._some:
            if not self._some.wait_for(lambda: self._turns, timeout):
                raise queue.Empty
            name = self._turns.popleft()
            lane = self._lanes[name]
            item = lane.popleft()
            if lane:
                self._turns.append(name)
            if len(lane) == LANE - 1:
                self._room.notify_all()
            return item


def new_inbox() -> Inbox:
    return Inbox()


def _lane_of(item: Item) -> str:
    match item:
        case Scanned(name) | ScanFailed(name) | Hinted(name):
            return name
        case PrinterNews(name) | Printed(name) | NotPrinted(name):
            return name
        case DeviceNews(name) | Crashed(name):
            return name
        case Pressed():
            return "buttons"
        case Delivered():
            return "deliveries"
        case RosterRead():
            return "roster"
        case SheetRead() | AskRead() | OrderRead():
            return "tables"
        case never:
            assert_never(never)
