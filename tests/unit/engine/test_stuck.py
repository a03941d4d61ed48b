"""What an attendant makes of a library that hangs, raises or cannot be closed."""

import asyncio
import queue
import threading
from collections.abc import Callable

import pytest

from attended import SECOND, APanel, AScanner, Stage
from kiosk.engine.attendants import PanelAttendant, ScannerAttendant
from kiosk.engine.attendants.calls import LIMIT_S, Call
from kiosk.engine.inbox import DeviceNews, Scanned
from kiosk.model import Hand, Instant
from kiosk.ports import Signal, TextScan

NUMBER = "110199199001010010"

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


def scanning(stage, scanner):
    stage.start(ScannerAttendant("scanner", stage.inbox, scanner, Hand.SHARED, stage.clock))


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


def test_a_fault_of_ours_is_told_as_one_and_quotes_nothing(stage, scanner, said):
    scanner.does["open"] = lambda: Instant.corrected(NUMBER, "boot", 1)  # type: ignore[arg-type]
    try:
        scanning(stage, scanner)
        why = stage.next().why
        while scanner.calls.count("open") < 4:
            stage.now_ns += SECOND
            threading.Event().wait(0.05)
    finally:
        stage.attendant.stop()
        stage.attendant.join(5)
    lines = said()
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


def test_other_words_of_a_device_that_stays_away_are_said_now_and_then(stage, scanner, said):
    words = iter(range(1 << 30))

    def differ():
        raise OSError(f"failed at {next(words)}")

    scanner.does["open"] = differ
    scanning(stage, scanner)
    assert stage.next().why.startswith("scanner: OSError in open: failed at 0 ")
    while scanner.calls.count("open") < 20:
        threading.Event().wait(0.01)
    assert [line["event"] for line in said()] == ["still-gone"]
