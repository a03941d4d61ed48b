"""A table's whole way to paper in one process: journal, engine, printer's thread, driver, line, and the far end."""

import queue
import sqlite3
import termios
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from paper_audit import Audit, number_of

from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import Confirm, EscposPrinter
from drivers.printer_line import Line, SerialLine, UsbLine, Wire
from drivers.tcp_line import TcpLine
from kiosk.app import Clock
from kiosk.credentials import Forms, Pattern, id_check_digit, staff_codes
from kiosk.engine.attendants import PrinterAttendant
from kiosk.engine.engine import Engine, Outlets, Secrets
from kiosk.engine.inbox import Scanned, Trace, new_inbox
from kiosk.journal import Journal
from kiosk.layouts import Letterhead, lay_out
from kiosk.messages import Address
from kiosk.model import Hand, Instant, JobState, PrintJob, Role, Settlement, StaffAction, TubeOrder, TubeSource
from kiosk.ports import Document, PrinterState, Signal, TextScan
from kiosk.session import Notice, Plan, State
from kiosk.texts import Texts
from kiosk.virtual.between import Between
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.wire import PtyWire, TcpWire

STAFF_KEY, ROUND_KEY = b"staff key of the tests", b"round key of the tests"
ZONE = ZoneInfo("Asia/Shanghai")
BAUD = 19200
"""Slow, so that a job is under way for a while on a serial line too."""
REST_S = 0.2
"""Paper that has not moved for so long, with no slip drawn, is at rest."""
PATIENT_S = 60.0
TURN_S = 0.005
STAFF_NS = 2_000_000_000
"""Staff take no less for reading a question and showing a code."""
MOST_REPRINTS = 2
"""After so many copies that did not come out either, staff of a one-way printer give up."""


