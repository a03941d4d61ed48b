"""What an attendant makes of a library that hangs, raises or cannot be closed. Time is a number here."""

import asyncio
import json
import logging
import queue
import threading
from collections.abc import Callable, Sequence

import pytest

from kiosk.engine.attendants import Attendant, Crew, PanelAttendant, PrinterAttendant, ScannerAttendant
from kiosk.engine.attendants.calls import LIMIT_S, SLIP_S, Call
from kiosk.engine.inbox import Crashed, DeviceNews, Item, NotPrinted, Printed, PrinterNews, Scanned, new_inbox
from kiosk.engine.seldom import AGAIN_NS, MOST, Seldom
from kiosk.log import start_logging
from kiosk.model import Hand, Instant, JobKind, JobState, PrintJob, Shift, Totals
from kiosk.ports import Button, Document, PrinterFault, PrinterState, PrintOutcome, PrintReport, Scan, Signal, TextScan

NUMBER = "110199199001010010"
READY, EMPTY = PrinterState(known=True), PrinterState(known=True, faults=frozenset({PrinterFault.PAPER_OUT}))
JOB = PrintJob(7, JobKind.REPORT, "printer", JobState.SENDING, Shift(1, Totals(), None, Instant("boot", 0, 0, True)))
SECOND = 1_000_000_000

MISTAKES: dict[str, Callable[[], BaseException]] = {
    "exception": lambda: Exception("GPIO busy"),
    "cancelled": lambda: asyncio.CancelledError("cancelled"),
    "system-exit": lambda: SystemExit(3),
    "generator-exit": GeneratorExit,
    "memory": MemoryError,
    "without-words": lambda: Wordless(),  # noqa: PLW0108 - it is made below
}


class Wordless(Exception):  # noqa: N818 - what it is called matters to nobody
    def __str__(self) -> str:
        raise RuntimeError("not even this")


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

    def open(self, interrupted: bool) -> PrinterState:
        self(f"open {interrupted}")
        return READY

    def status(self, timeout: float) -> PrinterState:  # noqa: ARG002 - as above
        self("status")
        return READY

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


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    if stage.attendant is not None:
        stage.attendant.stop()
        stage.attendant.join(5)


@pytest.fixture
def scanner(stage):
    scanner = AScanner()
    yield scanner
    scanner.let_go.set()


@pytest.fixture
def printer(stage):
    printer = APrinter()
    yield printer
    printer.let_go.set()


def scanning(stage, scanner):
    stage.start(ScannerAttendant("scanner", stage.inbox, scanner, Hand.SHARED, stage.clock))


def printing(stage, printer, lay_out=lambda _: Document("report", ())):
    attendant = PrinterAttendant("printer", stage.inbox, printer, lay_out, False, stage.clock)
    stage.start(attendant)
    return attendant


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("call", ["open", "read"])
def test_whatever_a_library_raises_only_its_device_is_gone_and_it_is_tried_again(stage, scanner, call, mistake):
    def raise_it():
        raise mistake()

    scanner.does[call] = raise_it
    scanning(stage, scanner)
    news = stage.next()
    assert (type(news), news.up) == (DeviceNews, False)
    assert type(mistake()).__name__ in news.why
    del scanner.does[call]
    assert stage.next() == DeviceNews("scanner", True)
    assert scanner.calls.count("open") > scanner.calls.count("close") > 0


def test_a_scanner_that_opens_and_cannot_be_read_is_never_told_as_there(stage, scanner):
    def refuse():
        raise RuntimeError("no")

    scanner.does["read"] = refuse
    scanning(stage, scanner)
    assert not stage.next().up
    stage.now_ns += 5 * SECOND
    while scanner.calls.count("read") < 4:
        threading.Event().wait(0.01)
    with pytest.raises(queue.Empty):
        stage.inbox.get(0.05)


def test_what_a_library_says_at_opening_is_told_and_what_it_says_of_a_scan_is_not(stage, scanner):
    def quote():
        raise ValueError(f"cannot make sense of {NUMBER}")

    scanner.does["open"] = quote
    scanning(stage, scanner)
    assert stage.next().why.startswith(f"scanner: ValueError in open: cannot make sense of {NUMBER} (")
    scanner.does = {"read": lambda: TextScan(b"A-0001")}
    stage.now_ns += 2 * SECOND
    while stage.next() != DeviceNews("scanner", True):
        pass
    scanner.does["read"] = quote
    news = stage.next()
    while isinstance(news, Scanned):
        news = stage.next()
    assert isinstance(news, DeviceNews)
    assert news.why.startswith("scanner: ValueError in read (tests.unit.engine.test_stuck:")


def test_a_fault_of_ours_is_told_as_one_and_quotes_nothing(stage, scanner, capsys):
    scanner.does["open"] = lambda: Instant.corrected(NUMBER, "boot", 1)  # type: ignore[arg-type]
    start_logging()
    try:
        scanning(stage, scanner)
        why = stage.next().why
        while scanner.calls.count("open") < 4:
            stage.now_ns += SECOND
            threading.Event().wait(0.05)
    finally:
        stage.attendant.stop()
        stage.attendant.join(5)
        logging.getLogger().handlers.clear()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["kinds"] for line in lines if line["event"] == "fault"] == [["AttributeError"]]
    assert why.startswith("scanner: AttributeError in open (kiosk.model.instants:")
    assert NUMBER not in f"{lines} {why}"


