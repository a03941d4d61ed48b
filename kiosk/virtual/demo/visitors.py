"""Residents whom somebody at the demo sends to the table, between those who come by themselves."""

import queue
import threading
import time
from collections.abc import Iterator
from random import Random

from kiosk.virtual.demo.crowd import Kind, Visit, crowd, visit_of

FIRST = 1000
"""The number of the first who is sent: apart from those who come by themselves."""


class Visitors:
    """`coming` yields whoever comes next; any thread sends somebody, or stops the crowd."""

    def __init__(self, seed: int, pace_s: float) -> None:
        self._crowd, self._pace_s = crowd(None, seed), pace_s
        self._random = Random(seed + 1)  # noqa: S311 - a story, not a secret
        self._sent: queue.Queue[Kind] = queue.Queue(maxsize=8)
        self._before: list[Visit] = []
        self._resting = threading.Event()

    def send(self, kind: Kind) -> None:
        """Nobody, where eight wait already."""
        try:
            self._sent.put_nowait(kind)
        except queue.Full:
            return

    @property
    def resting(self) -> bool:
        return self._resting.is_set()

    def rest(self, on: bool) -> None:
        """Whether nobody comes by himself."""
        (self._resting.set if on else self._resting.clear)()

    def coming(self) -> Iterator[Visit]:
        """For ever; those who come by themselves at a pace that people can follow."""
        next_s = 0.0
        while True:
            try:
                kind = self._sent.get(timeout=max(0.0, next_s - time.monotonic()))
            except queue.Empty:
                next_s = time.monotonic() + self._pace_s
                if not self.resting:
                    yield next(self._crowd)
                    next_s = time.monotonic() + self._pace_s
            else:
                visit = visit_of(FIRST + len(self._before), kind, self._before, self._random)
                self._before.append(visit)
                yield visit
