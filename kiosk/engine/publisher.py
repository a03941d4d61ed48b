"""From the outbox to the broker: the last word on each topic, coalesced, until the broker has taken it."""

import queue
from collections.abc import Callable, Iterable

from kiosk.engine.attendants import Attendant
from kiosk.engine.inbox import Delivered, Inbox
from kiosk.ports import Broker, Message

TURN_S = 0.1
"""Messages of one topic within a turn leave as one."""


class Publisher(Attendant):
    """Keeps the line to the broker and says everything again after each break."""

    def __init__(self, name: str, inbox: Inbox, broker: Broker, will: Message, farewell: Callable[[], Message]) -> None:
        super().__init__(name, inbox)
        self._broker, self._will, self._farewell = broker, will, farewell
        self._offered: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._latest: dict[str, Message] = {}
        self._connected = False

    def offer(self, messages: Iterable[Message]) -> None:
        """Never blocks; a later message of the same topic replaces an earlier one."""
        for message in messages:
            self._offered.put(message)

    def open(self) -> None:
        self._broker.open(self._will)
        self._connected = True
        self.tell(True)

    def serve(self) -> None:
        self._gather()
        self._send(list(self._latest.values()))
        while not self.stopping:
            self._hear()
            self._send(self._gather())
        self._leave()

    def close(self) -> None:
        self._connected = False
        self._broker.close()

    def _gather(self) -> list[Message]:
        fresh: dict[str, Message] = {}
        while not self._offered.empty():
            message = self._offered.get()
            fresh[message.topic] = message
        self._latest |= fresh
        return list(fresh.values())

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            self._broker.publish(message)

    def _hear(self) -> None:
        delivered = self._broker.acknowledged(TURN_S)
        if delivered:
            self.inbox.put(Delivered(tuple(delivered)))

    def _leave(self) -> None:
        """Says the last counts and that the kiosk stops in good order."""
        self._send([*self._gather(), self._farewell()])
        for _ in range(10):
            self._hear()
