"""What all attendants do: open, serve, close, wait, and tell the engine how the device is."""

import queue
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from kiosk.engine.attendants.calls import Call, Calls
from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import Crashed, DeviceNews, Inbox, Item
from kiosk.engine.news import News, Telling
from kiosk.frozen import dataclass
from kiosk.log import say
from kiosk.log.seldom import Seldom
from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceError

ROOM_S = 0.2
"""A full inbox is waited for in turns, so that whoever waits hears that the kiosk stops."""
JOIN_S = 0.02
OTHER_WORDS_NS = 600 * 1_000_000_000


class Attendant:
    """Keeps one device open on one thread. `serve` returns to be opened again, or raises DeviceError. Whatever the
    device's library raises, only this device is gone."""

    def __init__(self, name: str, inbox: Inbox, now_ns: Callable[[], int], back_off: BackOff = AT_HAND) -> None:
        self.name, self._inbox, self._now_ns = name, inbox, now_ns
        self._back_off, self._telling, self._seldom = back_off, Telling(), Seldom()
        self.calls = Calls(name, now_ns, self._seldom)
        self._stop = threading.Event()
        self._why = ""
        """The words that were told last of its end."""
        self._given_up = False
        """The engine was told that it is stuck, and not yet that it is back."""
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
        """And tells it, once it has proved that it serves."""
        raise NotImplementedError

    def serve(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def closed(self) -> None:
        """After each closing, however it went."""

    def gone(self, why: str, held: bool = False) -> News:
        """The word for it. `held`: another has the device."""
        return DeviceNews(self.name, False, why, held)

    def served_s(self, opened_ns: int) -> float:
        """How long it has served since it was opened (monotonic)."""
        return (self._now_ns() - opened_ns) / 1e9

    def overdue(self, now_ns: int) -> Iterable[Item]:
        """Asked by the engine, on its thread: what it is to be told of a device that hangs in a call, once."""
        call = self.calls.overdue(now_ns)
        if call is None or self._given_up:
            return ()
        self._given_up = True
        gone = self.gone(f"{self.name}: stuck in {call}")
        return (replace(gone, stuck=True), *self.given_up())

    def given_up(self) -> Iterable[Item]:
        """What else is to be told of a device that is stuck."""
        return ()

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
        self._take_back()
        self._telling = self._telling.heard(news)
        self.tell_owed()

    def tell_owed(self) -> None:
        """To be called at each turn of `serve`."""
        self._take_back()
        now = self._now_ns()
        news = self._telling.due(now)
        if news is not None:
            self._telling = self._telling.said(now)
            self.post(news)

    def _take_back(self) -> None:
        """It came back from a call in which it was given up."""
        if self._given_up:
            self._given_up = False
            self._telling = self._telling.anew()

    def untold(self) -> None:
        """The engine waits for another word of the device."""
        self._telling = self._telling.forgotten()

    def _run(self) -> None:
        try:
            while not self.stopping:
                self._stop.wait(self._attend())
        except BaseException as error:
            self.post(Crashed(self.name, error))

    def _attend(self) -> float:
        """Once, from opening to closing; how many seconds to leave the device alone then."""
        opened_ns = None
        try:
            self.open()
            opened_ns = self._now_ns()
            self.serve()
        except DeviceError as error:
            self._lament(error)
            self._back_off = self._after(error, opened_ns)
            return self._back_off.pause_s(random.random())  # noqa: S311 - it keeps no secret
        finally:
            self._close()
        return 0.0

    def _lament(self, error: DeviceError) -> None:
        """That it is gone is told once. Another cause is a line of the log, as it was mended in part; but now and then
        only, for some words are never the same."""
        why, told = str(error), self._telling.told
        self.tell(self.gone(why, isinstance(error, DeviceBusy)))
        if self._telling.told is not told:
            self._why = why
        elif why != self._why and self._seldom.may("why", self._now_ns(), OTHER_WORDS_NS):
            self._why = why
            say("still-gone", device=self.name, why=why)

    def _close(self) -> None:
        """Whatever is raised, it counts as closed: the next opening tells."""
        try:
            self.calls.ask(Call.CLOSE, self.close)
        except DeviceError as error:
            if self._seldom.may(str(Call.CLOSE), self._now_ns()):
                say("not-closed", device=self.name, why=str(error))
        finally:
            self.closed()

    def _after(self, error: DeviceError, opened_ns: int | None) -> BackOff:
        if opened_ns is not None:
            return self._back_off.failed(self.served_s(opened_ns))
        return self._back_off.not_there() if isinstance(error, DeviceAbsent) else self._back_off.failed(0)


@dataclass(frozen=True, slots=True)
class Crew:
    """All attendants of a table."""

    members: tuple[Attendant, ...]
    now_ns: Callable[[], int]

    def start(self) -> None:
        for member in self.members:
            member.start()

    def overdue(self) -> Iterator[Item]:
        """What the engine is to be told of devices that hang in a call; asked on its thread, as it never waits for
        its own inbox."""
        now_ns = self.now_ns()
        for member in self.members:
            yield from member.overdue(now_ns)

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
