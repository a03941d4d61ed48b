"""The talk with an ESC/POS printer: questions, answers, and the state that they tell; pure.

How it works, from the bottom up.

A printer says five kinds of things on one line, without frames: answers to questions (one byte, which does not say
which question), automatic status (ASB, four bytes, of itself), echoes of process IDs, answers to fences, and strings.
`replies` tells them apart by Epson's bit patterns. Nothing else may be believed: not the printer's name, not that it
knows a command, not that it is still there, for pulled power leaves a serial line open and silent.

So there are three ways to know something, each with its own flaw, and the talk uses all three.

*State.* With ASB the printer tells each change at once; but a printer that was switched off and on has forgotten that
it should. Without ASB it must be asked, and its state is four answers (DLE EOT 1 to 4): of these some may be older
than a change and some younger, so when the four do not fit what was known, all are asked anew, one after the other,
and only that is told. One question is asked a turn, and nobody waits for its answer: the hot path is never behind a
question. With ASB a question is asked only when two seconds were quiet (the heartbeat); then the other three follow
and ASB is switched on again, in case that it was forgotten.

*Silence.* A question that stays open for a second, counted from the last byte that went out and the last that came,
is DeviceSilent. Answers come in the order of questions, so a queue of open questions is all that is kept; a question
given up is forgotten, and so is what answers it later.

*Proof.* A slip is on paper when the printer echoes the ID behind its last byte (`batch`). A printer that was off for a
moment may print the end of a slip without its beginning and echo all the same. So on a slow line questions stand
among the slip's bytes; one left without an answer puts the slip in doubt. While slips are under way, the talk gives
every reply to their batch too.

None of this waits. `take` is told each moment: bytes that came and the time. What must be done over time is a script
(`script`): `turn` is the smallest, `opening` brings a printer in any state to the top of an empty slip, `printing`
sends a batch and waits for its proofs. A script reads `now`, `state` and `batch`, yields what it wishes, and the shell
(`printer`) does it, on a real line or on one in virtual time. The order of the bytes is the scripts' order; no other
state says what comes next, as states of a machine would have to.
"""

from collections import deque
from collections.abc import Callable

from escpos.constants import DLE, GS

from drivers.dialogue import Listen
from drivers.escpos.batch import Batch
from drivers.escpos.replies import Automatic, RealTime, Reply, ReplyReader, from_automatic, from_real_time
from drivers.escpos.script import Moment, Script, Write
from kiosk.ports import DeviceSilent, PrinterState

ANSWER_S = 1.0
"""A printer that answers at all answers DLE EOT within this time."""
HEARTBEAT_S = 2.0
"""A quiet printer with ASB is asked this often whether it is still there: pulled power leaves a serial line open."""
TURN_S = 0.1
BLIND_S = 10.0
"""A one-way printer that is lost so soon after a slip's last byte may have lost its tail."""
ASB_ON = GS + b"a\x0f"
QUESTIONS = tuple(DLE + b"\x04" + bytes([n]) for n in (1, 2, 3, 4))


