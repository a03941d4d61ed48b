"""The line back to the host: answers leave when they are due, whatever the printer is doing."""

import heapq
import random
import threading
import time
from itertools import count

from kiosk.virtual.wire import Wire

NOISE = bytes((0xFF, 0x00, 0xA5, 0x7F))


class ReplyLine:
    """A thread that writes each answer when its last byte would have gone through the line."""

    def __init__(self, wire: Wire, byte_s: float) -> None:
        self.silent = False
        self.garbled = False
        self._wire, self._byte_s = wire, byte_s
        self._due: list[tuple[float, int, bytes]] = []
        self._number = count()
        self._free_at = 0.0
        self._changed = threading.Condition()
        self._stopped = True
        self._thread: threading.Thread | None = None
        self._noise = random.Random(7)  # noqa: S311

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
        if not answer or self.silent or not self._wire.plugged:
            return
        if self.garbled:
            answer = self._spoilt(answer)
        with self._changed:
            self._free_at = max(due, self._free_at) + len(answer) * self._byte_s
            heapq.heappush(self._due, (self._free_at, next(self._number), answer))
            self._changed.notify()

    def forget(self) -> None:
        """What has not left yet never will."""
        with self._changed:
            self._due.clear()
            self._free_at = 0.0

    def _spoilt(self, answer: bytes) -> bytes:
        flipped = bytes(byte ^ self._noise.randrange(1, 256) for byte in answer)
        return self._noise.choice(NOISE).to_bytes(1, "big") + flipped

    def _run(self) -> None:
        while (answer := self._next()) is not None:
            self._wire.write(answer)

    def _next(self) -> bytes | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None
