"""The line back to the host: answers leave when they are due, whatever the printer is doing."""

import heapq
import random
import threading
import time
from itertools import count
from math import inf

from kiosk.virtual.wire import Wire

NOISE = bytes((0xFF, 0x00, 0xA5, 0x7F))


class Replies:
    """Answers that have not left yet; each leaves when its last byte would have gone through the line."""

    def __init__(self, byte_s: float) -> None:
        self.silent = False
        self.garbled = False
        self._byte_s = byte_s
        self._due: list[tuple[float, int, bytes]] = []
        self._number = count()
        self._free_at = 0.0
        self._noise = random.Random(7)  # noqa: S311

    @property
    def next_at(self) -> float:
        """When the next answer leaves; infinite if none waits."""
        return self._due[0][0] if self._due else inf

    def send(self, due: float, answer: bytes) -> None:
        if not answer or self.silent:
            return
        if self.garbled:
            answer = self._spoilt(answer)
        self._free_at = max(due, self._free_at) + len(answer) * self._byte_s
        heapq.heappush(self._due, (self._free_at, next(self._number), answer))

    def forget(self) -> None:
        """What has not left yet never will."""
        self._due.clear()
        self._free_at = 0.0

    def leave(self, now: float) -> bytes:
        """The first that is due, empty if none is."""
        return heapq.heappop(self._due)[2] if self.next_at <= now else b""

    def _spoilt(self, answer: bytes) -> bytes:
        flipped = bytes(byte ^ self._noise.randrange(1, 256) for byte in answer)
        return self._noise.choice(NOISE).to_bytes(1, "big") + flipped


class ReplyLine(Replies):
    """The same with a thread that writes them to a wire in time."""

    def __init__(self, wire: Wire, byte_s: float) -> None:
        super().__init__(byte_s)
        self._wire = wire
        self._changed = threading.Condition()
        self._stopped = True
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="printer-replies", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def send(self, due: float, answer: bytes) -> None:
        with self._changed:
            super().send(due, answer)
            self._changed.notify()

    def forget(self) -> None:
        with self._changed:
            super().forget()

    def _run(self) -> None:
        while answer := self._next():
            self._wire.write(answer)

    def _next(self) -> bytes:
        """Waits for the next one; empty when the line is stopped."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                if answer := self.leave(now):
                    return answer
                self._changed.wait(None if self.next_at == inf else self.next_at - now)
        return b""
