"""What all attendants do: open, serve, close, wait, and tell the engine how the device is."""

import queue
import random
import threading
from collections.abc import Callable

from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import Crashed, DeviceNews, Inbox, Item
from kiosk.engine.news import News, Telling
from kiosk.frozen import dataclass
from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceError

ROOM_S = 0.2
"""A full inbox is waited for in turns, so that whoever waits hears that the kiosk stops."""
JOIN_S = 0.02


class Attendant:
    """Keeps one device open on one thread. `serve` returns to be opened again, or raises DeviceError."""

    def __init__(self, name: str, inbox: Inbox, now_ns: Callable[[], int], back_off: BackOff = AT_HAND) -> None:
        self.name, self._inbox, self._now_ns = name, inbox, now_ns
        self._back_off, self._telling = back_off, Telling()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def open(self) -> None:
        raise NotImplementedError

    def serve(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def gone(self, why: str, held: bool = False) -> News:
        """The word for it. `held`: another has the device."""
        return DeviceNews(self.name, False, why, held)

    def post(self, item: Item) -> None:
        """Waits for room in the inbox, but not when the kiosk stops and nobody empties it any more."""
        while True:
            try:
                self._inbox.put(item, ROOM_S)
            except queue.Full:
                if not self.stopping:
                    continue
            return

    def tell(self, news: News) -> None:
        self._telling = self._telling.heard(news)
        self.tell_owed()

    def tell_owed(self) -> None:
        """To be called at each turn of `serve`."""
        now = self._now_ns()
        news = self._telling.due(now)
        if news is not None:
            self._telling = self._telling.said(now)
            self.post(news)

    def untold(self) -> None:
        """The engine waits for another word of the device."""
        self._telling = self._telling.forgotten()

    def _run(self) -> None:
        try:
            while not self.stopping:
                self._stop.wait(self._attend())
        except Exception as error:
            self.post(Crashed(self.name, error))

    def _attend(self) -> float:
        """Once, from opening to closing; how many seconds to leave the device alone then."""
        opened_ns = None
        try:
            self.open()
            opened_ns = self._now_ns()
            self.serve()
        except DeviceError as error:
            self.tell(self.gone(str(error), isinstance(error, DeviceBusy)))
            self._back_off = self._after(error, opened_ns)
            return self._back_off.pause_s(random.random())  # noqa: S311 - it keeps no secret
        finally:
            self.close()
        return 0.0

    def _after(self, error: DeviceError, opened_ns: int | None) -> BackOff:
        if opened_ns is not None:
            return self._back_off.failed((self._now_ns() - opened_ns) / 1e9)
        return self._back_off.not_there() if isinstance(error, DeviceAbsent) else self._back_off.failed(0)


@dataclass(frozen=True, slots=True)
class Crew:
    """All attendants of a table."""

    members: tuple[Attendant, ...]
    now_ns: Callable[[], int]

    def start(self) -> None:
        for member in self.members:
            member.start()

    def stop(self, timeout: float, meanwhile: Callable[[], None]) -> tuple[str, ...]:
        """Within `timeout` seconds for all of them; `meanwhile` takes what they still post. Who hangs in a call."""
        for member in self.members:
            member.stop()
        end_ns = self.now_ns() + int(timeout * 1e9)
        while (alive := [member for member in self.members if member.alive]) and self.now_ns() < end_ns:
            meanwhile()
            alive[0].join(JOIN_S)
        meanwhile()
        return tuple(member.name for member in alive)
