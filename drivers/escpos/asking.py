"""What a printer that nobody knows is asked, as scripts: each question alone, with a second for its answer."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from escpos.constants import GS

from drivers.dialogue import Listen, Rest
from drivers.escpos.batch import FENCE, PROCESS_ID
from drivers.escpos.calibration import calibration_slip
from drivers.escpos.encoder import FILL
from drivers.escpos.opening import CLEAR_LINE
from drivers.escpos.pairing import QUIET_S
from drivers.escpos.replies import (
    REGULAR,
    Automatic,
    Info,
    ProcessId,
    Queued,
    RealTime,
    Reply,
    ReplyReader,
    from_real_time,
)
from drivers.escpos.script import Moment, Script, Write
from drivers.escpos.talk import ANSWER_S, ASB_ON, QUESTIONS
from drivers.escpos.turns import MOST_PAUSES
from kiosk.ports import DeviceSilent, PrinterFacts, PrinterState

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


class Asking:
    """Everything it asks leaves an unknowing printer with letters in its line buffer at most, which ESC @ clears."""

    def __init__(self, name: str, byte_s: float) -> None:
        self._name, self._byte_s = name, byte_s
        self._replies = ReplyReader()
        self._moment = Moment(0.0, 0.0)

    def take(self, moment: Moment) -> None:
        self._moment = moment

    def opening(self) -> Script[None]:
        self._replies.reset()
        yield from self._write(FILL)
        if (yield from self._ask(QUESTIONS[0], RealTime)) is None:
            # What somebody else's slip was cut off in may have swallowed the question.
            yield Write(bytes(SWALLOWED), STALLED_S)
        yield from self._write(CLEAR_LINE)

    def state(self) -> Script[PrinterState]:
        yield Rest(self._moment.now + PAUSE_S)
        answers: list[int] = []
        for question in QUESTIONS:
            yield from self._fall_quiet()
            answer = yield from self._ask(question, RealTime)
            if answer is None and question is QUESTIONS[0]:
                return PrinterState()
            # Some answer the first and not all others.
            answers.append(REGULAR if answer is None else answer.byte)
        return from_real_time(*answers)

    def facts(self) -> Script[PrinterFacts]:
        state = yield from self.state()
        asb = (yield from self._ask(ASB_ON, Automatic)) is not None
        process_id = yield from self._echoes()
        fence = (yield from self._ask(FENCE, Queued)) is not None
        facts = PrinterFacts(state, asb, process_id, fence)
        if facts == PrinterFacts():
            return facts
        texts: dict[bytes, str] = {}
        for which in (MAKER, MODEL, FIRMWARE, SERIAL, FONT):
            texts[which] = yield from self._text(which)
        return PrinterFacts(
            state,
            asb,
            process_id,
            fence,
            maker=texts[MAKER],
            model=texts[MODEL],
            firmware=texts[FIRMWARE],
            serial=texts[SERIAL],
            font=texts[FONT],
        )

    def calibrating(self) -> Script[PrinterState]:
        slip = AFRESH + calibration_slip()
        whole = (yield Write(slip, STALLED_S + len(slip) * self._byte_s)).taken == len(slip)
        end = max(self._moment.now, self._moment.drained_at) + PAPER_S
        state = yield from self.state()
        while state.known and state.ready and self._moment.now < end:
            state = yield from self.state()
        if not whole and state.ready:
            raise self._takes_nothing()
        return state

    def leaving(self) -> Script[None]:
        yield from self._write(ASB_OFF + CLEAR_LINE)

    def _echoes(self) -> Script[bool]:
        mark = f"{secrets.randbelow(10_000):04d}".encode()
        return (yield from self._ask(PROCESS_ID + mark, ProcessId, lambda reply: reply.id == mark)) is not None

    def _fall_quiet(self) -> Script[None]:
        """What still comes answers an earlier question, or none: it would be taken for the next one's answer."""
        for _ in range(MOST_PAUSES):
            if not (yield Listen(self._moment.now + QUIET_S)).came:
                break
        self._replies.reset()

    def _text(self, which: bytes) -> Script[str]:
        """Only what can be shown: a printer may send anything."""
        reply = yield from self._ask(IDENTIFY + which, Info, lambda reply: reply.data[:1] == b"\x5f")
        text = reply.data[1:-1].decode("gbk", "replace") if reply is not None else ""
        return "".join(character for character in text if character.isprintable()).strip()

    def _ask(self, question: bytes, kind: type[R], fits: Callable[[R], bool] = lambda _: True) -> Script[R | None]:
        """The answer, None after a second without; nothing else is sent meanwhile."""
        yield from self._write(question)
        end = max(self._moment.now, self._moment.drained_at) + ANSWER_S
        while self._moment.now < end:
            came = (yield Listen(end)).came
            for reply in self._replies.feed(came):
                if isinstance(reply, kind) and fits(reply):
                    return reply
        self._replies.reset()
        return None

    def _write(self, data: bytes) -> Script[None]:
        patience = ANSWER_S + max(0.0, self._moment.drained_at - self._moment.now)
        if (yield Write(data, patience)).taken < len(data):
            raise self._takes_nothing()

    def _takes_nothing(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self._name}: takes no data")
