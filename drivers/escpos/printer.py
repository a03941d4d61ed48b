"""An ESC/POS printer: sends slips, reads back what became of them, and always knows what it knows."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from escpos.constants import ESC, GS

from drivers.escpos.encoder import CUT, SlipEncoder
from drivers.escpos.replies import ProcessId, Queued, RealTime, Reply
from drivers.escpos.talk import ANSWER_S, QUESTIONS, Talk
from drivers.printer_line import Wire
from kiosk.ports import (
    DeviceError,
    DeviceGone,
    DeviceRefused,
    DeviceSilent,
    Document,
    PrinterFault,
    PrinterState,
    PrintOutcome,
    PrintReport,
)

PATIENCE_S = 8.0
"""Seconds that a slip may take beyond its bytes' time on the line; a printer that asks for a human gets HUMAN_S."""
HUMAN_S = 60.0
TURN_S = 0.1
SLOWEST_ROWS_S = 50 * 8
"""Dot rows a second of the slowest head, 50 mm/s."""
ASK_EVERY_S = 0.25
"""A slip that takes longer on the line is mixed with questions: a printer that was off meanwhile leaves one without
an answer, although the slip's end came through. No printer starts up faster than this."""

PROCESS_ID: bytes = GS + b"(H\x06\x00\x30\x30"
FENCE: bytes = GS + b"r\x01"
CLEAR_LINE = ESC + b"@"
FLOOD = 100_000
"""Bytes. A command whose length was cut off may swallow this many: three for each of 32 K columns."""
BLIND_FLOOD = 33_000
"""The same for a one-way printer, to which nobody can tell when it is enough: the length of a QR code's data."""
FLOOD_ANSWER_S = 0.3
BLIND_S = 10.0
"""A one-way printer that is lost so soon after a slip's last byte may have lost its tail."""
PAPER = 3
"""Which question a slip is mixed with."""

TEARING = frozenset({PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.CUTTER, PrinterFault.BROKEN})
"""Faults that stop the paper under a slip; a hot head only pauses."""


class Confirm(StrEnum):
    """How the printer proves a slip."""

    PROCESS_ID = "process-id"
    FENCE = "fence"
    STATUS = "status"
    """It answers questions and nothing else: a slip counts as proved if all was well until it must have come out."""
    NONE = "none"


@dataclass(slots=True)
class _Batch:
    """The slips under way: which are proved, and which are torn: paper or cover failed under the head, or a question
    among their bytes was never answered."""

    ids: list[bytes]
    fenced: bool
    changed: Callable[[PrinterState], None]
    questions: list[int] = field(default_factory=list)
    """How many questions were sent up to the end of each slip; `answers` counts down from those asked before."""
    answers: int = 0
    fences: int = 0
    alive: bool = True
    proved: set[int] = field(default_factory=set)
    torn: set[int] = field(default_factory=set)

    def echoed(self, mark: bytes) -> None:
        """Proves that slip only: one before it may have been lost with the printer's power."""
        if mark in self.ids:
            self._prove(self.ids.index(mark))

    def passed_fence(self) -> None:
        """A fence does not say whose it is, so slips are proved when all have come."""
        self.fences += self.fenced
        if self.fences == len(self.ids):
            for index in range(len(self.ids)):
                self._prove(index)

    def stopped(self) -> None:
        """The paper has stopped under the slip that comes after the last proved one."""
        self.torn.add(max(self.proved, default=self.fences - 1) + 1)

    @property
    def progress(self) -> int:
        return len(self.proved) + self.fences

    @property
    def ended(self) -> bool:
        return bool(self.ids) and len(self.ids) - 1 in self.proved

    def _prove(self, index: int) -> None:
        self.proved.add(index)
        if self.answers < self.questions[index]:
            self.torn.add(index)


