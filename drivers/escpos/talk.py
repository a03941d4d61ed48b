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

*Pairing.* Answers come in the order of questions, so a queue of open questions is all that is kept. But a byte that
was late, doubled, or left from before would move all that follow by one, for ever. Such a byte leaves one too many:
something comes although nothing was asked. So nothing is told until a moment of quiet has shown that none is left, a
printer that is asked without a pause is given one now and then, and where one was left each question is asked only
once the line is quiet. A lost byte is a question without an answer: silence. Some printers answer the first question
and not all others, some with other fixed bits: both are found out when the line is opened.

*Silence.* A question that stays open for a second, counted from the last byte that went out and the last that came,
is DeviceSilent; while slips are under way, from when their paper must be out, as some printers answer only then,
until one has shown that it answers at once. A question given up is forgotten.

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

from collections.abc import Callable
from math import inf

from escpos.constants import DLE, GS

from drivers.dialogue import Listen
from drivers.escpos.batch import Batch
from drivers.escpos.pairing import PAPER, PRINTER, Pairing
from drivers.escpos.replies import REGULAR, Automatic, RealTime, Reply, ReplyReader, from_automatic
from drivers.escpos.script import Moment, Script, Write
from kiosk.ports import DeviceSilent, PrinterState

ANSWER_S = 1.0
"""A printer that answers at all answers DLE EOT within this time."""
HEARTBEAT_S = 2.0
"""A quiet printer with ASB is asked this often whether it is still there: pulled power leaves a serial line open."""
TURN_S = 0.1
TRY_S, TRIAL_S = 3.0, 0.5
"""How often a question that was never answered is tried again, and how long."""
MOST_PAUSES = 8
"""A line that is never quiet is asked all the same."""
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
        self.unprinted_s = 0.0
        """How long their paper may take once their bytes have passed the line."""
        self.sent_at = inf
        """When their last byte was written."""
        self.tail_in_doubt = False
        """The line was closed so soon after a slip that its last bytes may be lost."""
        self._replies, self._pairing = ReplyReader(), Pairing()
        self._moment = Moment(0.0, 0.0)
        self.begin()

    def begin(self) -> None:
        """After the line was opened: nothing is known."""
        self._replies.reset()
        self._pairing.begin()
        self.state, self._asb = PrinterState(), False
        self._heard_at = self._asked_at = self._quiet_until = 0.0
        self._quiet_at = self._tried_at = self._moment.now
        self._trials = 0
        self._careful, self._next = False, 0
        self._prompt = False
        """It answers before what it was sent before is printed."""
        self._came = b""

    def end(self, now: float, drained_at: float) -> None:
        """The line is closed."""
        self.tail_in_doubt |= self.may_lose_tail(now, drained_at)

    def may_lose_tail(self, now: float, drained_at: float) -> bool:
        """Bytes went out so lately that a one-way printer which is lost now may have lost them."""
        return bool(drained_at) and now < drained_at + BLIND_S

    def take(self, moment: Moment) -> None:
        """Time has passed, and something may have come."""
        self._moment = moment
        self._came += moment.came
        for reply in self._replies.feed(moment.came):
            self._take(reply)

    @property
    def now(self) -> float:
        return self._moment.now

    @property
    def drained_at(self) -> float:
        return self._moment.drained_at

    @property
    def odd(self) -> bool:
        """Its answers have other fixed bits: they would be taken for automatic status."""
        return self._replies.fixed != REGULAR

    @property
    def mute(self) -> set[int]:
        """Questions that it never answers."""
        return self._pairing.mute

    def expect(self, fixed_bits: int) -> None:
        """In its answers."""
        self._replies.reset()
        self._replies.fixed = fixed_bits

    @property
    def mixed_in(self) -> int:
        """Which question may stand among a slip's bytes."""
        return PRINTER if PAPER in self._pairing.mute else PAPER

    def begin_batch(self, batch: Batch, unprinted_s: float) -> None:
        """Slips are about to be sent; what is open already is none of theirs."""
        self._pairing.end_trial()
        batch.answers = -len(self._pairing.open)
        self.batch, self.unprinted_s = batch, unprinted_s

    def end_batch(self) -> None:
        self.batch, self.unprinted_s = None, 0.0

    def asked(self, question: int) -> None:
        """A question (0-3) goes out among other bytes."""
        self._pairing.asked(question, self.now)
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
        if self._pairing.on_trial:
            if self.now > self._asked_at + TRIAL_S:
                self._pairing.end_trial()
        elif self._pairing.open:
            if self.now - max(self._asked_at, self._heard_at, self._printed_at()) > ANSWER_S:
                raise self.silence()
        elif self._must_ask_all():
            yield from self.ask_state()
        elif self._may_ask() and self._is_due():
            yield from self._ask_next()

    def ask_state(self) -> Script[None]:
        """Learns the state anew, now. Raises DeviceGone, DeviceSilent."""
        self._pairing.end_trial()
        yield from self._await_answers()
        if self._careful or (yield from self._ask_all(careful=False)):
            self._careful = yield from self._ask_all(careful=True)
        self._next = len(self._pairing.asks) if self._asb else 0
        self._tell(self._pairing.state)
        self._pairing.afresh()

    def answered(self, question: int, within_s: float = ANSWER_S) -> Script[bool]:
        """Whether it is; else it is forgotten, and so is an answer that comes too late."""
        yield from self._ask(question)
        yield from self.listen(within_s + self._undrained_s(), lambda: not self._pairing.open)
        answered = not self._pairing.open
        self._pairing.open.clear()
        return answered

    def odd_answer(self) -> int | None:
        """The only byte that came after a question, whatever it is."""
        return self._came[0] if len(self._came) == 1 else None

    def answers(self, within_s: float) -> Script[bool]:
        """Whether anything answers."""
        return (yield from self.answered(PRINTER, within_s)) or self.odd_answer() is not None

    def switch_asb_on(self) -> Script[None]:
        """A power cycle turns it off. A printer that is offline only stores the command."""
        yield from self.write(ASB_ON)

    def _must_ask_all(self) -> bool:
        """Of four answers some are older than the change, and none may fit: only all four together are a state. Where
        some are missing, automatic status knows better."""
        pairing = self._pairing
        if pairing.stray and not self._careful:
            return True
        return pairing.complete and pairing.state != self.state and not (self._asb and pairing.mute)

    def _may_ask(self) -> bool:
        """Now and then without ASB, always where answers come twice: not before the line was quiet."""
        quiet_since = self._heard_at if self._careful else 0.0
        return self.now >= max(self._quiet_until, quiet_since + self._pairing.quiet_s)

    def _is_due(self) -> bool:
        """Always without ASB; with it after two quiet seconds, and once behind a slip, to learn when it answers."""
        if not self._asb or self._next or self.now - self._heard_at > HEARTBEAT_S:
            return True
        return self.batch is not None and not self._prompt and self.sent_at < self.now

    def _ask(self, question: int) -> Script[None]:
        self._came = b""
        yield from self.write(QUESTIONS[question])
        self.asked(question)

    def _ask_all(self, careful: bool) -> Script[bool]:
        """Whether something came that answers nothing; `careful`: it came before the question."""
        self._pairing.afresh()
        for question in self._pairing.asks:
            if careful:
                yield from self._fall_quiet()
            yield from self._ask(question)
            yield from self._await_answers()
        yield from self.listen(self._pairing.quiet_s, lambda: self._pairing.stray)
        return self._pairing.stray

    def _fall_quiet(self) -> Script[None]:
        for _ in range(MOST_PAUSES):
            self._came = b""
            yield from self.listen(self._pairing.quiet_s, lambda: bool(self._came))
            if not self._came:
                return

    def _ask_next(self) -> Script[None]:
        """One question a turn, for ever where there is no ASB; where there is, after all it is switched on again."""
        asks, mute = self._pairing.asks, sorted(self._pairing.mute)
        if mute and self.batch is None and self.now > self._tried_at + TRY_S:
            self._tried_at = self.now
            self._trials += 1
            yield from self._ask(mute[self._trials % len(mute)])
            return
        if self._next == len(asks) and self._asb:
            self._next = 0
            self._pairing.afresh()
            if self.state.ready:
                yield from self.switch_asb_on()
            return
        if self._next % len(asks) == 0 and self.now > self._quiet_at + HEARTBEAT_S:
            self._quiet_at, self._quiet_until = self.now, self.now + self._pairing.quiet_s
            return
        yield from self._ask(asks[self._next % len(asks)])
        self._next = self._next % len(asks) + 1

    def _await_answers(self) -> Script[None]:
        timeout = ANSWER_S + self._undrained_s() if self._pairing.open else 0
        yield from self.listen(timeout, lambda: not self._pairing.open)
        if self._pairing.open:
            raise self.silence()

    def _undrained_s(self) -> float:
        return max(0.0, self._printed_at() - self.now)

    def _printed_at(self) -> float:
        """When a printer that keeps the order of what it is sent comes to what was sent last."""
        return self.drained_at + (0.0 if self._prompt else self.unprinted_s)

    def silence(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self.name}: no answer to a status question")

    def _take(self, reply: Reply) -> None:
        self._heard_at = self.now
        match reply:
            case Automatic(data):
                self._asb = True
                self._tell(from_automatic(data))
            case RealTime(byte):
                asked_at = self._pairing.take(byte, self.now)
                if asked_at is not None and self.batch is not None and not self.batch.ended:
                    self._prompt |= asked_at > self.sent_at
            case _:
                pass
        if self.batch is not None:
            self.batch.heard(reply, self.state)

    def _tell(self, state: PrinterState) -> None:
        if state != self.state:
            self.state = state
            if self.batch is not None:
                self.batch.changed(state)