class Talk:
    """One conversation. By ASB a printer tells each change itself; one without is asked a question at each turn.

    At most one question is under way unless `asked` says that more were sent among a slip's bytes.
    """

    def __init__(self, name: str, byte_s: float) -> None:
        self.name, self.byte_s = name, byte_s
        self.state = PrinterState()
        self.batch: Batch | None = None
        """The slips under way."""
        self.tail_in_doubt = False
        """The line was closed so soon after a slip that its last bytes may be lost."""
        self._replies = ReplyReader()
        self._moment = Moment(0.0, 0.0)
        self.begin()

    def begin(self) -> None:
        """After the line was opened: nothing is known."""
        self._replies.reset()
        self.state, self._asb = PrinterState(), False
        self._heard_at = self._asked_at = 0.0
        self._open_questions: deque[int] = deque()
        self._answers: dict[int, int] = {}
        self._answered, self._next = False, 0

    def end(self, now: float, drained_at: float) -> None:
        """The line is closed."""
        self.tail_in_doubt |= bool(drained_at) and now < drained_at + BLIND_S

    def take(self, moment: Moment) -> None:
        """Time has passed, and something may have come."""
        self._moment = moment
        for reply in self._replies.feed(moment.came):
            self._take(reply)

    @property
    def now(self) -> float:
        return self._moment.now

    @property
    def drained_at(self) -> float:
        return self._moment.drained_at

    @property
    def unanswered(self) -> int:
        """Questions under way."""
        return len(self._open_questions)

    def asked(self, question: int) -> None:
        """A question (0-3) goes out among other bytes."""
        self._open_questions.append(question)
        self._asked_at = self.now

    def write(self, data: bytes) -> Script[None]:
        """A short command. Raises DeviceGone, DeviceSilent."""
        if (yield Write(data, ANSWER_S)).taken < len(data):
            raise DeviceSilent(f"printer {self.name}: takes no data")

    def listen(self, timeout: float, enough: Callable[[], bool] = lambda: False) -> Script[None]:
        """Reads at least once, then until there is enough or `timeout` seconds are over. Raises DeviceGone."""
        end = self.now + timeout
        while True:
            yield Listen(end)
            if enough() or self.now >= end:
                return

    def turn(self, timeout: float, enough: Callable[[], bool] = lambda: False) -> Script[None]:
        """Listens, then asks what is due, without waiting for the answer. Raises DeviceGone, DeviceSilent."""
        yield from self.listen(timeout, enough)
        if self._open_questions:
            if self.now - max(self._asked_at, self._heard_at, self.drained_at) > ANSWER_S:
                raise self._silence()
        elif self._answered and self._by_answers() != self.state:
            # Of four answers some are older than the change: only all four together are a state.
            yield from self.ask_state()
        elif not self._asb or self._next or self.now - self._heard_at > HEARTBEAT_S:
            yield from self._ask_next()

    def ask_state(self) -> Script[None]:
        """Learns the state anew, now. Raises DeviceGone, DeviceSilent."""
        yield from self._await_answers()
        for question in range(len(QUESTIONS)):
            yield from self._ask(question)
            yield from self._await_answers()
        self._next = len(QUESTIONS) if self._asb else 0
        self._answered = False
        self._tell(self._by_answers())

    def answers(self, within_s: float) -> Script[bool]:
        """Whether a question is answered; one that is not is forgotten, and so is an answer that comes too late."""
        yield from self._ask(0)
        yield from self.listen(within_s + self._undrained_s(), lambda: not self._open_questions)
        answered = not self._open_questions
        self._open_questions.clear()
        return answered

    def switch_asb_on(self) -> Script[None]:
        """A power cycle turns it off. A printer that is offline only stores the command."""
        yield from self.write(ASB_ON)

    def _ask(self, question: int) -> Script[None]:
        yield from self.write(QUESTIONS[question])
        self.asked(question)

    def _ask_next(self) -> Script[None]:
        """One question a turn, for ever where there is no ASB; where there is, after four it is switched on again."""
        if self._next == len(QUESTIONS) and self._asb:
            self._next = 0
            if self.state.ready:
                yield from self.switch_asb_on()
            return
        question = self._next % len(QUESTIONS)
        yield from self._ask(question)
        self._next = question + 1

    def _await_answers(self) -> Script[None]:
        timeout = ANSWER_S + self._undrained_s() if self._open_questions else 0
        yield from self.listen(timeout, lambda: not self._open_questions)
        if self._open_questions:
            raise self._silence()

    def _undrained_s(self) -> float:
        return max(0.0, self.drained_at - self.now)

    def _silence(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self.name}: no answer to a status question")

    def _take(self, reply: Reply) -> None:
        self._heard_at = self.now
        match reply:
            case Automatic(data):
                self._asb = True
                self._tell(from_automatic(data))
            case RealTime(byte) if self._open_questions:
                self._answers[self._open_questions.popleft()] = byte
                self._answered = len(self._answers) == len(QUESTIONS)
            case _:
                pass
        if self.batch is not None:
            self.batch.heard(reply, self.state)

    def _by_answers(self) -> PrinterState:
        return from_real_time(*(self._answers[question] for question in range(len(QUESTIONS))))

    def _tell(self, state: PrinterState) -> None:
        if state != self.state:
            self.state = state
            if self.batch is not None:
                self.batch.changed(state)