class EscposPrinter:
    """A Printer over any line. `confirm` is what the model can do; NONE is a one-way printer."""

    def __init__(
        self, wire: Wire, encoder: SlipEncoder, confirm: Confirm = Confirm.PROCESS_ID, patience_s: float = PATIENCE_S
    ) -> None:
        self._wire, self._encoder, self._confirm = wire, encoder, confirm
        self._patience_s = patience_s
        self._talk = Talk(wire, self)
        self._batch: _Batch | None = None
        self._lost_blind = False
        # Not from one again at each start: a slip still in the printer's buffer must not prove a new one.
        self._next_id = secrets.randbelow(9999)

    def open(self, interrupted: bool) -> PrinterState:
        self._wire.open()
        self._talk.begin()
        self._talk.write(self._encoder.fill)
        one_way = self._confirm is Confirm.NONE
        if one_way and (interrupted or self._lost_blind):
            self._flood_blindly()
        elif interrupted:
            self._flood()
        # A one-way printer never tells that a slip lost its tail.
        self._talk.write(CLEAR_LINE + (CUT if interrupted or one_way else b""))
        if not one_way:
            self._talk.ask_state()
            self._talk.switch_asb_on()
        if interrupted and self._confirm is Confirm.FENCE:
            self._let_old_fences_pass()
        return self._talk.state

    def close(self) -> None:
        drained_at = self._wire.drained_at
        self._lost_blind |= bool(drained_at) and time.monotonic() < drained_at + BLIND_S
        self._wire.close()

    def status(self, timeout: float) -> PrinterState:
        before = self._talk.state
        if self._confirm is Confirm.NONE:
            self._talk.listen(timeout, lambda: False)
        else:
            self._talk.turn(timeout, lambda: self._talk.state != before)
        return self._talk.state

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        faults = self._talk.state.faults
        if faults:
            raise DeviceRefused(f"printer {self._wire.name}: {', '.join(sorted(faults))}")
        batch = _Batch([self._new_id() for _ in documents], self._confirm is Confirm.FENCE, changed)
        batch.answers = -self._talk.unanswered
        data = b"".join(self._mixed(documents, batch))
        rendered = time.monotonic_ns()
        self._batch = batch
        try:
            for _ in range(batch.questions[-1]):
                self._talk.asked(PAPER)
            whole = batch.alive = self._send(data)
            written = time.monotonic_ns()
            if whole and self._confirm is Confirm.STATUS:
                self._await_paper(batch, sum(map(self._encoder.rows, documents)))
            elif whole and self._confirm is not Confirm.NONE:
                self._await(batch)
        finally:
            self._batch = None
        return PrintReport(self._outcomes(batch, whole), rendered, written, time.monotonic_ns(), batch.alive)

    def became(self, state: PrinterState) -> None:
        if self._batch is not None:
            self._batch.changed(state)

    def heard(self, reply: Reply) -> None:
        batch = self._batch
        if batch is None:
            return
        match reply:
            case RealTime():
                batch.answers += 1
            case ProcessId(mark):
                batch.echoed(mark)
            case Queued():
                batch.passed_fence()
            case _:
                pass
        if self._talk.state.faults & TEARING:
            batch.stopped()

    def _mixed(self, documents: Sequence[Document], batch: _Batch) -> Iterator[bytes]:
        """The slips, each with its proof, and on a slow line a question now and then."""
        since = asked = 0
        for document, mark in zip(documents, batch.ids, strict=True):
            for piece in self._encoder.pieces(document):
                yield piece
                since += len(piece)
                if self._confirm is not Confirm.NONE and since * self._wire.byte_s > ASK_EVERY_S:
                    yield QUESTIONS[PAPER]
                    since, asked = 0, asked + 1
            batch.questions.append(asked)
            yield self._proof(mark)

    def _proof(self, mark: bytes) -> bytes:
        match self._confirm:
            case Confirm.PROCESS_ID:
                return PROCESS_ID + mark
            case Confirm.FENCE:
                return FENCE
            case Confirm.STATUS | Confirm.NONE:
                return b""

    def _new_id(self) -> bytes:
        self._next_id = self._next_id % 9999 + 1
        return f"{self._next_id:04d}".encode()

    def _send(self, data: bytes) -> bool:
        """True if all bytes left. Raises DeviceGone only before the first one did."""
        sent = self._wire.write(data, self._patience_s)
        end = time.monotonic() + self._patience_s
        while sent < len(data) and time.monotonic() < end:
            try:
                self._talk.listen(0.05, lambda: False)
                taken = self._wire.write(data[sent:], 0.05)
            except DeviceGone:
                return False
            sent += taken
            if taken or not self._talk.state.ready:
                end = max(end, time.monotonic() + self._patience_s)
        return sent == len(data)

    def _await(self, batch: _Batch) -> None:
        """Waits for the proofs, for each slip anew; longer while the printer says that it waits for a human."""
        begun = max(time.monotonic(), self._wire.drained_at)
        progress, end, latest = 0, begun + self._patience_s, begun + HUMAN_S
        while not batch.ended and time.monotonic() < min(end, latest):
            try:
                self._talk.turn(TURN_S, lambda seen=progress: batch.progress > seen)  # type: ignore[misc]
            except DeviceError:
                batch.alive = False
                return
            if batch.progress > progress or not self._talk.state.ready:
                progress, end = batch.progress, max(end, time.monotonic() + self._patience_s)

    def _await_paper(self, batch: _Batch, rows: int) -> None:
        """Asks again and again until the paper must have come out. One fault or one question without an answer, and
        nobody knows which slip it met."""
        end = max(time.monotonic(), self._wire.drained_at) + rows / SLOWEST_ROWS_S + ANSWER_S
        try:
            while time.monotonic() < end and not batch.torn:
                self._talk.turn(TURN_S, lambda: False)
            self._talk.ask_state()
        except DeviceError:
            batch.alive = False
            return
        if self._talk.state.ready and not batch.torn and batch.answers >= batch.questions[-1]:
            batch.proved = set(range(len(batch.ids)))

    def _outcomes(self, batch: _Batch, whole: bool) -> tuple[PrintOutcome, ...]:
        if self._confirm is Confirm.NONE and whole:
            return (PrintOutcome.UNKNOWABLE,) * len(batch.ids)
        proved = batch.proved - batch.torn
        return tuple(
            PrintOutcome.CONFIRMED if index in proved else PrintOutcome.UNCONFIRMED for index in range(len(batch.ids))
        )

    def _flood(self) -> None:
        """Feeds a command that swallows everything until it has had enough. Raises DeviceSilent if it never has."""
        fed, portion = 0, self._portion()
        while not self._talk.answers(FLOOD_ANSWER_S if fed and self._wire.byte_s else ANSWER_S):
            if fed >= FLOOD:
                raise DeviceSilent(f"printer {self._wire.name}: no answer after a slip that was cut off")
            fed += self._feed(portion)
        self._talk.listen(FLOOD_ANSWER_S if fed else 0, lambda: False)

    def _flood_blindly(self) -> None:
        """A one-way printer never tells whether it waits for the rest of a command."""
        for _ in range(0, BLIND_FLOOD, self._portion()):
            self._feed(self._portion())
        self._lost_blind = False

    def _portion(self) -> int:
        """Bytes of one second on a slow line; on a fast one what a torn QR code swallows."""
        return min(BLIND_FLOOD, int(1 / self._wire.byte_s)) if self._wire.byte_s else BLIND_FLOOD

    def _feed(self, size: int) -> int:
        self._wire.write(bytes(size), self._patience_s)
        time.sleep(max(0.0, self._wire.drained_at - time.monotonic()))
        return size

    def _let_old_fences_pass(self) -> None:
        """A fence does not say whose it is: those of slips still in the printer must not prove a new one."""
        old = self._batch = _Batch([], True, lambda _: None)
        passed, end = 0, time.monotonic() + self._patience_s
        try:
            while time.monotonic() < end and self._talk.state.ready:
                self._talk.turn(TURN_S, lambda seen=passed: old.fences > seen)  # type: ignore[misc]
                if old.fences > passed:
                    passed, end = old.fences, time.monotonic() + self._patience_s
        finally:
            self._batch = None
        if not self._talk.state.ready:
            raise DeviceSilent(f"printer {self._wire.name}: stopped while old slips were coming out")
