"""What the ID-card module is asked, pure: is it ready, does a card lie there, what stands on it."""

from drivers.dialogue import Dialogue
from drivers.id_card.exchange import Blame, Exchange, Fault, says
from drivers.id_card.frames import FIND, READ_ADDRESS, READ_BASE, RESET, SELECT, STATUS, Reply, card, newest_address
from drivers.id_card.status import Remedy, Status, remedy
from kiosk.ports import CardScan, FrameError

FIND_S, SELECT_S, ADDRESS_S, READ_S = 1.2, 1.2, 1.5, 5.5
"""Seconds to the first byte of each reply (vendor time-outs are 0.1, 0.1, 1.5 and 2.0, one daemon's 5.0 for all)."""


class Questions:
    """To one module. A card is found, selected and read, in this order each time."""

    def __init__(self) -> None:
        self.exchange = Exchange()

    def ready(self) -> Dialogue[bool | Fault]:
        """Whether the module says so; False if it does not know the question."""
        reply = yield from self.exchange.ask(STATUS, FIND_S)
        if isinstance(reply, Reply) and remedy(reply.status) is Remedy.RESET:
            in_vain = yield from self._reset_after(reply)
            reply = in_vain or (yield from self.exchange.ask(STATUS, FIND_S))
        if isinstance(reply, Reply) and reply.status not in (Status.DONE, Status.COMMAND_UNKNOWN):
            return Fault(Blame.NONSENSE, f"{says(reply)} to the question for its status")
        return reply if isinstance(reply, Fault) else reply.status == Status.DONE

    def find(self) -> Dialogue[bool | Fault]:
        """Whether a card lies there; any third answer is a fault of the module."""
        reply = yield from self.exchange.ask(FIND, FIND_S)
        if isinstance(reply, Fault):
            return reply
        if reply.status in (Status.CARD_FOUND, Status.NO_CARD):
            return reply.status == Status.CARD_FOUND
        in_vain = yield from self._reset_after(reply)
        return in_vain or Fault(Blame.NONSENSE, f"{says(reply)} to the question for a card")

    def select(self) -> Dialogue[Reply | Fault]:
        """The card that was found."""
        return (yield from self._done((yield from self.exchange.ask(SELECT, SELECT_S))))

    def read(self, first_byte_s: float = READ_S) -> Dialogue[CardScan | Fault]:
        """The card that was selected."""
        reply = yield from self._done((yield from self.exchange.ask(READ_BASE, first_byte_s)))
        if isinstance(reply, Fault):
            return reply
        try:
            return card(reply.data)
        except FrameError as error:
            return Fault(Blame.CARD, str(error))

    def newest_address(self) -> Dialogue[str | Fault]:
        """Of the card that was selected; empty if it was not changed after the card's issue."""
        reply = yield from self.exchange.ask(READ_ADDRESS, ADDRESS_S)
        if isinstance(reply, Reply) and reply.status == Status.NO_SUCH_ITEM:
            return ""
        reply = yield from self._done(reply)
        if isinstance(reply, Fault):
            return reply
        try:
            return newest_address(reply.data)
        except FrameError as error:
            return Fault(Blame.CARD, str(error))

    def _reset_after(self, reply: Reply) -> Dialogue[Fault | None]:
        if remedy(reply.status) is not Remedy.RESET:
            return None
        answer = yield from self.exchange.ask(RESET, FIND_S)
        return answer if isinstance(answer, Fault) else None

    def _done(self, reply: Reply | Fault) -> Dialogue[Reply | Fault]:
        """Only what says so; after a reset where that may help."""
        if isinstance(reply, Fault) or reply.status == Status.DONE:
            return reply
        in_vain = yield from self._reset_after(reply)
        again = remedy(reply.status) in (Remedy.LOOK_AGAIN, Remedy.RESET, Remedy.RESEND)
        return in_vain or Fault(Blame.CHANCE if again else Blame.CARD, says(reply))
