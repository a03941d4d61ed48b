"""One command to the ID-card module and its reply, pure: time-outs, late answers, noise, a picture behind a reply."""

from collections.abc import Iterable
from enum import Enum, auto

from drivers.dialogue import Dialogue, Listen, Rest, Send, Step
from drivers.id_card.frames import FIND, Noise, Reply, ReplyReader
from drivers.id_card.late import Unanswered
from drivers.id_card.status import Remedy, in_words, remedy
from kiosk.frozen import dataclass

GAP_S = 0.1
"""A reply that pauses this long is torn."""
LONGEST_REPLY_S = 2.0
"""A read with two fingerprints at 9600 baud takes 2.4 s, without any 1.35 s."""
QUIET_BYTES = 16
"""So few bytes within GAP_S are stray ones; at 9600 baud a picture has 96."""
LONGEST_TAIL = 65_536
"""Bytes that may follow a reply: a picture has 38,862."""


class Blame(Enum):
    """Whose doing a fault is, and with it what may help."""

    CHANCE = auto()
    """It may work at the next try, without anybody's doing."""
    SILENCE = auto()
    """No reply in time."""
    NONSENSE = auto()
    """The module answered a question that has but two answers with a third."""
    CARD = auto()
    """Another try gives the same."""
    MODULE = auto()
    """It is out of order: a human must act."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a command was in vain."""

    blame: Blame
    why: str


def says(reply: Reply) -> str:
    return f"status {in_words(reply.status)}"


class Exchange:
    """Commands to one module, one after the other."""

    def __init__(self) -> None:
        self.now_s = 0.0
        """What the clock last said; whoever begins a dialogue sets it."""
        self._heard_s = float("-inf")
        self._replies = ReplyReader()
        self._unanswered = Unanswered()

    def forget(self) -> None:
        """Drops what has come of a reply."""
        self._replies.reset()

    def rest(self, until_s: float) -> Dialogue[None]:
        yield from self._do(Rest(until_s))

    def ask(self, command: bytes, first_byte_s: float) -> Dialogue[Reply | Fault]:
        """Sends a command and waits for its reply; one the module could not read is sent once more."""
        reply = yield from self._ask_once(command, first_byte_s)
        if isinstance(reply, Reply) and remedy(reply.status) is Remedy.RESEND:
            reply = yield from self._ask_once(command, first_byte_s)
        if isinstance(reply, Reply) and remedy(reply.status) is Remedy.BROKEN:
            return Fault(Blame.MODULE, f"{says(reply)}; switch the reader off and on, or have it mended")
        return reply

    def _do(self, step: Step) -> Dialogue[bytes]:
        heard = yield step
        self.now_s = heard.now_s
        if heard.data:
            self._heard_s = heard.now_s
        return heard.data

    def _ask_once(self, command: bytes, first_byte_s: float) -> Dialogue[Reply | Fault]:
        # What is left of an earlier reply must not be taken for this one's.
        if not (yield from self._quiet(command)):
            return Fault(Blame.CHANCE, "bytes come without an end")
        self._replies.reset()
        yield from self._do(Send(command))
        return (yield from self._reply(command, first_byte_s))

    def _quiet(self, command: bytes) -> Dialogue[bool]:
        """Drops what came, and what still comes: some readers append a picture to the reply."""
        dropped = len((yield from self._do(Listen(self.now_s))))
        # A look may follow a reply so closely that the picture has not begun.
        may_go_on = command == FIND and self.now_s - self._heard_s < GAP_S
        if not dropped and not may_go_on:
            return True
        while dropped < LONGEST_TAIL:
            yield from self._do(Rest(self.now_s + GAP_S))
            come = len((yield from self._do(Listen(self.now_s))))
            dropped += come
            if come < QUIET_BYTES:
                return True
        return False

    def _reply(self, command: bytes, first_byte_s: float) -> Dialogue[Reply | Fault]:
        deadline_s, latest_s = self.now_s + first_byte_s, self.now_s + first_byte_s + LONGEST_REPLY_S
        noise, refusal = False, None
        while self.now_s < min(deadline_s, latest_s):
            data = yield from self._do(Listen(min(deadline_s, latest_s)))
            for found in self._replies.feed(data):
                match found:
                    case Reply() if self._unanswered.is_answer(command, found):
                        return found
                    case Reply():
                        latest_s += first_byte_s if refusal is None else 0
                        deadline_s, refusal = self.now_s + first_byte_s, found
                    case Noise():
                        noise = True
            if data and (noise or self._replies.inside):
                deadline_s = self.now_s + GAP_S
        torn = noise or self._replies.inside
        answer = self._first_answer(command, self._replies.fallen_silent())
        return answer or self._without_answer(command, refusal, torn, first_byte_s)

    def _first_answer(self, command: bytes, replies: Iterable[Reply | Noise]) -> Reply | None:
        for found in replies:
            if isinstance(found, Reply) and self._unanswered.is_answer(command, found):
                return found
        return None

    def _without_answer(self, command: bytes, refusal: Reply | None, torn: bool, first_byte_s: float) -> Reply | Fault:
        if refusal is not None and not refusal.data:
            # Nothing else came: it was no late answer.
            self._unanswered.clear()
            return refusal
        self._unanswered.add(command)
        if torn:
            return Fault(Blame.CHANCE, "the reply was torn or garbled")
        return Fault(Blame.SILENCE, f"no answer within {first_byte_s} s")
