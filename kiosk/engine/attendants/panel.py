"""The panel's attendant: lamps show what is so now, never what was."""

import threading
from collections.abc import Callable
from typing import assert_never

from kiosk.engine.attendants.attendant import Attendant
from kiosk.engine.attendants.calls import Call
from kiosk.engine.inbox import DeviceNews, Inbox, Pressed
from kiosk.ports import Button, Panel, Signal

LOOK_S = 0.5
AGAIN_NS = 100_000_000
"""The same short signal is not begun anew so soon: nobody could tell one from the other."""


class PanelAttendant(Attendant):
    """Shows the last signal that stays, and short ones once; buttons come back as Pressed. What was to be shown for a
    moment while there was no panel is not shown late."""

    def __init__(self, name: str, inbox: Inbox, panel: Panel, now_ns: Callable[[], int]) -> None:
        super().__init__(name, inbox, now_ns)
        self._panel = panel
        self._news = threading.Condition()
        self._steady: Signal | None = None
        self._fresh: list[Signal] = []
        """To be shown next: one that stays and each short one once, at most."""
        self._short: tuple[Signal | None, int] = None, 0

    def show(self, signal: Signal) -> None:
        """Never blocks."""
        with self._news:
            if _stays(signal):
                self._steady = signal
            self._fresh = [other for other in self._fresh if not _replaces(signal, other)] + [signal]
            self._news.notify()

    def stop(self) -> None:
        """The lamps go out at once: nobody is served any more."""
        super().stop()
        with self._news:
            self._news.notify()

    def open(self) -> None:
        self.calls.ask(Call.OPEN, lambda: self._panel.open(self._pressed))
        with self._news:
            self._fresh, steady = [], self._steady
        if steady is not None:
            self._present(steady)
        self.tell(DeviceNews(self.name, True))

    def serve(self) -> None:
        while not self.stopping:
            for signal in self._next():
                self._present(signal)
            self.tell_owed()

    def close(self) -> None:
        self._panel.close()

    def _next(self) -> list[Signal]:
        with self._news:
            self._news.wait_for(lambda: self._fresh or self.stopping, LOOK_S)
            fresh, self._fresh = self._fresh, []
        return fresh

    def _present(self, signal: Signal) -> None:
        now = self._now_ns()
        if not _stays(signal):
            last, at_ns = self._short
            if signal is last and now - at_ns < AGAIN_NS:
                return
            self._short = signal, now
        self.calls.ask(Call.SHOW, lambda: self._panel.show(signal))

    def _pressed(self, button: Button) -> None:
        self.post(Pressed(button))


def _replaces(signal: Signal, other: Signal) -> bool:
    return signal is other or (_stays(signal) and _stays(other))


def _stays(signal: Signal) -> bool:
    """Until another that stays comes."""
    match signal:
        case Signal.READY | Signal.ATTENTION | Signal.QUESTION:
            return True
        case Signal.ACCEPTED | Signal.REFUSED | Signal.NOTED:
            return False
        case never:
            assert_never(never)
