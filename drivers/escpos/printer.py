"""An ESC/POS printer: the shell around the talk with it, which owns the line and the clock and waits."""

import secrets
from collections.abc import Callable, Sequence

from drivers.escpos.batch import Batch, Confirm
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.opening import opening
from drivers.escpos.printing import PAPER, proving, sending, watching
from drivers.escpos.script import ClockedLine, Script, T, perform
from drivers.escpos.talk import QUESTIONS, Talk
from kiosk.ports import DeviceRefused, Document, PrinterState, PrintReport

__all__ = ["Confirm", "EscposPrinter"]

PATIENCE_S = 8.0
"""Seconds that a slip may take beyond its bytes' time on the line, if the printer does not ask for a human."""


class EscposPrinter:
    """A Printer over any line. `confirm` is what the model can do; NONE is a one-way printer."""

    def __init__(
        self,
        line: ClockedLine,
        encoder: SlipEncoder,
        confirm: Confirm = Confirm.PROCESS_ID,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._line, self._encoder, self._confirm = line, encoder, confirm
        self._patience_s = patience_s
        self._talk = Talk(line.name, line.byte_s)
        # Not from one again at each start: a slip still in the printer's buffer must not prove a new one.
        self._next_id = secrets.randbelow(9999)

    def open(self, interrupted: bool) -> PrinterState:
        self._line.open()
        self._perform(opening(self._talk, self._encoder.fill, self._confirm, interrupted, self._patience_s))
        return self._talk.state

    def close(self) -> None:
        self._talk.end(self._line.now_s(), self._line.drained_at)
        self._line.close()

    def status(self, timeout: float) -> PrinterState:
        before = self._talk.state
        if self._confirm is Confirm.NONE:
            self._perform(self._talk.listen(timeout))
        else:
            self._perform(self._talk.turn(timeout, lambda: self._talk.state != before))
        return self._talk.state

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        faults = self._talk.state.faults
        if faults:
            raise DeviceRefused(f"printer {self._line.name}: {', '.join(sorted(faults))}")
        batch = Batch([self._new_id() for _ in documents], self._confirm, changed)
        batch.answers = -self._talk.unanswered
        data = b"".join(batch.mixed(map(self._encoder.pieces, documents), QUESTIONS[PAPER], self._line.byte_s))
        rendered = self._now_ns()
        self._talk.batch = batch
        try:
            whole = batch.alive = self._perform(sending(self._talk, batch, data, self._patience_s))
            written = self._now_ns()
            if whole:
                self._prove(batch, documents)
        finally:
            self._talk.batch = None
        return PrintReport(batch.outcomes(whole), rendered, written, self._now_ns(), batch.alive)

    def _prove(self, batch: Batch, documents: Sequence[Document]) -> None:
        match self._confirm:
            case Confirm.PROCESS_ID | Confirm.FENCE:
                self._perform(proving(self._talk, batch, self._patience_s))
            case Confirm.STATUS:
                rows = sum(map(self._encoder.rows, documents))
                self._perform(watching(self._talk, batch, rows))
            case Confirm.NONE:
                pass

    def _perform(self, script: Script[T]) -> T:
        return perform(script, self._line, self._talk)

    def _now_ns(self) -> int:
        return round(self._line.now_s() * 1e9)

    def _new_id(self) -> bytes:
        self._next_id = self._next_id % 9999 + 1
        return f"{self._next_id:04d}".encode()
