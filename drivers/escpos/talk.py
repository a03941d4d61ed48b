"""What is said on a printer's line beside slips: questions, answers, and the state that they tell."""

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from escpos.constants import DLE, GS

from drivers.escpos.replies import Automatic, RealTime, Reply, ReplyReader, from_automatic, from_real_time
from drivers.printer_line import Wire
from kiosk.ports import DeviceSilent, PrinterState

ANSWER_S = 1.0
"""A printer that answers at all answers DLE EOT within this time."""
HEARTBEAT_S = 2.0
"""A quiet printer with ASB is asked this often whether it is still there: pulled power leaves a serial line open."""
ASB_ON = GS + b"a\x0f"
QUESTIONS = tuple(DLE + b"\x04" + bytes([n]) for n in (1, 2, 3, 4))


class Listener(Protocol):
    """Who wants to know what comes, besides answers to questions."""

    def became(self, state: PrinterState) -> None:
        """The printer's state has changed."""

    def heard(self, reply: Reply) -> None:
        """Any reply, also an answer to a question."""


class Talk:
    """One conversation. By ASB a printer tells each change itself; one without is asked a question at each turn.

    At most one question is under way unless `asked` says that more were sent among a slip's bytes.
    """

    def __init__(self, wire: Wire, listener: Listener) -> None:
        self._wire, self._listener = wire, listener
        self._replies = ReplyReader()
        self.state = PrinterState()
        self._asb = False
        self._heard_at = self._asked_at = 0.0
        self._open_questions: deque[int] = deque()
        self._answers: dict[int, int] = {}
        self._answered = False
        self._next = 0

    def begin(self) -> None:
        """After the line was opened: nothing is known."""
        self._replies.reset()
        self.state, self._asb = PrinterState(), False
        self._open_questions.clear()
        self._answers.clear()
        self._answered, self._next = False, 0

    @property
    def unanswered(self) -> int:
        """Questions under way."""
        return len(self._open_questions)

    def write(self, data: bytes) -> None:
        """A short command. Raises DeviceGone, DeviceSilent."""
        if self._wire.write(data, ANSWER_S) < len(data):
            raise DeviceSilent(f"printer {self._wire.name}: takes no data")

    def asked(self, question: int) -> None:
        """A question (0-3) goes out among other bytes."""
        self._open_questions.append(question)
        self._asked_at = time.monotonic()

    def turn(self, timeout: float, enough: Callable[[], bool]) -> None:
        """Listens, then asks what is due, without waiting for the answer. Raises DeviceGone, DeviceSilent."""
        self.listen(timeout, enough)
        now = time.monotonic()
        if self._open_questions:
            if now - max(self._asked_at, self._heard_at, self._wire.drained_at) > ANSWER_S:
                raise self._silence()
        elif self._answered and self._by_answers() != self.state:
            # Of four answers some are older than the change: only all four together are a state.
            self.ask_state()
        elif not self._asb or self._next or now - self._heard_at > HEARTBEAT_S:
            self._ask_next()

    def ask_state(self) -> None:
        """Learns the state anew, now. Raises DeviceGone, DeviceSilent."""
        self._await_answers()
        for question in range(len(QUESTIONS)):
            self._ask(question)
            self._await_answers()
        self._next = len(QUESTIONS) if self._asb else 0
        self._answered = False
        self._tell(self._by_answers())

    def answers(self, within_s: float) -> bool:
        """Whether a question is answered; one that is not is forgotten, and so is an answer that comes too late."""
        self._ask(0)
        self.listen(within_s + self._undrained_s(), lambda: not self._open_questions)
        answered = not self._open_questions
        self._open_questions.clear()
        return answered

    def switch_asb_on(self) -> None:
        """A power cycle turns it off. A printer that is offline only stores the command."""
        self.write(ASB_ON)

    def listen(self, timeout: float, enough: Callable[[], bool]) -> None:
        """Reads at least once, then until there is enough or `timeout` seconds are over."""
        end = time.monotonic() + timeout
        while True:
            for reply in self._replies.feed(self._wire.read(end - time.monotonic())):
                self._take(reply)
            if enough() or time.monotonic() >= end:
                return

    def _ask(self, question: int) -> None:
        self.write(QUESTIONS[question])
        self.asked(question)

    def _ask_next(self) -> None:
        """One question a turn, for ever where there is no ASB; where there is, after four it is switched on again."""
        if self._next < len(QUESTIONS):
            self._ask(self._next)
            self._next += 1
            return
        self._next = 0
        if not self._asb:
            self._ask_next()
        elif self.state.ready:
            self.switch_asb_on()

    def _await_answers(self) -> None:
        self.listen(ANSWER_S + self._undrained_s() if self._open_questions else 0, lambda: not self._open_questions)
        if self._open_questions:
            raise self._silence()

    def _undrained_s(self) -> float:
        return max(0.0, self._wire.drained_at - time.monotonic())

    def _silence(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self._wire.name}: no answer to a status question")

    def _take(self, reply: Reply) -> None:
        self._heard_at = time.monotonic()
        match reply:
            case Automatic(data):
                self._asb = True
                self._tell(from_automatic(data))
            case RealTime(byte) if self._open_questions:
                self._answers[self._open_questions.popleft()] = byte
                self._answered = len(self._answers) == len(QUESTIONS)
            case _:
                pass
        self._listener.heard(reply)

    def _by_answers(self) -> PrinterState:
        return from_real_time(*(self._answers[question] for question in range(len(QUESTIONS))))

    def _tell(self, state: PrinterState) -> None:
        if state != self.state:
            self.state = state
            self._listener.became(state)
