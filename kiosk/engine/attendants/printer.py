"""Runs each device on a thread of its own: opens it, serves it, and opens it again when it has gone."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.engine.inbox import (
    Crashed,
    DeviceNews,
    Hinted,
    Inbox,
    NotPrinted,
    Pressed,
    Printed,
    PrinterNews,
    ScanFailed,
    Scanned,
    Trace,
)
from kiosk.model import Hand, PrintJob
from kiosk.ports import (
    Button,
    DeviceError,
    DeviceRefused,
    Document,
    FrameError,
    FrameTooLong,
    Hint,
    Panel,
    Printer,
    PrinterState,
    PrintOutcome,
    Scanner,
    Signal,
)

BACK_OFF_S = (0.1, 0.2, 0.5, 1.0)
"""Pauses before opening again; the last one repeats, so a device that is plugged in is found within a second."""
SCAN_WAIT_S = 0.5
LOOK_S = 0.025
"""A printer without work is listened to this often; a job is taken at once."""


class Attendant:
    """Keeps one device open on one thread. `serve` returns to be opened again, or raises DeviceError."""

    def __init__(self, name: str, inbox: Inbox) -> None:
        self.name, self.inbox = name, inbox
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def open(self) -> None:
        raise NotImplementedError

    def serve(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def tell(self, up: bool, why: str = "") -> None:
        self.inbox.put(DeviceNews(self.name, up, why))

    def _run(self) -> None:
        try:
            self._attend()
        except Exception as error:
            self.inbox.put(Crashed(self.name, error))

    def _attend(self) -> None:
        failures = 0
        while not self.stopping:
            try:
                self.open()
                failures = 0
                self.serve()
            except DeviceError as error:
                if failures == 0:
                    self.tell(False, str(error))
                failures += 1
            finally:
                self.close()
            self._stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1] if failures else 0)


class ScannerAttendant(Attendant):
    """Posts what a scanner reads."""

    def __init__(self, name: str, inbox: Inbox, scanner: Scanner, hand: Hand, now_ns: Callable[[], int]) -> None:
        super().__init__(name, inbox)
        self._scanner, self._hand, self._now_ns = scanner, hand, now_ns

    def open(self) -> None:
        self._scanner.open()
        self.tell(True)

    def serve(self) -> None:
        while not self.stopping:
            try:
                scan = self._scanner.read(SCAN_WAIT_S)
            except FrameError as error:
                self.inbox.put(ScanFailed(self.name, isinstance(error, FrameTooLong), str(error), self._hand))
                continue
            if isinstance(scan, Hint):
                self.inbox.put(Hinted(self.name, scan))
            elif scan is not None:
                self.inbox.put(Scanned(self.name, scan, self._now_ns(), self._hand))

    def close(self) -> None:
        self._scanner.close()


class PrinterAttendant(Attendant):
    """Prints the batches that it is given and tells what became of them, and each change of the printer's state."""

    def __init__(
        self, name: str, inbox: Inbox, printer: Printer, lay_out: Callable[[PrintJob], Document], interrupted: bool
    ) -> None:
        super().__init__(name, inbox)
        self._printer, self._lay_out = printer, lay_out
        self._interrupted = interrupted
        self._batches: queue.SimpleQueue[tuple[tuple[PrintJob, ...], Trace | None]] = queue.SimpleQueue()
        self._told: PrinterState | None = None

    def submit(self, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        self._batches.put((jobs, trace))

    def open(self) -> None:
        self._told = None
        state = self._printer.open(self._interrupted)
        self._interrupted = False
        self._changed(state)

    def serve(self) -> None:
        while not self.stopping and not self._interrupted:
            try:
                jobs, trace = self._batches.get(timeout=LOOK_S)
            except queue.Empty:
                self._changed(self._printer.status(0))
                continue
            self._print(jobs, trace)

    def close(self) -> None:
        self._printer.close()
        while not self._batches.empty():
            jobs, _ = self._batches.get()
            self.inbox.put(NotPrinted(self.name, jobs))

    def tell(self, up: bool, why: str = "") -> None:  # noqa: ARG002 - up is told by the state itself
        self._told = None
        self.inbox.put(PrinterNews(self.name, None, why))

    def _print(self, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        documents = [self._lay_out(job) for job in jobs]
        try:
            report = self._printer.print(documents, self._changed)
        except DeviceError as error:
            self.inbox.put(NotPrinted(self.name, jobs))
            if isinstance(error, DeviceRefused):
                self._told = None
                return
            raise
        # A slip in doubt may hang out half-printed or half-sent: open again and cut it off.
        self._interrupted = PrintOutcome.UNCONFIRMED in report.outcomes
        self.inbox.put(Printed(self.name, jobs, report, trace))
        if not report.alive:
            self.tell(False, "stopped answering in a slip")

    def _changed(self, state: PrinterState) -> None:
        if state != self._told:
            self._told = state
            self.inbox.put(PrinterNews(self.name, state))


class PanelAttendant(Attendant):
    """Shows the last signals in order; buttons come back as Pressed."""

    def __init__(self, name: str, inbox: Inbox, panel: Panel) -> None:
        super().__init__(name, inbox)
        self._panel = panel
        self._signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()

    def show(self, signal: Signal) -> None:
        self._signals.put(signal)

    def open(self) -> None:
        self._panel.open(self._pressed)
        self.tell(True)

    def serve(self) -> None:
        while not self.stopping:
            try:
                self._panel.show(self._signals.get(timeout=SCAN_WAIT_S))
            except queue.Empty:
                continue

    def close(self) -> None:
        self._panel.close()

    def _pressed(self, button: Button) -> None:
        self.inbox.put(Pressed(button))


@dataclass(frozen=True, slots=True)
class Crew:
    """All attendants of a table."""

    members: tuple[Attendant, ...]

    def start(self) -> None:
        for member in self.members:
            member.start()

    def stop(self, timeout: float) -> None:
        for member in self.members:
            member.stop()
        for member in self.members:
            member.join(timeout)
