"""Asks an ESC/POS printer that nobody knows what it can say, and has it print the calibration slip."""

import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from escpos.constants import GS

from drivers.escpos.calibration import calibration_slip
from drivers.escpos.encoder import FILL
from drivers.escpos.printer import CLEAR_LINE, FENCE, PROCESS_ID
from drivers.escpos.replies import (
    Automatic,
    Info,
    ProcessId,
    Queued,
    RealTime,
    Reply,
    ReplyReader,
    from_real_time,
)
from drivers.escpos.talk import ANSWER_S, ASB_ON, QUESTIONS
from drivers.printer_line import Wire
from kiosk.ports import DeviceError, DeviceSilent, PrinterFacts, PrinterState

PAUSE_S = 0.3
PAPER_S = 3.0
"""The slip, some 120 mm, is out in this time after its last byte."""
STALLED_S = 10.0
ASB_OFF = GS + b"a\x00"
IDENTIFY = GS + b"I"
FIRMWARE, MAKER, MODEL, SERIAL, FONT = (bytes([n]) for n in range(65, 70))
AFRESH = FILL * 4
"""Ends the longest command of a slip of ours that was cut off: 24 rows of the cross."""

SWALLOWED = 4096
"""Bytes; most commands that were cut off have had enough then."""

R = TypeVar("R", bound=Reply)


class EscposProbe:
    """A PrinterProbe over any line. Everything it asks leaves an unknowing printer with letters in its line buffer at
    most, which ESC @ clears."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._replies = wire, ReplyReader()

    def open(self) -> None:
        self._wire.open()
        self._replies.reset()
        self._write(FILL)
        if self._ask(QUESTIONS[0], RealTime) is None:
            # What somebody else's slip was cut off in may have swallowed the question.
            self._wire.write(bytes(SWALLOWED), STALLED_S)
        self._write(CLEAR_LINE)

    def state(self) -> PrinterState:
        time.sleep(PAUSE_S)
        answers: list[int] = []
        for question in QUESTIONS:
            answer = self._ask(question, RealTime)
            if answer is None:
                return PrinterState()
            answers.append(answer.byte)
        return from_real_time(*answers)

    def facts(self) -> PrinterFacts:
        facts = PrinterFacts(
            self.state(),
            self._ask(ASB_ON, Automatic) is not None,
            self._echoes(),
            self._ask(FENCE, Queued) is not None,
        )
        if facts == PrinterFacts():
            return facts
        texts = {n: self._text(n) for n in (MAKER, MODEL, FIRMWARE, SERIAL, FONT)}
        return replace(
            facts,
            maker=texts[MAKER],
            model=texts[MODEL],
            firmware=texts[FIRMWARE],
            serial=texts[SERIAL],
            font=texts[FONT],
        )

    def calibrate(self) -> PrinterState:
        slip = AFRESH + calibration_slip()
        whole = self._wire.write(slip, STALLED_S + len(slip) * self._wire.byte_s) == len(slip)
        end = max(time.monotonic(), self._wire.drained_at) + PAPER_S
        state = self.state()
        while state.known and state.ready and time.monotonic() < end:
            state = self.state()
        if not whole and state.ready:
            raise self._takes_nothing()
        return state

    def close(self) -> None:
        with contextlib.suppress(DeviceError):
            self._write(ASB_OFF + CLEAR_LINE)
        self._wire.close()

    def _echoes(self) -> bool:
        mark = f"{secrets.randbelow(10_000):04d}".encode()
        return self._ask(PROCESS_ID + mark, ProcessId, lambda reply: reply.id == mark) is not None

    def _text(self, which: bytes) -> str:
        """Only what can be shown: a printer may send anything."""
        reply = self._ask(IDENTIFY + which, Info, lambda reply: reply.data[:1] == b"\x5f")
        text = reply.data[1:-1].decode("gbk", "replace") if reply is not None else ""
        return "".join(character for character in text if character.isprintable()).strip()

    def _ask(self, question: bytes, kind: type[R], fits: Callable[[R], bool] = lambda _: True) -> R | None:
        """The answer, None after a second without; nothing else is sent meanwhile."""
        self._write(question)
        end = max(time.monotonic(), self._wire.drained_at) + ANSWER_S
        while (left := end - time.monotonic()) > 0:
            for reply in self._replies.feed(self._wire.read(left)):
                if isinstance(reply, kind) and fits(reply):
                    return reply
        self._replies.reset()
        return None

    def _write(self, data: bytes) -> None:
        patience = ANSWER_S + max(0.0, self._wire.drained_at - time.monotonic())
        if self._wire.write(data, patience) < len(data):
            raise self._takes_nothing()

    def _takes_nothing(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self._wire.name}: takes no data")
