"""The wire between two devices, as a far end of its own: it loses, holds, delays and repeats what passes."""

import threading
import time
from collections import deque
from collections.abc import Callable
from math import inf

from kiosk.virtual.wire import Wire

HELD_S = 0.02
"""How long a device waits that nothing reaches."""


class Between:
    """A Wire to the device, around the real one. `now` is its clock; what comes late leaves while the device reads."""

    def __init__(self, wire: Wire, now: Callable[[], float] = time.monotonic) -> None:
        self._wire, self._now = wire, now
        self.drops = self.holds = self.repeats = False
        """Both ways in silence; towards the device, where it waits in the line; each answer of the device."""
        self.late_s = 0.0
        """How late each answer is."""
        self.loses = 0
        """So many more bytes of answers."""
        self._due: deque[tuple[float, bytes]] = deque()
        self._lock = threading.Lock()

    @property
    def plugged(self) -> bool:
        return self._wire.plugged

    @property
    def next_at(self) -> float:
        """When the next late answer leaves; infinite if none waits."""
        return self._due[0][0] if self._due else inf

    def plug(self) -> None:
        self._wire.plug()

    def unplug(self) -> None:
        with self._lock:
            self._due.clear()
        self._wire.unplug()

    def stray(self, data: bytes) -> None:
        """Bytes that nobody sent reach the host."""
        self._wire.write(data)

    def read(self, timeout: float, most: int = 4096) -> bytes:
        self._deliver()
        wait = max(0.0, min(timeout, self.next_at - self._now()))
        if self.holds:
            if wait:
                time.sleep(min(wait, HELD_S))
            return b""
        data = self._wire.read(wait, most)
        return b"" if self.drops else data

    def write(self, data: bytes) -> None:
        lost, self.loses = self.loses, max(0, self.loses - len(data))
        if self.drops or not (left := data[lost:]):
            return
        with self._lock:
            self._due.append((self._now() + self.late_s, left * 2 if self.repeats else left))
        self._deliver()

    def _deliver(self) -> None:
        with self._lock:
            while self._due and self._due[0][0] <= self._now():
                self._wire.write(self._due.popleft()[1])
