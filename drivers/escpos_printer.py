"""An ESC/POS printer: sends slips, reads back what became of them, and always knows what it knows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from kiosk.ports import DeviceGone, DeviceRefused, DeviceSilent, Document, PrinterState, PrintOutcome, PrintReport

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


class Confirm(StrEnum):
    """How the printer proves a slip."""

    PROCESS_ID = "process-id"
    FENCE = "fence"
    NONE = "none"


@dataclass(slots=True)
class _Batch:
    """The slips under way: which ids are still awaited, and whether a fault may have torn the next one."""

    ids: list[bytes]
    done: int = 0
    torn: set[int] | None = None


class EscposPrinter:
    """A Printer over any line. `confirm` is what the model can do; NONE is a one-way printer."""

    def __init__(self, wire: Wire, encoder: SlipEncoder, confirm: Confirm = Confirm.PROCESS_ID) -> None:
        self._wire, self._encoder, self._confirm = wire, encoder, confirm
        self._replies = ReplyReader()
        self._state = PrinterState()
        self._automatic = False
        self._heard_at = 0.0
        self._next_id = 0

    def open(self, interrupted: bool) -> PrinterState:
        self._wire.open()
        self._replies.reset()
        self._state, self._automatic = PrinterState(), False
        self._write(FILL)
        if interrupted and self._confirm is not Confirm.NONE:
            self._flood()
        self._write(CLEAR_LINE + (CUT if interrupted else b""))
        if self._confirm is not Confirm.NONE:
            self._state = self._ask_state()
            self._write(ASB_ON)
            self._listen(0.2, lambda: self._automatic)
        return self._state

    def close(self) -> None:
        self._wire.close()

    def status(self, timeout: float) -> PrinterState:
        """By ASB where it came, else by DLE EOT; a quiet printer is asked for a sign of life."""
        before = self._state
        self._listen(timeout, lambda: self._state != before)
        if self._confirm is not Confirm.NONE and time.monotonic() - self._heard_at > HEARTBEAT_S:
            asked = self._ask_state()
            self._state = self._state if self._automatic else asked
        return self._state

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        if not self._state.ready:
            raise DeviceRefused(f"printer {self._wire.name}: {', '.join(sorted(self._state.faults))}")
        batch = _Batch([self._new_id() for _ in documents])
        data = b"".join(self._slip(document, mark) for document, mark in zip(documents, batch.ids, strict=True))
        rendered = time.monotonic_ns()
        whole = self._send(data, batch, changed)
        written = time.monotonic_ns()
        if whole and self._confirm is not Confirm.NONE:
            self._await(batch, changed)
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

    def _send(self, data: bytes, batch: _Batch, changed: Callable[[PrinterState], None]) -> bool:
        """True if all bytes left. Raises DeviceGone only before the first one did."""
        sent = self._wire.write(data, PATIENCE_S)
        end = time.monotonic() + PATIENCE_S
        while sent < len(data) and time.monotonic() < end:
            try:
                self._hear(batch, self._wire.read(0.05), changed)
                sent += self._wire.write(data[sent:], 0.05)
            except DeviceGone:
                return False
            if not self._state.ready:
                end = max(end, time.monotonic() + PATIENCE_S)
        return sent == len(data)

    def _await(self, batch: _Batch, changed: Callable[[PrinterState], None]) -> None:
        """Waits for the proofs; longer while the printer says that it waits for a human."""
        end = time.monotonic() + PATIENCE_S
        latest = end + HUMAN_S
        while batch.done < len(batch.ids) and time.monotonic() < min(end, latest):
            try:
                self._hear(batch, self._wire.read(min(end - time.monotonic(), 0.5)), changed)
            except DeviceGone:
                return
            if not self._state.ready:
                end = time.monotonic() + PATIENCE_S

    def _hear(self, batch: _Batch, data: bytes, changed: Callable[[PrinterState], None]) -> None:
        for reply in self._replies.feed(data):
            before = self._state
            self._take(reply)
            match reply:
                case ProcessId(mark) if mark in batch.ids:
                    batch.done = max(batch.done, batch.ids.index(mark) + 1)
                case Queued() if self._confirm is Confirm.FENCE:
                    batch.done += 1
                case _:
                    pass
            if self._state != before:
                changed(self._state)
            if not self._state.ready:
                # The slip under the head when paper or cover failed may be torn even if it is echoed later.
                batch.torn = (batch.torn or set()) | {batch.done}

    def _outcomes(self, batch: _Batch, whole: bool) -> tuple[PrintOutcome, ...]:
        if self._confirm is Confirm.NONE and whole:
            return (PrintOutcome.UNKNOWABLE,) * len(batch.ids)
        torn = batch.torn or set()
        return tuple(
            PrintOutcome.CONFIRMED if index < batch.done and index not in torn else PrintOutcome.UNCONFIRMED
            for index in range(len(batch.ids))
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

    def _ask_state(self) -> PrinterState:
        """Four questions, one after the other: an answer does not say which it belongs to. Raises DeviceSilent."""
        return from_real_time(*(self._ask(question) for question in REAL_TIME))

    def _ask(self, question: bytes) -> int:
        answers: list[int] = []
        self._write(question)
        self._listen(ANSWER_S, lambda: bool(answers), lambda reply: _collect(reply, answers))
        if not answers:
            raise DeviceSilent(f"printer {self._wire.name}: no answer to a status question")
        return answers[0]

    def _listen(
        self, timeout: float, enough: Callable[[], bool], also: Callable[[Reply], None] = lambda _: None
    ) -> None:
        """Reads at least once, then until there is enough or `timeout` seconds are over."""
        end = time.monotonic() + timeout
        while True:
            for reply in self._replies.feed(self._wire.read(end - time.monotonic())):
                self._take(reply)
                also(reply)
            if enough() or time.monotonic() >= end:
                return

    def _take(self, reply: Reply) -> None:
        self._heard_at = time.monotonic()
        if isinstance(reply, Automatic):
            self._state, self._automatic = from_automatic(reply.data), True

    def _write(self, data: bytes) -> None:
        if self._wire.write(data, ANSWER_S) < len(data):
            raise DeviceSilent(f"printer {self._wire.name}: takes no data")


def _collect(reply: Reply, answers: list[int]) -> None:
    if isinstance(reply, RealTime):
        answers.append(reply.byte)