class PrintingTable:
    """Tubes for one: each person gets a voucher, and the next tube its label, as one batch. The caller's thread is
    the engine's: nothing is decided but within `run_until`, `present` and `staff`."""

    def __init__(self, kind: str, folder: Path, one_way: bool = False, baud: int = BAUD) -> None:
        self.one_way = one_way
        self.slips: list[Slip] = []
        self.paper_ends: list[float] = []
        """When new paper was put in under an unfinished slip: that one lies in two pieces."""
        self.sent: dict[int, PrintJob] = {}
        self.shown: list[tuple[Signal, Notice]] = []
        self.asked = self.reprints = 0
        self._clock, self._skipped_ns = Clock(trusted=True), 0
        self._path, self._inbox = folder / "journal.sqlite", new_inbox()
        self._codes = {action: text for text, action in staff_codes(STAFF_KEY).items()}
        settings = PrinterSettings(
            baud=baud if kind == "serial" else None,
            head_mm_s=600.0,
            answers=not one_way,
            line_stays=kind == "serial",
        )
        far = TcpWire() if kind == "tcp" else PtyWire(folder / "printer")
        self.between = Between(far)
        self._far = far
        self.printer = VirtualPrinter(self.between, settings, self.slips.append)
        self.printer.start()
        confirm = Confirm.NONE if one_way else Confirm.PROCESS_ID
        driver = EscposPrinter(Wire(_line(kind, far, baud)), SlipEncoder(), confirm)
        self._attendant = PrinterAttendant("printer", self._inbox, driver, self.lay_out, False, time.monotonic_ns)
        self._journal = Journal(self._path, "r1")
        self.engine = self._new_engine()

    def _new_engine(self) -> Engine:
        forms = Forms((), Pattern("TB[0-9]{10}"), "0352", staff_codes(STAFF_KEY))
        plan = Plan(
            address=Address("cn", "r1", "wy-0352", "a"),
            pool_size=1,
            source=TubeSource.PRINTED,
            order=TubeOrder.TUBE_FIRST,
            printers=dict.fromkeys(Role, ("printer",)),
            zone=ZONE,
        )
        state = State.recalled(plan, self._journal.restore("0352"))
        outlets = Outlets(self._print, lambda signal, notice: self.shown.append((signal, notice)), lambda _: None)
        return Engine(self._journal, state, forms, Secrets(ROUND_KEY), self._now, outlets)

    def _now(self) -> Instant:
        at = self._clock()
        return replace(at, mono_ns=at.mono_ns + self._skipped_ns)

    def lay_out(self, job: PrintJob) -> Document:
        return lay_out(
            job, Letterhead("wy-0352-a", ZONE, Texts("zh_CN"), lambda sample: f"KV1:{sample.voucher}", lambda _: "KM1:")
        )

    def __enter__(self) -> Self:
        self._attendant.start()
        self.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._attendant.stop()
        self._attendant.join(PATIENT_S)
        self.printer.stop()
        self._journal.close()

    # What people do

    def present(self, serial: int) -> bool:
        """A person holds up a card; whether the kiosk said "accepted"."""
        body = f"11019919900101{serial:03d}"
        notices = self._scan(body + id_check_digit(body))
        return any(signal is Signal.ACCEPTED for signal, _ in notices)

    def reset_line(self) -> None:
        """The line ends and may be opened again at once, as a network's does or a USB socket's that was touched."""
        if isinstance(self._far, TcpWire):
            self._far.end(reset=True)
        else:
            self._far.unplug()
            self._far.plug()

    def staff(self, action: StaffAction) -> None:
        """Nobody shows a code before having read the question, nor two codes at once: so much time is skipped."""
        self._skipped_ns += STAFF_NS
        self._scan(self._codes[action])

    def answer_honestly(self) -> None:
        """Staff wait until the printer is back and the paper rests, look at it, and answer every question."""
        while True:
            self.wait_until(self._back_and_at_rest, "the printer is not back")
            doubtful = self.engine.state.printing.doubtful
            if doubtful:
                self.asked += 1
                self.staff(StaffAction.YES if self._lies_there(doubtful[0]) else StaffAction.NO)
            elif self._last_voucher_is_missing():
                self.reprints += 1
                self.staff(StaffAction.REPRINT)
            else:
                return

    # What an onlooker sees

    @property
    def state(self) -> PrinterState | None:
        """The printer's, as the engine knows it."""
        return self.engine.state.presence.printers.get("printer")

    @property
    def ready(self) -> bool:
        return self.state is not None and self.state.ready

    @property
    def busy(self) -> bool:
        printing = self.engine.state.printing
        return bool(printing.sending or printing.queued)

    def audit(self) -> Audit:
        """What is in the journal's file and on all paper. Ends the table's far end: every slip is drawn then."""
        self.printer.stop()
        return self._audit()

    def jobs(self) -> tuple[PrintJob, ...]:
        """All jobs, as the journal's file has them."""
        known = {**{job.id: job for job in self.engine.state.printing.queued}, **self.sent}
        return tuple(
            replace(known[job_id], state=JobState(state), settlement=Settlement(end) if end else None)
            for job_id, state, end in self._rows("SELECT id, state, settlement FROM jobs ORDER BY id")
        )

    def samples(self) -> int:
        return len(self._rows("SELECT DISTINCT person_key FROM samples WHERE void = 0"))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._path)) as database:
            return database.execute(query).fetchall()

    def whole(self, job: PrintJob) -> int:
        """How many whole slips of just this job lie there now."""
        return self._audit().whole(job)

    def _audit(self) -> Audit:
        return Audit(self.jobs(), tuple(self.slips), self.lay_out, {self._cut_after(at) for at in self.paper_ends})

    def _cut_after(self, at: float) -> int:
        return min((slip.index for slip in self.slips if slip.ended_at >= at), default=-1)

    # Turning the engine

    def run_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= end:
                return False
            self._turn()
        return True

    def wait_until(self, condition: Callable[[], bool], otherwise: str) -> None:
        assert self.run_until(condition, PATIENT_S), f"{otherwise}; printer: {self.state}; last: {self.shown[-3:]}"

    def _turn(self) -> None:
        try:
            self.engine.take(self._inbox.get(timeout=TURN_S))
        except queue.Empty:
            return

    def _scan(self, text: str) -> list[tuple[Signal, Notice]]:
        """Through the inbox, behind what already waits there; what was shown for it."""
        mine = Scanned("scanner", TextScan(text.encode()), self._now().mono_ns, Hand.SHARED)
        self._inbox.put(mine)
        before, item = len(self.shown), None
        while item is not mine:
            item, before = self._inbox.get(), len(self.shown)
            self.engine.take(item)
        return self.shown[before:]

    def _print(self, _printer: str, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        self.sent |= {job.id: job for job in jobs}
        self._attendant.submit(jobs, trace)

    def _back_and_at_rest(self) -> bool:
        slips, end = len(self.slips), time.monotonic() + REST_S
        while self.ready and not self.busy and self.printer.at_rest and len(self.slips) == slips:
            if time.monotonic() >= end:
                return True
            self._turn()
        return False

    def _last_voucher_is_missing(self) -> bool:
        """Only a one-way printer leaves staff alone with that: nobody asks them."""
        last = self.engine.state.scans.reprintable
        if not self.one_way or last is None:
            return False
        vouchers = [job for job in self.jobs() if number_of(job) == last.voucher]
        return len(vouchers) <= MOST_REPRINTS and not any(self._lies_there(job) for job in vouchers)

    def _lies_there(self, job: PrintJob) -> bool:
        """Looks twice before it says no: a slip that was cut is drawn a moment later."""
        return self.run_until(lambda: self.whole(job) > 0, REST_S)


def _line(kind: str, far: TcpWire | PtyWire, baud: int) -> Line:
    if isinstance(far, TcpWire):
        return TcpLine("127.0.0.1", far.port)
    return SerialLine(str(far.link), baud) if kind == "serial" else UsbOverTerminal(str(far.link))


class UsbOverTerminal(UsbLine):
    """Closed like usblp, which takes back what it has not sent."""

    def close(self, discard: bool = False) -> None:
        if self.fileno() >= 0:
            with suppress(termios.error):
                termios.tcflush(self.fileno(), termios.TCOFLUSH)
        super().close(discard)