def test_a_scanner_that_hangs_is_told_once_and_told_again_when_it_comes_back(stage, scanner):
    scanning(stage, scanner)
    assert stage.next() == DeviceNews("scanner", True)
    assert stage.overdue() == []
    scanner.does["read"] = scanner.hang
    assert scanner.entered.wait(5)
    stage.now_ns += int((LIMIT_S[Call.READ] - 1) * SECOND)
    assert stage.overdue() == []
    stage.now_ns += 2 * SECOND
    assert stage.overdue() == [DeviceNews("scanner", False, "scanner: stuck in read", stuck=True)]
    assert stage.overdue() == []
    del scanner.does["read"]
    scanner.let_go.set()
    assert stage.next() == DeviceNews("scanner", True)
    assert stage.overdue() == []


def test_a_device_that_cannot_be_closed_counts_as_closed_and_is_opened_again(stage, scanner):
    def refuse():
        raise RuntimeError("no")

    scanner.does |= {"read": refuse, "close": refuse}
    scanning(stage, scanner)
    assert not stage.next().up
    del scanner.does["read"]
    assert stage.next().up
    assert scanner.calls.count("open") >= 2


def test_one_that_hangs_in_closing_is_told_too(stage, scanner):
    def refuse():
        raise RuntimeError("no")

    scanner.does |= {"read": refuse, "close": scanner.hang}
    scanning(stage, scanner)
    assert not stage.next().up
    assert scanner.entered.wait(5)
    stage.now_ns += int((LIMIT_S[Call.CLOSE] + 1) * SECOND)
    assert [item.why for item in stage.overdue()] == ["scanner: stuck in close"]


def test_a_slip_in_which_the_library_raises_is_in_doubt_and_cut_off_at_the_next_opening(stage, printer):
    def break_off():
        raise ValueError(NUMBER)

    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = break_off
    attendant.submit((JOB, JOB), None)
    printed, gone = stage.next(), stage.next()
    assert isinstance(printed, Printed)
    assert printed.report.outcomes == (PrintOutcome.UNCONFIRMED,) * 2
    assert isinstance(gone, PrinterNews)
    assert (gone.state, NUMBER in gone.why) == (None, False)
    assert stage.next() == PrinterNews("printer", READY)
    assert [call for call in printer.calls if call.startswith("open")] == ["open False", "open True"]


def test_a_fault_in_laying_out_a_slip_ends_the_process(stage, printer):
    def lay_out(_job):
        raise LookupError

    attendant = printing(stage, printer, lay_out)
    assert stage.next() == PrinterNews("printer", READY)
    attendant.submit((JOB,), None)
    crashed = stage.next()
    assert isinstance(crashed, Crashed)
    assert isinstance(crashed.error, LookupError)


def test_a_printer_that_hangs_in_a_slip_says_what_became_of_it_when_it_comes_back(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = printer.hang
    attendant.submit((JOB,), None)
    assert printer.entered.wait(5)
    stage.now_ns += int((LIMIT_S[Call.PRINT] + SLIP_S - 1) * SECOND)
    assert stage.overdue() == []
    stage.now_ns += 2 * SECOND
    assert stage.overdue() == [PrinterNews("printer", None, "printer: stuck in print", stuck=True)]
    printer.let_go.set()
    printed = stage.next()
    assert isinstance(printed, Printed)
    assert printed.report.outcomes == (PrintOutcome.CONFIRMED,)
    assert stage.next() == PrinterNews("printer", READY)


def test_a_printer_that_waits_for_a_human_does_not_hang(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = printer.hang
    attendant.submit((JOB,), None)
    assert printer.entered.wait(5)
    printer.changed(EMPTY)
    stage.now_ns += 3600 * SECOND
    assert stage.overdue() == []
    printer.changed(READY)
    stage.now_ns += int((LIMIT_S[Call.PRINT] + SLIP_S + 1) * SECOND)
    assert len(stage.overdue()) == 1


def test_slips_that_a_printer_had_not_begun_when_it_began_to_hang_are_given_back_once(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["status"] = printer.hang
    assert printer.entered.wait(5)
    attendant.submit((JOB,), None)
    stage.now_ns += int((LIMIT_S[Call.STATUS] + 1) * SECOND)
    stuck = PrinterNews("printer", None, "printer: stuck in status", stuck=True)
    assert stage.overdue() == [stuck, NotPrinted("printer", (JOB,))]
    del printer.does["status"]
    printer.let_go.set()
    assert stage.next() == PrinterNews("printer", READY)
    assert "print" not in printer.calls


def test_a_panel_that_hangs_holds_up_nobody_and_is_told(stage):
    panel = APanel()
    attendant = PanelAttendant("panel", stage.inbox, panel, stage.clock)
    stage.start(attendant)
    assert stage.next() == DeviceNews("panel", True)
    panel.does["show"] = panel.hang
    for _ in range(1000):
        attendant.show(Signal.READY)
        attendant.show(Signal.ACCEPTED)
    assert panel.entered.wait(5)
    stage.now_ns += int((LIMIT_S[Call.SHOW] + 1) * SECOND)
    assert [item.why for item in stage.overdue()] == ["panel: stuck in show"]
    panel.let_go.set()
    assert stage.next() == DeviceNews("panel", True)


def test_one_sentence_is_said_once_an_hour_however_often_it_is_tried():
    seldom = Seldom()
    said = [second for second in range(0, 3 * 3600, 2) if seldom.may("place", second * SECOND)]
    assert said == [0, 3600, 7200]
    assert AGAIN_NS == 3600 * SECOND


def test_of_kinds_without_end_not_all_are_remembered():
    seldom = Seldom()
    for kind in range(10 * MOST):
        assert seldom.may(str(kind), 0)
    assert len(seldom._said_ns) == MOST  # noqa: SLF001
