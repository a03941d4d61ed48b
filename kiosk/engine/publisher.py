"""From the outbox to the broker: the last word on each topic, coalesced, until the broker has taken it."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Literal

from kiosk.engine.attendants import Attendant, Call
from kiosk.engine.back_off import BROKER, BackOff
from kiosk.engine.budget import Budget, budget
from kiosk.engine.inbox import AskRead, Delivered, DeviceNews, Inbox, OrderRead, SheetRead
from kiosk.engine.ordering import Ordering
from kiosk.log import say
from kiosk.messages import Address
from kiosk.messages.asks import ask_of
from kiosk.messages.counts import every_life, is_counts, standing
from kiosk.messages.orders import ORDER, ROSTER, Parts
from kiosk.messages.people import sheet_of, told_by_others
from kiosk.messages.status import is_of_one_connection
from kiosk.messages.tubes import is_tubes
from kiosk.ports import Broker, DeviceSilent, Message

TURN_S = 0.1
"""Messages of one topic within a turn leave as one."""
ECHO_NS = 30 * 1_000_000_000
"""So long after it took what this table tells of its people, and after it told of others, a broker has to tell it back
to whoever hears it."""
REST_S = 1.0
"""A broker that says nothing is left alone for so long; a message that is offered ends that at once."""
FAREWELL_TURNS = 10
BIRTH_NS = 1_000_000_000
"""Its birth is said no more often: others might answer it."""
PUBACK_NS = 30 * 1_000_000_000
"""A broker that owes an acknowledgement for longer serves nobody."""
NEVER_NS = 2**63
MOST_LIVES = 64
"""So many lives of a table's journal are kept of those that it knows from the broker alone."""
KEPT_NS = 60 * 1_000_000_000
"""Some brokers write down only now and then what they have acknowledged: what was told of a tube so long before a break
is told again after it."""
MOST_KEPT = 256
RIGHTS_NS = 300 * 1_000_000_000
"""After so long without the rights it needs the line is opened anew: somebody may have given them."""
SETTLED_NS = 10 * 1_000_000_000
"""Till then a fresh line is taken to lack what the one before it lacked."""

PLENTY = budget(2**30)

StatusOf = Callable[[Literal["online", "offline", "lost"], int], Message]
"""Says a status of the n-th connection of this process."""


