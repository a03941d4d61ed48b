"""A whole kiosk over devices that are as bad as can be: it stops in time, and writes down what they said last."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from kiosk.app import Clock, Kiosk, table
from kiosk.config import Config, read_config
from kiosk.engine.inbox import LANE, Inbox
from kiosk.journal import Journal
from kiosk.ports import (
    Broker,
    Document,
    Hint,
    Message,
    PrinterState,
    PrintOutcome,
    PrintReport,
    Scan,
    TextScan,
)
from table_bench import resident_number

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

IN_TIME_S = 5.0
"""systemd gives ten."""
SLOW_S = 0.3
"""A commit on a card that is worn out."""


@dataclass
class Crowd:
    """A scanner that always has the next resident."""

    numbers: Iterator[int]

    def open(self) -> None: ...

    def read(self, timeout: float) -> Scan | Hint | None:  # noqa: ARG002 - nothing here waits
        return TextScan(resident_number(next(self.numbers) % 1000).encode())

    def close(self) -> None: ...


@dataclass
class SlowPrinter:
    """Prints when it is let, and hangs in the call until then."""

    let: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    def open(self, interrupted: bool) -> PrinterState:  # noqa: ARG002 - no slip is cut off
        return PrinterState(known=True)

    def status(self, timeout: float) -> PrinterState:
        time.sleep(min(timeout, 0.02))
        return PrinterState(known=True)

    def wake(self) -> None: ...

    def print(
        self,
        documents: Sequence[Document],
        changed: Callable[[PrinterState], None],  # noqa: ARG002 - its state stays
    ) -> PrintReport:
        self.asked.set()
        self.let.wait(60)
        return PrintReport((PrintOutcome.CONFIRMED,) * len(documents), 0, 0, 0)

    def close(self) -> None: ...


class StuckBroker:
    """Takes everything and says nothing."""

    recalled = False

    def open(
        self,
        will: Message,
        hears: Sequence[str] = (),
        recalls: Sequence[str] = (),
        of_others: Sequence[str] = (),
    ) -> None: ...

    def publish(self, message: Message) -> None: ...

    def acknowledged(self, timeout: float) -> list[Message]:
        time.sleep(min(timeout, 0.1))
        return []

    def heard(self) -> list[tuple[str, bytes]]:
        return []

    denied: frozenset[str] = frozenset()
    protocol = "5"

    def refused(self) -> list[tuple[Message, str]]:
        return []

    def leave(self, hears: str) -> None: ...

    def wake(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Stand:
    """A kiosk and its devices; it runs on this thread."""

    config: Config
    credentials: Path
    journal: Path
    printer: SlowPrinter

    def run_until(self, ready: Callable[[Inbox], bool], after: Callable[[], None] = lambda: None) -> float:
        """Serves until `ready`, is asked to stop as systemd does, `after` is called; seconds that it took to stop."""
        kiosk, asked_at = Kiosk(self.config, self.credentials, Clock(True)), 0.0

        def ask() -> None:
            nonlocal asked_at
            while not ready(kiosk._inbox):  # noqa: SLF001
                time.sleep(0.01)
            asked_at = time.monotonic()
            os.kill(os.getpid(), signal.SIGTERM)
            after()

        threading.Thread(target=ask, daemon=True).start()
        kiosk.run()
        return time.monotonic() - asked_at


@pytest.fixture
def stand(rig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    credentials = tmp_path / "keys"
    credentials.mkdir()
    for name in ("round-key", "staff-key", "voucher-key"):
        (credentials / name).write_text("ab" * 32)
    file = tmp_path / "kiosk.toml"
    file.write_text(f"""
[point]
region = "cn-511781"
round = "2022-05-r1"
point = "wy-0352"
kiosk = "a"
clock = "trusted"
[tubes]
block = "0352"
[state]
directory = "{tmp_path}"
[[scanner]]
kind = "serial"
name = "left"
port = "/dev/left"
[[scanner]]
kind = "serial"
name = "right"
port = "/dev/right"
[[printer]]
kind = "usb"
[broker]
host = "127.0.0.1"
""")
    printer, numbers = SlowPrinter(), count()
    monkeypatch.setattr(table, "scanner_of", lambda _: Crowd(numbers))
    monkeypatch.setattr(table, "printer_of", lambda *_: printer)
    monkeypatch.setattr(table, "broker_of", lambda *_: _stuck())
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Stand(read_config(file), credentials, tmp_path / "journal.sqlite", printer)
    for number, handler in before.items():
        signal.signal(number, handler)
    printer.let.set()


def _stuck() -> Broker:
    return StuckBroker()


@pytest.fixture
def slow_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("commit", "acknowledge"):
        quick = getattr(Journal, name)

        def slow(*args: object, quick: Callable[..., object] = quick) -> object:
            time.sleep(SLOW_S)
            return quick(*args)

        monkeypatch.setattr(Journal, name, slow)


def full(inbox: Inbox) -> bool:
    """Both scanners wait for room."""
    return [len(lane) for name, lane in inbox._lanes.items() if name in ("left", "right")] == [LANE, LANE]  # noqa: SLF001


def states(journal: Path) -> dict[str, int]:
    with closing(sqlite3.connect(journal)) as database:
        return dict(database.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())


def test_it_stops_in_time_with_a_full_inbox_a_slow_disk_and_a_printer_that_hangs(stand, slow_journal):
    took_s = stand.run_until(lambda inbox: full(inbox) and stand.printer.asked.is_set())
    assert took_s < IN_TIME_S
    assert states(stand.journal)["sending"] >= 1


def test_what_a_printer_says_last_is_written_down_and_nothing_of_it_is_in_doubt(stand, slow_journal):
    def print_late() -> None:
        time.sleep(0.8)
        stand.printer.let.set()

    took_s = stand.run_until(lambda inbox: full(inbox) and stand.printer.asked.is_set(), print_late)
    assert took_s < IN_TIME_S
    found = states(stand.journal)
    assert found["confirmed"] >= 1
    assert "sending" not in found


def test_whoever_was_not_answered_is_not_registered(stand, slow_journal):
    """Nobody saw a yes for what still lay in the inbox."""
    before = 0

    def count_samples(inbox: Inbox) -> bool:
        nonlocal before
        if not full(inbox):
            return False
        with closing(sqlite3.connect(stand.journal)) as database:
            before = database.execute("SELECT count(*) FROM samples").fetchone()[0]
        return True

    stand.run_until(count_samples)
    with closing(sqlite3.connect(stand.journal)) as database:
        assert database.execute("SELECT count(*) FROM samples").fetchone()[0] <= before + 1
