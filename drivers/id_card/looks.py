"""When a card is looked for and tried, and what is told of it and of the module; pure."""

from typing import assert_never

from drivers.dialogue import Dialogue
from drivers.id_card import known
from drivers.id_card.exchange import Blame, Fault
from drivers.id_card.questions import READ_S, Questions
from kiosk.frozen import dataclass
from kiosk.ports import CardScan

AGAIN_S = 1.0
"""So much longer than at its first read a card may take when it is read again."""
POLL_S = 0.35
"""Vendors ask for more than 300 ms between two looks for a card."""
TRIES = 3
"""A card that was not read is tried so often, silently, before anybody is told."""
SILENCES = 2
"""As TRIES, for a module that does not answer at all: one answer may be late."""
_BEARABLE = {Blame.CHANCE: TRIES, Blame.SILENCE: SILENCES, Blame.NONSENSE: TRIES, Blame.CARD: 1, Blame.MODULE: 1}


@dataclass(frozen=True, slots=True)
class NotRead:
    """A card that must be laid again, or is none."""

    why: str


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The module does not do its part."""

    why: str


News = CardScan | NotRead | OutOfOrder


class Looks:
    """At one module and the card that lies on it."""

    def __init__(self) -> None:
        self._module = Questions()
        self._clock = self._module.exchange
        self._known: known.Known = known.Absent()
        self._look_s = 0.0
        self._bad_looks = 0
        self._doubted = False

    def forget(self) -> None:
        """Drops what has come of a reply."""
        self._module.exchange.forget()

    def open(self, now_s: float) -> Dialogue[OutOfOrder | None]:
        """Asks the module whether it is ready; nothing is known of a card any more."""
        self._clock.now_s = now_s
        self._known, self._bad_looks = known.Absent(), 0
        answer = yield from self._module.ready()
        # The status alone would call a module ready whose find is out of order.
        if not isinstance(answer, Fault) and (self._doubted or not answer):
            self._look_s = self._clock.now_s + POLL_S
            answer = yield from self._module.find()
        return self._not_opened(answer) if isinstance(answer, Fault) else None

    def read(self, now_s: float, end_s: float) -> Dialogue[News | None]:
        """Looks until there is something to tell, or until the end."""
        self._clock.now_s = now_s
        while (look_s := max(self._look_s, self._clock.now_s)) < end_s:
            yield from self._clock.rest(look_s)
            self._look_s = self._clock.now_s + POLL_S
            news = yield from self._look()
            if news is not None:
                return news
        yield from self._clock.rest(end_s)
        return None

    def newest_address(self, now_s: float) -> Dialogue[str | NotRead | OutOfOrder]:
        """Of the card that lies there; empty if it was not changed after the card's issue."""
        self._clock.now_s = now_s
        found = yield from self._module.find()
        if found is False:
            return NotRead("no card lies there")
        selected = found if isinstance(found, Fault) else (yield from self._module.select())
        address = selected if isinstance(selected, Fault) else (yield from self._module.newest_address())
        return self._told(address) if isinstance(address, Fault) else address

    def _look(self) -> Dialogue[News | None]:
        lies_there = yield from self._module.find()
        if isinstance(lies_there, Fault):
            return self._bad_look(lies_there)
        self._bad_looks, self._doubted = 0, False
        if not lies_there:
            return self._lifted()
        if not known.due(self._known, self._clock.now_s):
            return None
        return self._tried((yield from self._card()))

    def _card(self) -> Dialogue[CardScan | Fault]:
        selected = yield from self._module.select()
        if isinstance(selected, Fault):
            return selected
        began_s = self._clock.now_s
        # The next resident is not seen while one waits in vain for a card that cannot be read twice.
        longest_s = self._known.took_s + AGAIN_S if isinstance(self._known, known.Read) else READ_S
        found = yield from self._module.read(min(READ_S, longest_s))
        if isinstance(found, CardScan):
            self._known = known.read(self._clock.now_s - began_s, self._clock.now_s)
        return found

    def _tried(self, found: CardScan | Fault) -> News | None:
        if isinstance(found, CardScan):
            return found
        if found.blame is Blame.MODULE:
            return self._doubt(found.why)
        # Silence after a card was found is the card's doing; a dead module is silent at the next look too.
        before, self._known = self._known, known.failed(self._known, _BEARABLE[found.blame], self._clock.now_s)
        return NotRead(found.why) if known.news(before, self._known) else None

    def _lifted(self) -> NotRead | None:
        before, self._known = self._known, known.Absent()
        unread = isinstance(before, known.Trying)
        return NotRead("the card was taken away before it was read") if unread else None

    def _bad_look(self, fault: Fault) -> OutOfOrder | None:
        self._bad_looks += 1
        if self._bad_looks < _BEARABLE[fault.blame]:
            return None
        return self._doubt(fault.why + ("; is the baud rate right?" if fault.blame is Blame.CHANCE else ""))

    def _not_opened(self, fault: Fault) -> OutOfOrder:
        if fault.blame in (Blame.CHANCE, Blame.SILENCE):
            return OutOfOrder(f"{fault.why}; is the baud rate right, and is it switched on?")
        return self._doubt(fault.why)

    def _told(self, fault: Fault) -> NotRead | OutOfOrder:
        match fault.blame:
            case Blame.CHANCE | Blame.NONSENSE | Blame.CARD:
                return NotRead(fault.why)
            case Blame.SILENCE:
                return OutOfOrder(fault.why)
            case Blame.MODULE:
                return self._doubt(fault.why)
            case _:
                assert_never(fault.blame)

    def _doubt(self, why: str) -> OutOfOrder:
        """Its next opening asks for more than its status."""
        self._doubted = True
        return OutOfOrder(why)
