"""From the outbox to the broker: the last word on each topic, coalesced, until the broker has taken it."""

import threading
from collections.abc import Callable, Iterable
from functools import partial

from kiosk.engine.attendants import Attendant, Call
from kiosk.engine.back_off import BROKER
from kiosk.engine.inbox import Delivered, DeviceNews, Inbox, SheetRead
from kiosk.messages import Address
from kiosk.messages.people import sheet_of, told_by_others
from kiosk.ports import Broker, Message

TURN_S = 0.1
"""Messages of one topic within a turn leave as one."""
ECHO_NS = 30 * 1_000_000_000
"""So long after it took what this table tells of its people a broker has to tell it back to whoever hears it."""
REST_S = 1.0
"""A broker that says nothing is left alone for so long; a message that is offered ends that at once."""
FAREWELL_TURNS = 10
NEVER_NS = 2**63


class Publisher(Attendant):
    """Keeps the line to the broker and says everything again after each break."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        broker: Broker,
        will: Message,
        farewell: Callable[[], Message],
        now_ns: Callable[[], int],
        tables: Address | None = None,
    ) -> None:
        super().__init__(name, inbox, now_ns, BROKER)
        self._broker, self._will, self._farewell = broker, will, farewell
        self._lock = threading.Lock()
        self._offered: dict[str, Message] = {}
        self._latest: dict[str, Message] = {}
        self._own = will.topic.rpartition("/")[0]
        self._tables = tables
        """Whose point's other tables are heard, if any are."""
        self._echo_due_ns: int | None = None
        self._again = threading.Event()

    def offer(self, messages: Iterable[Message]) -> None:
        """Never blocks; a later message of the same topic replaces an earlier one."""
        with self._lock:
            for message in messages:
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
        hears = None if self._tables is None else told_by_others(self._tables)
        self._again.clear()
        self._echo_due_ns = None
        self.calls.ask(Call.OPEN, lambda: self._broker.open(self._will, hears))
        self.tell(DeviceNews(self.name, True))

    def serve(self) -> None:
        self._gather()
        self._send(list(self._latest.values()))
        while not self.stopping:
            if self._again.is_set():
                return
            self._hear(REST_S)
            if self._offered:
                self._hear_for(TURN_S)
                self._send(self._gather())
            self._tell_whether_it_hears()
            self.tell_owed()
        self._leave()

    def close(self) -> None:
        self._broker.close()

    def _gather(self) -> list[Message]:
        with self._lock:
            fresh, self._offered = self._offered, {}
        self._latest |= fresh
        return list(fresh.values())

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            self.calls.ask(Call.PUBLISH, partial(self._broker.publish, message))

    def _hear_for(self, seconds: float) -> None:
        end_ns = self._now_ns() + int(seconds * 1e9)
        while (left_ns := end_ns - self._now_ns()) > 0 and not self.stopping:
            self._hear(left_ns / 1e9)

    def _hear(self, timeout: float) -> list[Message]:
        delivered = self.calls.ask(Call.HEAR, lambda: self._broker.acknowledged(timeout))
        if delivered:
            self.post(Delivered(tuple(delivered)))
            self._let_go(delivered)
            if self._echo_due_ns is None and any(self._is_told_back(message.topic) for message in delivered):
                self._echo_due_ns = self._now_ns() + ECHO_NS
        self._pass_on()
        return delivered

    def _pass_on(self) -> None:
        """What other tables said, one after the other: the inbox has a lane for it, and scans have theirs. While
        there is no room in it nothing is read: the line keeps it."""
        for topic, payload in self._broker.heard():
            if self._is_told_back(topic):
                self._echo_due_ns = NEVER_NS
            sheet = None if self._tables is None else sheet_of(topic, payload, self._tables)
            if sheet is not None:
                self.post(SheetRead(sheet))

    def _is_told_back(self, topic: str) -> bool:
        return self._tables is not None and topic.startswith(f"{self._own}/people/")

    def _tell_whether_it_hears(self) -> None:
        """Some brokers refuse to let us hear in as many words; some take the subscription and keep silent."""
        silent = self._echo_due_ns is not None and self._now_ns() > self._echo_due_ns
        self.tell(DeviceNews(self.name, True, deaf=self._broker.denied or silent))

    def _let_go(self, delivered: list[Message]) -> None:
        """A break may be a broker that has forgotten all. It is told again where the kiosk is, not where it was."""
        for message in delivered:
            if self._is_done_with(message.topic) and self._latest.get(message.topic) == message:
                del self._latest[message.topic]

    def _is_done_with(self, topic: str) -> bool:
        """Of a tube nothing is said again, nor of where the kiosk was."""
        return not topic.startswith(f"{self._own}/") or topic.startswith(f"{self._own}/tubes/")

    def _leave(self) -> None:
        """Says the last counts and that the kiosk stops in good order."""
        farewell = self._farewell()
        self._send([*self._gather(), farewell])
        for _ in range(FAREWELL_TURNS):
            if farewell in self._hear(TURN_S):
                return
