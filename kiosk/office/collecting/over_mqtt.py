"""Messages by MQTT 5, from a shared subscription with a session that the broker keeps: mosquitto."""

import time
from collections import deque
from collections.abc import Sequence

from kiosk.office.broker_line import BrokerAt, BrokerLine, Heard, LineError
from kiosk.office.brokers.rights import ANYWHERE, COLLECTED
from kiosk.office.collecting.source import SourceError, Taken

EVERYTHING = tuple(f"sampling/v1/{ANYWHERE}/{leaf}" for leaf in COLLECTED)
AGAIN_S = 600.0
"""So often all that stands at the broker is read again: mosquitto gives a collector that is away its share too, and
keeps it until that one comes back, if it does."""


class SharedSubscription:
    """One collector of a `group`. By the client id of `at` the broker keeps its session."""

    def __init__(self, at: BrokerAt, group: str, again_s: float = AGAIN_S) -> None:
        shared = [f"$share/{group}/{each}" for each in EVERYTHING]
        self._line = BrokerLine(at, shared, qos=1, durable=True)
        self._waiting: deque[Heard] = deque()
        self._again_s, self._due_s, self._asked = again_s, 0.0, False

    def open(self) -> None:
        self.close()
        try:
            self._line.open()
        except LineError as error:
            raise SourceError(str(error)) from error

    def take(self, most: int, timeout: float) -> list[Taken]:
        try:
            self._ask_again()
            self._read(timeout)
        except LineError as error:
            raise SourceError(str(error)) from error
        given = (self._waiting.popleft() for _ in range(min(most, len(self._waiting))))
        return [Taken(each.topic, each.payload, each) for each in given]

    def acknowledge(self, taken: Sequence[Taken]) -> None:
        try:
            self._line.acknowledge(each.tag for each in taken)
        except LineError as error:
            raise SourceError(str(error)) from error

    def idle(self, seconds: float) -> None:
        try:
            if self._asked:
                # What it has not read of that yet is told from the beginning, later.
                self._end_again(due_s=0.0)
            self._waiting.extend(self._line.read(seconds))
        except LineError as error:
            raise SourceError(str(error)) from error

    def close(self) -> None:
        self._line.close()
        self._waiting.clear()
        self._due_s, self._asked = 0.0, False

    def _read(self, timeout: float) -> None:
        if self._waiting:
            return
        self._waiting.extend(self._line.read(timeout))
        if self._asked and self._line.is_told_again:
            self._end_again(due_s=time.monotonic() + self._again_s)

    def _ask_again(self) -> None:
        if not self._asked and time.monotonic() >= self._due_s:
            self._line.tell_again(EVERYTHING)
            self._asked = True

    def _end_again(self, due_s: float) -> None:
        self._line.leave(EVERYTHING)
        self._due_s, self._asked = due_s, False
