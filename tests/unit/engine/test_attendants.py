"""What the threads of scanners and printers post, and how often they knock."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from kiosk.engine.attendants import PrinterAttendant, ScannerAttendant
from kiosk.engine.back_off import ON_THE_NETWORK, BackOff
from kiosk.engine.inbox import DeviceNews, Hinted, Inbox, Item, PrinterNews, ScanFailed, Scanned, new_inbox
from kiosk.model import Hand, PrintJob
from kiosk.ports import (
    DeviceBusy,
    DeviceGone,
    DeviceRefused,
    DeviceSilent,
    Document,
    FrameError,
    Hint,
    PrinterState,
    PrintReport,
    Scan,
    TextScan,
)


class Scripted:
    """A scanner that gives its lines one by one, then is unplugged."""

    def __init__(self, *lines: Scan | Hint | FrameError | None) -> None:
        self._lines: queue.SimpleQueue[Scan | Hint | FrameError | None] = queue.SimpleQueue()
        for line in lines:
            self._lines.put(line)

    def open(self) -> None: ...

    def read(self, timeout: float) -> Scan | Hint | None:  # noqa: ARG002 - nothing here waits
        try:
            line = self._lines.get(timeout=0)
        except queue.Empty:
            raise DeviceGone("scanner: unplugged") from None
        if isinstance(line, FrameError):
            raise line
        return line

    def close(self) -> None: ...


def _posted(inbox: Inbox, count: int) -> list[Item]:
    return [inbox.get(timeout=10) for _ in range(count)]


def test_scans_and_hints_reach_the_inbox_each_as_what_it_is():
    inbox, scan = new_inbox(), TextScan(b"A-0001")
    attendant = ScannerAttendant(
        "camera", inbox, Scripted(Hint.GLARE, None, FrameError("torn"), scan), hand=Hand.STAFF, now_ns=lambda: 7
    )
    attendant.start()
    posted = _posted(inbox, 5)
    attendant.stop()
    attendant.join(10)
    assert posted == [
        DeviceNews("camera", True),
        Hinted("camera", Hint.GLARE),
        ScanFailed("camera", False, "torn", Hand.STAFF),
        Scanned("camera", scan, 7, Hand.STAFF),
        DeviceNews("camera", False, "scanner: unplugged"),
    ]


class Touchy:
    """A print server that serves only whoever left it alone for a while, and takes every connection."""

    def __init__(self, peace_s: float) -> None:
        self._peace_s, self._left_s = peace_s, time.monotonic()
        self.knocks: list[float] = []

    def open(self, interrupted: bool) -> PrinterState:  # noqa: ARG002 - no slip is cut off
        now, peace_s = time.monotonic(), time.monotonic() - self._left_s
        self.knocks.append(now)
        if peace_s < self._peace_s:
            raise DeviceSilent("printer: no answer")
        return PrinterState(known=True)

    def status(self, timeout: float) -> PrinterState:
        time.sleep(min(timeout, 0.02))
        return PrinterState(known=True)

    def wake(self) -> None: ...

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        raise NotImplementedError

    def close(self) -> None:
        self._left_s = time.monotonic()


def attended(printer: Touchy, back_off: BackOff, seconds: float, enough: int = 100) -> list[PrinterNews]:
    """What is told of it in so many seconds, or until that is enough."""
    told: list[PrinterNews] = []
    inbox, end = new_inbox(), time.monotonic() + seconds
    attendant = PrinterAttendant("printer", inbox, printer, unprinted, False, time.monotonic_ns, back_off)
    attendant.start()
    with contextlib.suppress(queue.Empty):
        while (left := end - time.monotonic()) > 0 and len(told) < enough:
            item = inbox.get(left)
            assert isinstance(item, PrinterNews)
            told.append(item)
    attendant.stop()
    attendant.join(5)
    return told


def unprinted(job: PrintJob) -> Document:
    raise NotImplementedError(job)


@pytest.mark.slow
def test_a_printer_that_wants_peace_gets_it_and_is_served():
    """One second and a half stand for thirty: more than the second of those that are looked for."""
    printer = Touchy(1.5)
    told = attended(printer, ON_THE_NETWORK, 20.0, enough=2)
    assert [news.state is not None for news in told] == [False, True]
    assert len(printer.knocks) <= 9


@pytest.mark.slow
def test_a_printer_that_never_serves_costs_one_word_and_ever_fewer_knocks():
    printer = Touchy(1000)
    assert len(attended(printer, ON_THE_NETWORK, 6.0)) == 1
    assert len(printer.knocks) <= 7


class HeldScanner(Scripted):
    """Another has it the first three times that it is opened."""

    left = 3

    def open(self) -> None:
        self.left -= 1
        if self.left >= 0:
            raise DeviceBusy("held: Device or resource busy")

    def read(self, timeout: float) -> Scan | Hint | None: ...


class HeldPrinter(Touchy):
    """As the scanner."""

    left = 3

    def open(self, interrupted: bool) -> PrinterState:  # noqa: ARG002 - no slip is cut off
        self.left -= 1
        if self.left >= 0:
            raise DeviceBusy("held: Device or resource busy")
        return PrinterState(known=True)


def test_a_printer_that_another_has_is_told_so_once_and_served_when_it_is_free():
    inbox = new_inbox()
    attendant = PrinterAttendant("printer", inbox, HeldPrinter(0), unprinted, False, time.monotonic_ns)
    attendant.start()
    posted = _posted(inbox, 2)
    attendant.stop()
    attendant.join(10)
    assert posted == [
        PrinterNews("printer", None, "held: Device or resource busy", held=True),
        PrinterNews("printer", PrinterState(known=True)),
    ]


def test_a_scanner_that_another_has_is_told_so_once_and_served_when_it_is_free():
    inbox = new_inbox()
    attendant = ScannerAttendant("scanner", inbox, HeldScanner(), hand=Hand.STAFF, now_ns=time.monotonic_ns)
    attendant.start()
    posted = _posted(inbox, 2)
    attendant.stop()
    attendant.join(10)
    assert posted == [
        DeviceNews("scanner", False, "held: Device or resource busy", held=True),
        DeviceNews("scanner", True),
    ]


class Resting(Touchy):
    """Its `status` lasts until somebody wakes it."""

    def __init__(self) -> None:
        super().__init__(0)
        self.woken, self.printed = threading.Event(), threading.Event()

    def status(self, timeout: float) -> PrinterState:  # noqa: ARG002 - nothing comes of itself
        assert self.woken.wait(50)
        self.woken.clear()
        return PrinterState(known=True)

    def wake(self) -> None:
        self.woken.set()

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:  # noqa: ARG002
        self.printed.set()
        raise DeviceRefused("printer: paper-out")


def test_a_job_and_the_end_find_a_resting_printer_at_once():
    printer = Resting()
    attendant = PrinterAttendant("printer", new_inbox(), printer, unprinted, False, time.monotonic_ns)
    attendant.start()
    attendant.submit((), None)
    assert printer.printed.wait(10)
    attendant.stop()
    attendant.join(10)
    assert not attendant.alive
