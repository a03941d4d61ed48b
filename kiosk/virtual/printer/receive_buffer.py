"""Commands that came and wait for the interpreter."""

from collections import deque
from dataclasses import dataclass

from kiosk.virtual.printer.commands import Command
from kiosk.virtual.printer.head import Stamp


@dataclass(frozen=True, slots=True)
class Queued:
    """A command of so many bytes, the first of which began to come then."""

    command: Command
    size: int
    began: float
    stamp: Stamp


class ReceiveBuffer:
    """First in, first out; it knows how many bytes it holds, not how many it may."""

    def __init__(self) -> None:
        self._queue: deque[Queued] = deque()
        self.bytes = 0

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def next_arrived(self) -> float:
        """When the first one was complete; there must be one."""
        return self._queue[0].stamp.arrived

    def put(self, queued: Queued) -> None:
        self._queue.append(queued)
        self.bytes += queued.size

    def take(self) -> Queued:
        queued = self._queue.popleft()
        self.bytes -= queued.size
        return queued

    def clear(self) -> None:
        self._queue.clear()
        self.bytes = 0
