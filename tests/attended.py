"""Devices whose calls do what they are told, and a stage for one attendant at work. Time is a number here."""

import queue
import threading
from collections.abc import Callable, Sequence

from kiosk.engine.attendants import Attendant, Crew
from kiosk.engine.inbox import Item, new_inbox
from kiosk.ports import Button, Document, PrinterState, PrintOutcome, PrintReport, Scan, Signal

READY = PrinterState(known=True)
SECOND = 1_000_000_000


class Device:
    """A scanner, printer and panel whose calls do what they are told: hang until let go, raise, or give this."""

    def __init__(self) -> None:
        self.does: dict[str, Callable[[], object]] = {}
        self.let_go, self.entered = threading.Event(), threading.Event()
        self.calls: list[str] = []

    def hang(self) -> None:
        self.entered.set()
        self.let_go.wait(20)

    def __call__(self, call: str) -> object:
        self.calls.append(call)
        threading.Event().wait(0.002)
        return self.does.get(call, lambda: None)()


class AScanner(Device):
    def open(self) -> None:
        self("open")

    def read(self, timeout: float) -> Scan | None:  # noqa: ARG002 - nothing here waits for long
        return self("read")  # type: ignore[return-value]

    def close(self) -> None:
        self("close")


class APrinter(Device):
    changed: Callable[[PrinterState], None]

    def __init__(self) -> None:
        super().__init__()
        self.woken = threading.Event()

    def open(self, interrupted: bool) -> PrinterState:
        self(f"open {interrupted}")
        return READY

    def status(self, timeout: float) -> PrinterState:
        self("status")
        self.woken.wait(timeout)
        self.woken.clear()
        return READY

    def wake(self) -> None:
        self.woken.set()

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        self.changed = changed
        self("print")
        return PrintReport((PrintOutcome.CONFIRMED,) * len(documents), 1, 2, 3)

    def close(self) -> None:
        self("close")


class APanel(Device):
    def open(self, pressed: Callable[[Button], None]) -> None:  # noqa: ARG002 - it has no buttons
        self("open")

    def show(self, signal: Signal) -> None:  # noqa: ARG002 - nobody looks
        self("show")

    def close(self) -> None:
        self("close")


class Stage:
    """One attendant at work, its inbox, and the time."""

    def __init__(self) -> None:
        self.inbox, self.now_ns = new_inbox(), 0
        self.attendant: Attendant | None = None

    def clock(self) -> int:
        return self.now_ns

    def start(self, attendant: Attendant) -> None:
        self.attendant = attendant
        attendant.start()

    def next(self) -> Item:
        """What the engine is told next; time passes meanwhile, so that good news comes too."""
        for _ in range(400):
            try:
                return self.inbox.get(0.02)
            except queue.Empty:
                self.now_ns += SECOND // 20
        raise AssertionError("nothing was told")

    def overdue(self) -> list[Item]:
        assert self.attendant is not None
        return list(Crew((self.attendant,), self.clock).overdue())
