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
REST_S = 1.0
"""A broker that says nothing is left alone for so long; a message that is offered ends that at once."""
FAREWELL_TURNS = 10


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

    def offer(self, messages: Iterable[Message]) -> None:
        """Never blocks; a later message of the same topic replaces an earlier one."""
        with self._lock:
            for message in messages:
                self._offered[message.topic] = message
        self._broker.wake()

    def stop(self) -> None:
        super().stop()
        self._broker.wake()

    def open(self) -> None:
        hears = None if self._tables is None else told_by_others(self._tables)
        self.calls.ask(Call.OPEN, lambda: self._broker.open(self._will, hears))
        self.tell(DeviceNews(self.name, True))

    def serve(self) -> None:
        self._gather()
        self._send(list(self._latest.values()))
        while not self.stopping:
            self._hear(REST_S)
            self._pass_on()
            if self._offered:
                self._hear_for(TURN_S)
                self._send(self._gather())
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
        return delivered

    def _pass_on(self) -> None:
        """What other tables said, one after the other: the inbox has a lane for it, and scans have theirs."""
        for topic, payload in self._broker.heard():
            sheet = None if self._tables is None else sheet_of(topic, payload, self._tables)
            if sheet is not None:
                self.post(SheetRead(sheet))

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
