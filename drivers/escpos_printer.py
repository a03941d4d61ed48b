"""An ESC/POS printer: sends slips, reads back what became of them, and always knows what it knows."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from escpos.constants import DLE, ESC, GS

from drivers.escpos_bytes import CUT, SlipEncoder
from drivers.escpos_line import Wire
from drivers.escpos_replies import (
    Automatic,
    ProcessId,
    Queued,
    RealTime,
    Reply,
    ReplyReader,
    from_automatic,
    from_real_time,
)
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

ANSWER_S = 1.0
"""A printer that answers at all answers DLE EOT within this time."""
HEARTBEAT_S = 2.0
"""A quiet printer is asked this often whether it is still there: pulled power leaves a serial line open."""
PATIENCE_S = 8.0
"""Seconds that a slip may take beyond what came before it; a printer that asks for a human gets HUMAN_S."""
HUMAN_S = 60.0

ASB_ON = GS + b"a\x0f"
FENCE = GS + b"r\x01"
REAL_TIME = tuple(DLE + b"\x04" + bytes([n]) for n in (1, 2, 3, 4))
CLEAR_LINE = ESC + b"@"
FILL = b"\x7f" + bytes(63)
"""Ends whatever command was cut off. The first byte is no digit of code set C, so no barcode can be completed with
wrong digits; the rest is nothing where text is expected."""
FLOOD = bytes(4096)
"""A command whose length was cut off may swallow 32 KB: more of nothing, until the printer answers again."""
FLOODS, FLOOD_S = 9, 10.0


TEARING = frozenset({PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.CUTTER, PrinterFault.BROKEN})
"""Faults that stop the paper under a slip; a hot head only pauses."""


class Confirm(StrEnum):
    """How the printer proves a slip."""

    PROCESS_ID = "process-id"
    FENCE = "fence"
    NONE = "none"


@dataclass(slots=True)
class _Batch:
    """The slips under way: how many are proved, and which may be torn because paper or cover failed under the head."""

    ids: list[bytes]
    fenced: bool
    changed: Callable[[PrinterState], None]
    done: int = 0
    torn: set[int] = field(default_factory=set)

    def echoed(self, mark: bytes) -> None:
        if mark in self.ids:
            self.done = max(self.done, self.ids.index(mark) + 1)

    def passed_fence(self) -> None:
        if self.fenced:
            self.done += 1


class EscposPrinter:
    """A Printer over any line. `confirm` is what the model can do; NONE is a one-way printer."""

    def __init__(self, wire: Wire, encoder: SlipEncoder, confirm: Confirm = Confirm.PROCESS_ID) -> None:
        self._wire, self._encoder, self._confirm = wire, encoder, confirm
        self._replies = ReplyReader()
        self._state = PrinterState()
        self._batch: _Batch | None = None
        self._heard_at = 0.0
        # Not from one again at each start: a slip still in the printer's buffer must not prove a new one.
        self._next_id = secrets.randbelow(9999)

    def open(self, interrupted: bool) -> PrinterState:
        self._wire.open()
        self._replies.reset()
        self._state = PrinterState()
        self._write(FILL)
        if interrupted and self._confirm is not Confirm.NONE:
            self._flood()
        # A one-way printer never tells that a slip lost its tail.
        self._write(CLEAR_LINE + (CUT if interrupted or self._confirm is Confirm.NONE else b""))
        if self._confirm is not Confirm.NONE:
            self._state = self._ask_state()
            self._write(ASB_ON)
        if interrupted and self._confirm is Confirm.FENCE:
            self._let_old_fences_pass()
        return self._state

    def close(self) -> None:
        self._wire.close()

    def status(self, timeout: float) -> PrinterState:
        """By ASB where it came; a quiet printer is asked, which also tells one that was switched off and on."""
        before = self._state
        self._listen(timeout, lambda: self._state != before)
        if self._confirm is not Confirm.NONE and time.monotonic() - self._heard_at > HEARTBEAT_S:
            self._state = self._ask_state()
            if self._state.ready:
                # A power cycle turns ASB off. A printer that is offline would only store the command.
                self._write(ASB_ON)
        return self._state

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        if not self._state.ready:
            raise DeviceRefused(f"printer {self._wire.name}: {', '.join(sorted(self._state.faults))}")
        batch = _Batch([self._new_id() for _ in documents], self._confirm is Confirm.FENCE, changed)
        data = b"".join(self._slip(document, mark) for document, mark in zip(documents, batch.ids, strict=True))
        rendered = time.monotonic_ns()
        self._batch = batch
        try:
            whole = self._send(data)
            written = time.monotonic_ns()
            if whole and self._confirm is not Confirm.NONE:
                self._await(batch)
        finally:
            self._batch = None
        return PrintReport(self._outcomes(batch, whole), rendered, written, time.monotonic_ns())

    def _slip(self, document: Document, mark: bytes) -> bytes:
        data = self._encoder.encode(document)
        match self._confirm:
            case Confirm.PROCESS_ID:
                return b"".join((data, GS, b"(H\x06\x00\x30\x30", mark))
            case Confirm.FENCE:
                return b"".join((data, FENCE))
            case Confirm.NONE:
                return data

    def _new_id(self) -> bytes:
        self._next_id = self._next_id % 9999 + 1
        return f"{self._next_id:04d}".encode()

    def _send(self, data: bytes) -> bool:
        """True if all bytes left. Raises DeviceGone only before the first one did."""
        sent = self._wire.write(data, PATIENCE_S)
        end = time.monotonic() + PATIENCE_S
        while sent < len(data) and time.monotonic() < end:
            try:
                self._listen(0.05, lambda: False)
                sent += self._wire.write(data[sent:], 0.05)
            except DeviceGone:
                return False
            if not self._state.ready:
                end = max(end, time.monotonic() + PATIENCE_S)
        return sent == len(data)

    def _await(self, batch: _Batch) -> None:
        """Waits for the proofs, for each slip anew; longer while the printer says that it waits for a human."""
        latest = time.monotonic() + HUMAN_S
        done, end = 0, time.monotonic() + PATIENCE_S
        while batch.done < len(batch.ids) and time.monotonic() < min(end, latest):
            try:
                self._hear_or_ask(batch)
            except DeviceError:
                return
            if batch.done > done or not self._state.ready:
                done, end = batch.done, time.monotonic() + PATIENCE_S

    def _hear_or_ask(self, batch: _Batch) -> None:
        """What a printer switched off and on in mid-job would never say by itself, it is asked."""
        before, done = self._state, batch.done
        self._listen(ANSWER_S, lambda: self._state != before or batch.done > done)
        if time.monotonic() - self._heard_at > HEARTBEAT_S:
            self._become(self._ask_state())

    def _outcomes(self, batch: _Batch, whole: bool) -> tuple[PrintOutcome, ...]:
        if self._confirm is Confirm.NONE and whole:
            return (PrintOutcome.UNKNOWABLE,) * len(batch.ids)
        proved = set(range(batch.done)) - batch.torn
        return tuple(
            PrintOutcome.CONFIRMED if index in proved else PrintOutcome.UNCONFIRMED for index in range(len(batch.ids))
        )

    def _flood(self) -> None:
        """Feeds a command that swallows everything until it has had enough. Raises DeviceSilent if it never has."""
        for _ in range(FLOODS):
            try:
                self._ask(REAL_TIME[0])
            except DeviceSilent:
                self._wire.write(FLOOD, FLOOD_S)
            else:
                return
        raise DeviceSilent(f"printer {self._wire.name}: no answer after a slip that was cut off")

    def _let_old_fences_pass(self) -> None:
        """A fence does not say whose it is: those of slips still in the printer must not prove a new one."""
        old = self._batch = _Batch([], True, lambda _: None)
        passed, end = 0, time.monotonic() + PATIENCE_S
        try:
            while time.monotonic() < end and self._state.ready:
                self._hear_or_ask(old)
                if old.done > passed:
                    passed, end = old.done, time.monotonic() + PATIENCE_S
        finally:
            self._batch = None
        if not self._state.ready:
            raise DeviceSilent(f"printer {self._wire.name}: stopped while old slips were coming out")

    def _ask_state(self) -> PrinterState:
        """Four questions, one after the other: an answer does not say which it belongs to. Raises DeviceSilent."""
        return from_real_time(*(self._ask(question) for question in REAL_TIME))

    def _ask(self, question: bytes) -> int:
        answers: list[int] = []
        self._write(question)
        self._listen(ANSWER_S, lambda: bool(answers), answers)
        if not answers:
            raise DeviceSilent(f"printer {self._wire.name}: no answer to a status question")
        return answers[0]

    def _listen(self, timeout: float, enough: Callable[[], bool], answers: list[int] | None = None) -> None:
        """Reads at least once, then until there is enough or `timeout` seconds are over."""
        end = time.monotonic() + timeout
        while True:
            for reply in self._replies.feed(self._wire.read(end - time.monotonic())):
                self._take(reply)
                if answers is not None and isinstance(reply, RealTime):
                    answers.append(reply.byte)
            if enough() or time.monotonic() >= end:
                return

    def _take(self, reply: Reply) -> None:
        self._heard_at = time.monotonic()
        match reply:
            case Automatic(data):
                self._become(from_automatic(data))
            case ProcessId(mark) if self._batch is not None:
                self._batch.echoed(mark)
            case Queued() if self._batch is not None:
                self._batch.passed_fence()
            case _:
                pass

    def _become(self, state: PrinterState) -> None:
        changed, self._state = state != self._state, state
        if self._batch is not None and changed:
            self._batch.changed(state)
        if self._batch is not None and state.faults & TEARING:
            self._batch.torn.add(self._batch.done)

    def _write(self, data: bytes) -> None:
        if self._wire.write(data, ANSWER_S) < len(data):
            raise DeviceSilent(f"printer {self._wire.name}: takes no data")
