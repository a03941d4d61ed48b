"""Who keeps a table busy while its kiosk is killed: people who scan, and staff who answer by what is on paper."""

import hashlib
import hmac
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

from journal_audit import Job, Shape, ledger, pieces
from kiosk.model import StaffAction
from kiosk.virtual.cards import IdCard
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.settings import BUTTONS
from kiosk.virtual.demo.table import DemoTable

NAME = "测试甲"
"""One name for all, so that the slips of all who come with a card look alike."""
ANSWER_S = 0.8
REST_S = 1.0
DRAWN_S = 0.15
SETTLED_S = 1.5
WAITING = "question.waiting"


def resident(serial: int) -> str:
    """A number of no place; the last four characters tell neighbours apart."""
    return with_check_digit(f"110199{1960 + serial // 700}0101{serial % 700 + 100:03d}")


class People(threading.Thread):
    """Come one after another without end; some come again, not sure whether they were registered."""

    def __init__(self, table: DemoTable, chance: random.Random) -> None:
        super().__init__(name="people", daemon=True)
        self._table, self._chance = table, chance
        self._round_key = (table.state / "keys" / "round-key").read_bytes().strip()
        self._leaving = threading.Event()
        self._came = 0
        self.hurry = 0.3
        """Seconds between two scans, at most."""
        self.rests = threading.Event()
        """While it is set nobody comes."""
        self.held_up = threading.Event()
        """Set when a code has left the scanner or a card has been laid down."""
        self.accepted: set[bytes] = set()

    @property
    def came(self) -> int:
        return self._came

    def run(self) -> None:
        while not self._leaving.is_set():
            if not self.rests.is_set():
                self.come(self._somebody(), self._chance.random() < 0.2)
            self._leaving.wait(self._chance.uniform(0.0, self.hurry))

    def stop(self) -> None:
        self._leaving.set()
        self.join()

    def come(self, number: str, by_card: bool) -> None:
        """Holds up a card or a code and looks at the panel until it answers or is dark."""
        since = len(self._table.daemon.records)
        if by_card:
            self._table.card_module.lay(IdCard(number, NAME, birth=number[6:14]))
        else:
            self._table.scanner.present(number.encode())
        self.held_up.set()
        if self._table.daemon.wait_for(lambda record: _is_green(record, number), ANSWER_S, since):
            self.accepted.add(hmac.digest(self._round_key, f"id:{number}".encode(), hashlib.sha256))
        if by_card:
            self._table.card_module.lift()

    def _somebody(self) -> str:
        again = self._came > 5 and self._chance.random() < 0.15
        if again:
            return resident(self._came - self._chance.randrange(5))
        self._came += 1
        return resident(self._came)


class Staff(threading.Thread):
    """Look at a question now and then, wait until the paper is still, and answer it truthfully."""

    def __init__(self, table: DemoTable, models: frozenset[Shape], chance: random.Random) -> None:
        super().__init__(name="staff", daemon=True)
        self._table, self._models, self._chance = table, models, chance
        self._codes = table.staff_codes
        self._leaving = threading.Event()
        self.answers = {"yes": 0, "no": 0}

    def run(self) -> None:
        while not self._leaving.is_set():
            self._leaving.wait(self._chance.uniform(0.2, 1.5))
            if self._table.daemon.running() and self._chance.random() < 0.6:
                self.look()

    def stop(self) -> None:
        self._leaving.set()
        self.join()

    def look(self) -> None:
        """Answers the question on the panel, if there is one and the paper shows the truth by now."""
        job = next(self._questions(), None)
        if job is None:
            self._let_print()
            return
        if not self._still():
            return
        out = any(piece.whole and piece.name == job.name for piece in pieces(self._table.slips, self._models))
        if self._table.daemon.running() and next(self._questions(), None) == job:
            self._answer("yes" if out else "no", job)

    def _questions(self) -> Iterator[Job]:
        jobs = ledger(self._table.journal).jobs
        return (job for job in jobs if job.state == "unconfirmed" and job.settlement is None)

    def _still(self) -> bool:
        """The printer has been opened in this life, the head is at rest, nothing hangs out, all slips are drawn."""
        end = time.monotonic() + REST_S
        while time.monotonic() < end:
            if self._at_rest():
                time.sleep(DRAWN_S)
                if self._at_rest():
                    return True
            time.sleep(0.02)
        return False

    def _at_rest(self) -> bool:
        return _printer_up(self._table) and self._table.printer.at_rest and not self._table.printer.unfinished()

    def _answer(self, word: str, job: Job) -> None:
        self._say(word)
        if self._comes_true(lambda: job not in self._questions()):
            self.answers[word] += 1

    def _let_print(self) -> None:
        """Vouchers that waited too long are asked about together: mostly they are still wanted."""
        if _asked(self._table) == WAITING:
            self._say("yes" if self._chance.random() < 0.75 else "no")
            self._comes_true(lambda: _asked(self._table) != WAITING)

    def _say(self, word: str) -> None:
        if self._chance.random() < 0.5:
            self._table.pins.press(BUTTONS[word])
        else:
            self._table.scanner.present(self._codes[StaffAction(word)].encode())

    def _comes_true(self, condition: Callable[[], bool]) -> bool:
        """Whether it did before a kill and within SETTLED_S."""
        end = time.monotonic() + SETTLED_S
        while time.monotonic() < end and self._table.daemon.running():
            if condition():
                return True
            time.sleep(0.02)
        return False


class LossStaff(Staff):
    """Take note of a loss once they may; other questions they answer by what is on paper."""

    may_note = False

    def look(self) -> None:
        # The journal may be away or spoilt just now.
        with suppress(sqlite3.Error):
            if self._loss() is None:
                super().look()
            elif self.may_note:
                self._say("yes")
                self._comes_true(lambda: self._loss() is None)

    def _loss(self) -> str | None:
        with closing(sqlite3.connect(f"file:{self._table.journal}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT loss FROM life").fetchone()
        return row[0] if row else None


def _is_green(record: Record, number: str) -> bool:
    return bool(record.get("signal") == "accepted" and f"*{number[-4:]}" in record.get("text", ""))


def _asked(table: DemoTable) -> str:
    """The key of what the panel asks or shows between people, in this life of the daemon."""
    for record in reversed(table.daemon.records):
        match record.get("event"):
            case "notice" if record["signal"] in ("attention", "question", "ready"):
                return str(record["key"])
            case "life":
                return ""
    return ""


def _printer_up(table: DemoTable) -> bool:
    """What the log said last of the printer, in this life of the daemon."""
    for record in reversed(table.daemon.records):
        match record.get("event"):
            case "printer":
                return bool(record["up"])
            case "life":
                return False
    return False
