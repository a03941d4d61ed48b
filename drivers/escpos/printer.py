"""An ESC/POS printer: the shell around the talk with it, which owns the line and the clock and waits."""

import secrets
from collections.abc import Callable, Sequence

from drivers.escpos.batch import Batch, Confirm
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.opening import opening, resuming
from drivers.escpos.printing import SLOWEST_ROWS_S, leaving, proving, sending, watching
from drivers.escpos.script import HungUp, Script, T, WakingLine, perform
from drivers.escpos.talk import QUESTIONS, Talk
from drivers.escpos.turns import ASK_S, idle_until, turn
from kiosk.ports import DeviceRefused, Document, PrinterState, PrintOutcome, PrintReport

__all__ = ["Confirm", "EscposPrinter"]

PATIENCE_S = 8.0
"""Seconds that a slip may take beyond its bytes' time on the line and its rows' under the head, if the printer does not
ask for a human."""
LEAST_S = 0.001
QUIET_S = 10.0
"""After its opening; then an idle printer's thread loads what the start did not need."""
SERVED_S = 1.0
"""A line that was ended sooner was never served."""


class EscposPrinter:
    """A Printer over any line. `confirm` is what the model can do; NONE is a one-way printer."""

    def __init__(
        self,
        line: WakingLine,
        encoder: SlipEncoder,
        confirm: Confirm = Confirm.PROCESS_ID,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._line, self._encoder, self._confirm = line, encoder, confirm
        self._patience_s = patience_s
        self._talk = Talk(line.name, line.byte_s)
        # Not from one again at each start: a slip still in the printer's buffer must not prove a new one.
        self._next_id = secrets.randbelow(9999)
        self._opened_at, self._well = 0.0, True
        self._prepared = False
        self._busy_at = 0.0
        """Something came then before a turn was due."""

    def open(self, interrupted: bool) -> PrinterState:
        self._open_line()
        self._perform(opening(self._talk, self._encoder, self._confirm, interrupted, self._patience_s))
        return self._talk.state

    def close(self) -> None:
        self._talk.end(*self._times())
        self._line.close(discard=not self._well)

    def status(self, timeout: float) -> PrinterState:
        if not self._rest(timeout):
            if not self._prepared and self._line.now_s() > self._opened_at + QUIET_S:
                self._prepare()
            one_way = self._confirm is Confirm.NONE
            self._resumed(lambda: self._talk.listen(0) if one_way else turn(self._talk, 0))
        return self._talk.state

    def wake(self) -> None:
        self._line.wake()

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        if self._line.resumes:
            self._resumed(lambda: self._talk.listen(0))
        faults = self._talk.state.faults
        if faults:
            raise DeviceRefused(f"printer {self._line.name}: {', '.join(sorted(faults))}")
        batch = Batch([self._new_id() for _ in documents], self._confirm, changed)
        question, pieces = QUESTIONS[self._talk.mixed_in], map(self._encoder.pieces, documents)
        data = b"".join(batch.mixed(pieces, question, self._line.byte_s))
        rendered, rows = self._now_ns(), sum(map(self._encoder.rows, documents))
        self._talk.begin_batch(batch, rows / SLOWEST_ROWS_S)
        try:
            whole = batch.alive = self._perform(sending(self._talk, batch, data, self._patience_s))
            written = self._now_ns()
            if whole:
                whole = self._prove(batch, rows)
        finally:
            self._talk.end_batch()
        outcomes = batch.outcomes(whole)
        self._well = PrintOutcome.UNCONFIRMED not in outcomes
        return PrintReport(outcomes, rendered, written, self._now_ns(), batch.alive)

    def _prepare(self) -> None:
        self._prepared = True
        self._encoder.prepare()

    def _prove(self, batch: Batch, rows: int) -> bool:
        """Whether all bytes are in the printer's hands."""
        match self._confirm:
            case Confirm.PROCESS_ID | Confirm.FENCE:
                self._perform(proving(self._talk, batch, rows, self._patience_s))
            case Confirm.STATUS:
                self._perform(watching(self._talk, batch, rows))
            case Confirm.NONE:
                batch.alive = self._perform(leaving(self._talk, self._patience_s))
                return batch.alive
        return True

    def _rest(self, timeout: float) -> bool:
        """Until something is to be done, on the line if the printer tells by itself; whether somebody woke us."""
        one_way, begun = self._confirm is Confirm.NONE, self._line.now_s()
        until = begun + timeout
        if not one_way:
            until = min(until, max(idle_until(self._talk), begun + LEAST_S))
        # One that does not stop, or whose line is readable without a byte, as usblp's may be, gets no more turns so.
        breath = min(until, self._busy_at + ASK_S)
        if begun < breath and self._line.wait(breath - begun, heeding=False):
            return True
        woken = self._line.wait(until - self._line.now_s(), heeding=one_way or self._talk.asb)
        now = self._line.now_s()
        self._busy_at = now if now < until else 0.0
        return woken

    def _resumed(self, script: Callable[[], Script[None]]) -> None:
        """Between two slips. A far end that ended the line while nothing was on its way is met again without a word:
        print servers end what is idle. One that does so at once is gone."""
        try:
            self._perform(script())
        except HungUp as gone:
            at_risk = self._confirm is Confirm.NONE and not gone.in_order and self._talk.may_lose_tail(*self._times())
            if at_risk or self._line.now_s() < self._opened_at + SERVED_S:
                raise
            self._line.close()
            self._open_line()
            self._perform(resuming(self._talk, self._confirm))

    def _open_line(self) -> None:
        self._line.open()
        self._opened_at, self._well = self._line.now_s(), True

    def _times(self) -> tuple[float, float]:
        return self._line.now_s(), self._line.drained_at

    def _perform(self, script: Script[T]) -> T:
        try:
            return perform(script, self._line, self._talk)
        except BaseException:
            self._well = False
            raise

    def _now_ns(self) -> int:
        return round(self._line.now_s() * 1e9)

    def _new_id(self) -> bytes:
        self._next_id = self._next_id % 9999 + 1
        return f"{self._next_id:04d}".encode()