class Publisher(Attendant):
    """Keeps the line to the broker and says everything again after each break."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        broker: Broker,
        own: Address,
        status_of: StatusOf,
        now_ns: Callable[[], int],
        hears_tables: bool = False,
        back_off: BackOff = BROKER,
        counts_budget: Budget = PLENTY,
        take_roster: Callable[[bytes], None] = lambda _data: None,
        is_ordered: Callable[[str], bool] = lambda _text: True,
    ) -> None:
        super().__init__(name, inbox, now_ns, back_off)
        self._budget = replace(counts_budget, at_ns=now_ns())
        self._broker, self._own, self._status_of = broker, own, status_of
        self._lock = threading.Lock()
        self._offered: dict[str, Message] = {}
        self._latest: dict[str, Message] = {}
        self._in_flight: dict[str, tuple[Message, int]] = {}
        """By topic, what the broker has not acknowledged yet and since when (monotonic), the oldest first."""
        self._answered_ns = self._passed_ns = 0
        """When anything was answered last, and the latest sending that was."""
        self._next: dict[str, Message] = {}
        """By topic, what follows when it has."""
        self._kept: dict[str, tuple[Message, int]] = {}
        """By topic, what the broker acknowledged lately and nobody says by himself again, and when (monotonic)."""
        self._saved_up: dict[str, Message] = {}
        """By topic, counts that wait until there are bytes for them."""
        self._counted: set[str] = set()
        """Topics of counts that were said on this connection."""
        self._connections = 0
        self._acknowledged = False
        """On this connection, anything."""
        self._birth: Message | None = None
        self._birth_due = False
        """Something else stands where this connection's birth was."""
        self._born_ns = 0
        self._hears_tables, self._take_roster = hears_tables, take_roster
        self._roster_parts, self._ordering = Parts(), Ordering(is_ordered, now_ns)
        self._stood: dict[str, Message] = {}
        """By topic, which of this table's counts the broker had when we came: of all lives of its journal."""
        self._recalled = False
        self._asked: tuple[str, ...] = ()
        self._opened_ns = 0
        self._refused_ns: int | None = None
        """When the broker last took something not."""
        self._echo_due_ns: int | None = None
        self._again = threading.Event()

    def offer(self, messages: Iterable[Message]) -> None:
        """Never blocks; a later message of the same topic replaces an earlier one. That it is there the publisher says
        itself, for each connection."""
        with self._lock:
            for message in messages:
                if message.topic == self._own.topic("status"):
                    self._birth_due = True
                else:
                    self._offered[message.topic] = message
        self._broker.wake()

    def hear_again(self) -> None:
        """From any thread: the line is opened anew, and all that stands at the broker is told once more."""
        self._again.set()
        self._broker.wake()

    def stop(self) -> None:
        super().stop()
        self._broker.wake()

    def open(self) -> None:
        self._gather()
        self._again.clear()
        self._echo_due_ns, self._opened_ns = None, self._now_ns()
        self._in_flight.clear()
        self._next.clear()
        self._saved_up.clear()
        self._counted.clear()
        self._answered_ns, self._passed_ns = self._now_ns(), 0
        self._birth, self._birth_due, self._born_ns = None, False, self._now_ns() - BIRTH_NS
        self._ordering.begin()
        self._connections += 1
        self._acknowledged = False
        self._stood, self._recalled, self._asked = {}, False, self._recalls
        will = self._status_of("lost", self._connections)
        others = (told_by_others(self._own),)
        self.calls.ask(Call.CONNECT, lambda: self._broker.open(will, self._hears, self._asked, others))
        if self._broker.protocol != "5" and self._seldom.may("protocol", self._now_ns()):
            say("broker-knows-no-mqtt-5", why="a message that the broker refuses looks delivered: see to its rights")
        self.tell(DeviceNews(self.name, True, refusing=self._refusing))

    @property
    def _refusing(self) -> bool:
        """Of some topic the broker takes nothing."""
        if self._refused_ns is None:
            return False
        return self._refused_ns >= self._opened_ns or self._now_ns() - self._opened_ns < SETTLED_NS

    @property
    def _recalls(self) -> tuple[str, ...]:
        """The counts of this table, and those that it still owes of where it was."""
        owed = (topic for topic in self._latest if is_counts(topic) and not self._is_own(topic))
        return every_life(self._own), *owed

    @property
    def _hears(self) -> tuple[str, ...]:
        """The other tables, where they are heard; and what stands of itself: an earlier connection's will may come
        after the birth of this one."""
        own = tuple(map(self._own.topic, ("status", "ask", ORDER, f"{ROSTER}/+")))
        return (told_by_others(self._own), self._own_sheets, *own) if self._hears_tables else own

    @property
    def _own_sheets(self) -> str:
        """By which it knows that it is let hear, and what earlier lives of its journal told."""
        return self._own.topic("people/+/+")

    def serve(self) -> None:
        self._gather()
        self._say_birth()
        self._send([message for message, _ in self._kept.values() if message.topic not in self._latest])
        self._send(list(self._latest.values()))
        while not self.stopping:
            if self._again.is_set():
                return
            self._hear(REST_S)
            if self._birth_due and self._now_ns() - self._born_ns > BIRTH_NS:
                self._say_birth()
            if self._offered:
                self._hear_for(TURN_S)
                self._send(self._gather())
            if self._saved_up:
                self._send(list(self._saved_up.values()))
            self._tell_how_it_is()
        self._leave()

    def close(self) -> None:
        self._broker.close()

    def served_s(self, opened_ns: int) -> float:
        return super().served_s(opened_ns) if self._acknowledged else 0

    def _gather(self) -> list[Message]:
        with self._lock:
            fresh, self._offered = self._offered, {}
        self._latest |= fresh
        return list(fresh.values())

    def _say_birth(self) -> None:
        self._birth_due, self._born_ns = False, self._now_ns()
        self._birth = self._status_of("online", self._connections)
        self._send([self._birth])

    def _send(self, messages: list[Message]) -> None:
        """One of a topic at a time: what comes meanwhile waits for its acknowledgement, and only the last of it."""
        for message in messages:
            if is_counts(message.topic) and not self._may_say(message):
                self._lament_held_back(message)
                continue
            if is_counts(message.topic) and not self._can_afford(message):
                continue
            if message.topic in self._in_flight:
                self._next[message.topic] = message
            else:
                self._in_flight[message.topic] = message, self._now_ns()
                self.calls.ask(Call.PUBLISH, partial(self._broker.publish, message))

    def _may_say(self, counts: Message) -> bool:
        """An earlier life's may be older here than at the broker, where a journal was put back."""
        if not self._is_own(counts.topic) and counts.topic not in self._asked:
            # It was offered after the line was opened.
            self._again.set()
            return False
        stood = self._stood.get(counts.topic)
        return self._recalled and (stood is None or stood.seq < counts.seq)

    def _lament_held_back(self, counts: Message) -> None:
        """Of the life that is lived here nobody else can know more, so somebody else says to be this kiosk."""
        stood = self._stood.get(counts.topic)
        is_later = self._recalled and stood is not None and stood.seq > counts.seq
        if is_later and self._seldom.may("held back", self._now_ns()):
            why = "the broker has a later word of this life of the journal: see who else comes to it as this kiosk"
            say("counts-held-back", topic=counts.topic, why=why)

    def _can_afford(self, counts: Message) -> bool:
        """What comes too fast waits, and only the last of it: absolute totals lose nothing by that. What each life has
        counted is said at once to a broker that does not have it: until then whoever adds them up misses people."""
        left = self._budget.spent(len(counts.topic) + len(counts.payload), self._now_ns())
        if left is None and counts.topic in self._counted:
            self._saved_up[counts.topic] = counts
            return False
        self._counted.add(counts.topic)
        self._saved_up.pop(counts.topic, None)
        self._budget = left or self._budget
        return True

    def _recall(self) -> None:
        """What stood of this table's counts is known: what is newer here is said, and what is newer there, or of a life
        that this journal knows nothing of, is kept for a broker that will have lost it."""
        waited = self._now_ns() - self._opened_ns > PUBACK_NS
        if self._recalled or not (self._broker.recalled or waited):
            return
        self._recalled = True
        counted = [message for topic, message in self._latest.items() if is_counts(topic)]
        there = [message for message in counted if not self._may_say(message)]
        if there:
            self.post(Delivered(tuple(there)))
            self._let_go(there)
        self._remember_standing()
        self._send([message for message in counted if message not in there])

    def _remember_standing(self) -> None:
        """However many a broker tells of from one connection to the next, only so many are kept."""
        lives = sum(is_counts(topic) and self._is_own(topic) for topic in self._latest)
        for stood in self._stood.values():
            if not self._is_own(stood.topic) or stood.seq <= self._seq_of(stood.topic):
                continue
            is_new = stood.topic not in self._latest
            if not is_new or lives < MOST_LIVES:
                self._latest[stood.topic] = stood
                lives += is_new

    def _seq_of(self, topic: str) -> int:
        return self._latest[topic].seq if topic in self._latest else -1

    def _hear_for(self, seconds: float) -> None:
        end_ns = self._now_ns() + int(seconds * 1e9)
        while (left_ns := end_ns - self._now_ns()) > 0 and not self.stopping:
            self._hear(left_ns / 1e9)

    def _hear(self, timeout: float) -> list[Message]:
        delivered = self.calls.ask(Call.HEAR, lambda: self._broker.acknowledged(timeout))
        if delivered:
            self._acknowledged = True
            self.post(Delivered(tuple(delivered)))
            self._let_go(delivered)
            if self._echo_due_ns is None and any(self._is_told_back(message.topic) for message in delivered):
                self._echo_due_ns = self._now_ns() + ECHO_NS
        refused = self._broker.refused()
        self._lament_refused(refused)
        self._go_on([*delivered, *(message for message, _ in refused)])
        self._pass_on()
        self._pass_orders_on()
        self._recall()
        return delivered

    def _lament_refused(self, refused: list[tuple[Message, str]]) -> None:
        for message, why in refused:
            self._refused_ns = self._now_ns()
            kind = message.topic.removeprefix(self._own.topic("")).partition("/")[0]
            if self._seldom.may(f"refused {kind}", self._now_ns()):
                say("broker-refused", topic=message.topic, why=why)

    def _go_on(self, answered: list[Message]) -> None:
        """Raises DeviceSilent if the broker owes an answer for too long."""
        now_ns = self._now_ns()
        for message in answered:
            _, sent_ns = self._in_flight.pop(message.topic, (message, 0))
            self._answered_ns, self._passed_ns = now_ns, max(self._passed_ns, sent_ns)
        self._send([self._next.pop(message.topic) for message in answered if message.topic in self._next])
        _, oldest_ns = next(iter(self._in_flight.values()), (None, now_ns))
        # On a slow line many wait long for their turn: it is late if nothing is answered, or what was told after it.
        is_late = now_ns - self._answered_ns > PUBACK_NS or self._passed_ns > oldest_ns
        if now_ns - oldest_ns > PUBACK_NS and is_late:
            raise DeviceSilent(f"{self.name}: has not acknowledged a message for {PUBACK_NS // 10**9} s")

    def _pass_on(self) -> None:
        """What other tables said, one after the other: the inbox has a lane for it, and scans have theirs. While
        there is no room in it nothing is read: the line keeps it."""
        for topic, payload in self._broker.heard():
            if self._is_told_back(topic):
                if self._silent:
                    # What stood there is told only to whoever asks anew.
                    self._again.set()
                if self._echo_due_ns != NEVER_NS:
                    # It lets us hear; more of our own would be half of all bytes on the air.
                    self.calls.ask(Call.HEAR, partial(self._broker.leave, self._own_sheets))
                self._echo_due_ns = NEVER_NS
            if is_counts(topic):
                self._note_standing(topic, payload)
            self._take_words_of_the_centre(topic, payload)
            if topic == self._own.topic("status"):
                self._birth_due |= self._birth is None or not is_of_one_connection(payload, self._birth)
            sheet = sheet_of(topic, payload, self._own) if self._hears_tables else None
            if sheet is not None:
                self.post(SheetRead(sheet))
            if self._echo_due_ns is not None and "/people/" in topic:
                # It lets us hear: what we told comes behind what it has still to tell, however long that takes.
                self._echo_due_ns = max(self._echo_due_ns, self._now_ns() + ECHO_NS)

    def _pass_orders_on(self) -> None:
        genuine, strange = self._ordering.due()
        for text in genuine:
            self.post(OrderRead(text))
        if strange and self._seldom.may("order", self._now_ns()):
            say("order-not-taken", n=strange, why="not signed by the centre that this kiosk knows")

    def _take_words_of_the_centre(self, topic: str, payload: bytes) -> None:
        ask = ask_of(topic, payload, self._own)
        if ask is not None:
            self.post(AskRead(ask))
        if topic == self._own.topic(ORDER):
            self._ordering.put(payload)
        if topic.startswith(self._own.topic(f"{ROSTER}/")):
            data = self._roster_parts.put(payload)
            if data is not None:
                self._take_roster(data)

    def _note_standing(self, topic: str, payload: bytes) -> None:
        stood = standing(topic, payload)
        if stood is not None and not self._recalled and (len(self._stood) < MOST_LIVES or topic in self._latest):
            self._stood[topic] = stood

    def _is_told_back(self, topic: str) -> bool:
        return self._hears_tables and topic.startswith(self._own.topic("people/"))

    def _tell_how_it_is(self) -> None:
        """Some brokers refuse to let us hear in as many words; some take the subscription and keep silent."""
        denied = self._hears_tables and told_by_others(self._own) in self._broker.denied
        self.tell(DeviceNews(self.name, True, deaf=denied or self._silent, refusing=self._refusing))
        if (denied or self._refusing) and self._now_ns() - self._opened_ns > RIGHTS_NS:
            self._again.set()

    @property
    def _silent(self) -> bool:
        return self._echo_due_ns is not None and self._now_ns() > self._echo_due_ns

    def _let_go(self, delivered: list[Message]) -> None:
        """A break may be a broker that has forgotten all. It is told again where the kiosk is, not where it was, unless
        that was just before."""
        now_ns = self._now_ns()
        for message in delivered:
            if self._is_done_with(message.topic) and self._latest.get(message.topic) == message:
                del self._latest[message.topic]
            if is_tubes(message.topic):
                self._kept.pop(message.topic, None)
                self._kept[message.topic] = message, now_ns
        while self._kept and (len(self._kept) > MOST_KEPT or self._oldest_kept_ns() < now_ns - KEPT_NS):
            del self._kept[next(iter(self._kept))]

    def _oldest_kept_ns(self) -> int:
        _, acknowledged_ns = next(iter(self._kept.values()))
        return acknowledged_ns

    def _is_done_with(self, topic: str) -> bool:
        """Of a tube nothing is said again, nor of where the kiosk was."""
        return not self._is_own(topic) or is_tubes(topic)

    def _is_own(self, topic: str) -> bool:
        return topic.startswith(self._own.topic(""))

    def _leave(self) -> None:
        """Says the last counts and that the kiosk stops in good order."""
        for _ in range(FAREWELL_TURNS):
            if self._recalled:
                break
            self._hear(TURN_S)
        self._budget = replace(PLENTY, at_ns=self._now_ns())
        self._send(list(self._saved_up.values()))
        farewell = self._status_of("offline", self._connections)
        self._send([*self._gather(), farewell])
        for _ in range(FAREWELL_TURNS):
            if farewell in self._hear(TURN_S):
                return
