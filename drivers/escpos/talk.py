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
(`script`): a turn of `turns` is the smallest, `opening` brings a printer in any state to the top of an empty slip,
`printing` sends a batch and waits for its proofs. A script reads `now`, `state` and `batch`, yields what it wishes, and
the shell (`printer`) does it, on a real line or on one in virtual time. The order of the bytes is the scripts' order;
no other state says what comes next, as states of a machine would have to.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
BLIND_S = 10.0
"""A one-way printer that is lost so soon after a slip's last byte may have lost its tail."""
ASB_ON = GS + b"a\x0f"
QUESTIONS = tuple(DLE + b"\x04" + bytes([n]) for n in (1, 2, 3, 4))


@dataclass(slots=True)
class Agenda:
    """What `turns` remembers from one turn to the next. Seconds of the line's clock."""

    quiet_at: float
    """The last pause began then."""
    tried_at: float
    """A question that was never answered was tried then, the last time."""
    quiet_until: float = 0.0
    trials: int = 0
    careful: bool = False
    """Answers come twice: none is asked before the line was quiet."""
    next: int = 0


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
        self.pairing = Pairing()
        self._replies = ReplyReader()
        self._moment = Moment(0.0, 0.0)
        self.begin()

    def begin(self) -> None:
        """After the line was opened: nothing is known."""
        self._replies.reset()
        self.pairing.begin()
        self.state, self.asb = PrinterState(), False
        self.heard_at = self.asked_at = 0.0
        self.agenda = Agenda(quiet_at=self.now, tried_at=self.now)
        self.prompt = False
        """It answers before what it was sent before is printed."""
        self.came = b""

    def end(self, now: float, drained_at: float) -> None:
        """The line is closed."""
        self.tail_in_doubt |= self.may_lose_tail(now, drained_at)

    def may_lose_tail(self, now: float, drained_at: float) -> bool:
        """Bytes went out so lately that a one-way printer which is lost now may have lost them."""
        return bool(drained_at) and now < drained_at + BLIND_S

    def take(self, moment: Moment) -> None:
        """Time has passed, and something may have come."""
        self._moment = moment
        self.came += moment.came
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
        return self.pairing.mute

    def expect(self, fixed_bits: int) -> None:
        """In its answers."""
        self._replies.reset()
        self._replies.fixed = fixed_bits

    @property
    def mixed_in(self) -> int:
        """Which question may stand among a slip's bytes."""
        return PRINTER if PAPER in self.pairing.mute else PAPER

    def begin_batch(self, batch: Batch, unprinted_s: float) -> None:
        """Slips are about to be sent; what is open already is none of theirs."""
        self.pairing.end_trial()
        batch.answers = -len(self.pairing.open)
        self.batch, self.unprinted_s = batch, unprinted_s

    def end_batch(self) -> None:
        self.batch, self.unprinted_s = None, 0.0

    def asked(self, question: int) -> None:
        """A question (0-3) goes out among other bytes."""
        self.pairing.asked(question, self.now)
        self.asked_at = self.now

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

    def switch_asb_on(self) -> Script[None]:
        """A power cycle turns it off. A printer that is offline only stores the command."""
        yield from self.write(ASB_ON)

    def printed_at(self) -> float:
        """When a printer that keeps the order of what it is sent comes to what was sent last."""
        return self.drained_at + (0.0 if self.prompt else self.unprinted_s)

    def silence(self) -> DeviceSilent:
        return DeviceSilent(f"printer {self.name}: no answer to a status question")

    def _take(self, reply: Reply) -> None:
        self.heard_at = self.now
        match reply:
            case Automatic(data):
                self.asb = True
                self.tell(from_automatic(data))
            case RealTime(byte):
                asked_at = self.pairing.take(byte, self.now)
                if asked_at is not None and self.batch is not None and not self.batch.ended:
                    self.prompt |= asked_at > self.sent_at
            case _:
                pass
        if self.batch is not None:
            self.batch.heard(reply, self.state)

    def tell(self, state: PrinterState) -> None:
        if state != self.state:
            self.state = state
            if self.batch is not None:
                self.batch.changed(state)
