"""What a far end does, as steps, and who performs them: threads over a real wire, or whoever plays time for them.

A far end's code asks the stage for the time and yields for all that takes some, so that a wait need not be one.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, TypeVar

from kiosk.virtual.wire import Wire

Result = TypeVar("Result")
_TICK_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Hear:
    """The host's next bytes; none have come if that took until then, or so long that the world must be looked at."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing until then; the host's bytes stay where they are."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Await:
    """Until this holds, or until then."""

    holds: Callable[[], bool]
    until_s: float


@dataclass(frozen=True, slots=True)
class Say:
    """These bytes to the host, at once."""

    data: bytes


Step = Hear | Wait | Await | Say
Activity: TypeAlias = Generator[Step, bytes, Result]
"""Steps up to a result; each is answered with what was heard. Nobody else changes anything between two steps."""


class Stage(Protocol):
    """Where the activities of one far end take place."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held by whoever changes or reads, between two steps, what the activities use."""

    def now_s(self) -> float: ...

    def begin(self, life: Activity[None]) -> None:
        """Plugs the wire and performs `life` until end(); does nothing if one goes on."""

    def end(self) -> None:
        """Cuts all activities short, and unplugs the wire."""

    def play(self, activity: Activity[Result]) -> Result | None:
        """Performs it to its end; None if it was cut short."""


class Threads:
    """The real one: `life` has a thread of its own, what is played has its caller's."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def lock(self) -> threading.Condition:
        return self._news

    def now_s(self) -> float:
        return time.monotonic()

    def begin(self, life: Activity[None]) -> None:
        if self._thread is None:
            self._wire.plug()
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self.play, args=(life,), name="far-end", daemon=True)
            self._thread.start()

    def end(self) -> None:
        thread, self._thread = self._thread, None
        self._stopping.set()
        with self._news:
            self._news.notify_all()
        # The wire is pulled when nobody uses it any more: its file number may be given away at once.
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        with self._news:
            self._wire.unplug()

    def play(self, activity: Activity[Result]) -> Result | None:
        stopping, heard = self._stopping, b""
        try:
            with self._news:
                step = self._advance(activity, None, stopping)
            while not stopping.is_set():
                heard = self._pass(step, stopping)
                with self._news:
                    if isinstance(step, Await):
                        self._await(step, stopping)
                    step = self._advance(activity, heard, stopping)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            self._close(activity)
        return None

    def _close(self, activity: Activity[Result]) -> None:
        with self._news:
            activity.close()
            self._news.notify_all()

    def _advance(self, activity: Activity[Result], heard: bytes | None, stopping: threading.Event) -> Step:
        """To the next step that takes time. Bytes leave under the lock: who has the last one finds it counted."""
        try:
            step = next(activity) if heard is None else activity.send(heard)
            while isinstance(step, Say):
                if not stopping.is_set():
                    self._wire.write(step.data)
                step = activity.send(b"")
        finally:
            self._news.notify_all()
        return step

    def _pass(self, step: Step, stopping: threading.Event) -> bytes:
        if isinstance(step, Hear):
            return self._wire.read(max(0.0, min(step.until_s - time.monotonic(), _TICK_S)))
        if isinstance(step, Wait):
            _sleep(step.until_s - time.monotonic(), stopping)
        return b""

    def _await(self, step: Await, stopping: threading.Event) -> None:
        left_s = min(step.until_s - time.monotonic(), threading.TIMEOUT_MAX)
        self._news.wait_for(lambda: step.holds() or stopping.is_set(), max(0.0, left_s))


def _sleep(seconds: float, stopping: threading.Event) -> None:
    # A byte's time is slept exactly, and not worth being woken from.
    if seconds > _TICK_S:
        stopping.wait(seconds)
    elif seconds > 0:
        time.sleep(seconds)
