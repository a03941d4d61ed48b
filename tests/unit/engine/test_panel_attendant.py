"""What the panel shows: what is so now, never what was."""

import threading
import time
from collections.abc import Callable

import pytest

from kiosk.engine.attendants import PanelAttendant
from kiosk.engine.inbox import Inbox
from kiosk.ports import Button, DeviceGone, Signal

pytestmark = pytest.mark.slow


class Lamps:
    """A panel that can be away, and that can be slow: each signal takes until `go` is set."""

    def __init__(self) -> None:
        self.there, self.go = threading.Event(), threading.Event()
        self.go.set()
        self.fail = False
        self.shown: list[Signal] = []

    def open(self, _pressed: Callable[[Button], None]) -> None:
        if not self.there.is_set():
            raise DeviceGone("panel: not there")

    def show(self, signal: Signal) -> None:
        if self.fail:
            self.there.clear()
            self.fail = False
            raise DeviceGone("panel: pulled")
        self.shown.append(signal)
        self.go.wait(10)

    def close(self) -> None: ...


@pytest.fixture
def lamps():
    return Lamps()


@pytest.fixture
def panel(lamps):
    attendant = PanelAttendant("panel", Inbox(), lamps, time.monotonic_ns)
    yield attendant
    lamps.go.set()
    attendant.stop()
    attendant.join(5)


def settled(lamps: Lamps, seconds: float = 0.3) -> list[Signal]:
    """What was shown once nothing more comes."""
    while True:
        before = len(lamps.shown)
        time.sleep(seconds)
        if before and len(lamps.shown) == before:
            return lamps.shown


def test_after_an_absence_the_last_signal_that_stays_is_shown_and_nothing_old(panel, lamps):
    panel.start()
    for _ in range(1000):
        for signal in Signal:
            panel.show(signal)
    panel.show(Signal.ATTENTION)
    lamps.there.set()
    assert settled(lamps, 1.2) == [Signal.ATTENTION]


def test_a_panel_that_was_pulled_shows_again_what_stays(panel, lamps):
    lamps.there.set()
    panel.start()
    panel.show(Signal.READY)
    assert settled(lamps) == [Signal.READY]
    lamps.fail = True
    panel.show(Signal.ACCEPTED)
    while lamps.there.is_set():
        time.sleep(0.01)
    lamps.there.set()
    lamps.shown.clear()
    assert settled(lamps, 1.2) == [Signal.READY]


def test_a_burst_of_short_signals_is_each_shown_once_the_last_that_stays_too(panel, lamps):
    lamps.there.set()
    lamps.go.clear()
    panel.start()
    panel.show(Signal.ACCEPTED)
    while not lamps.shown:
        time.sleep(0.01)
    for signal in [Signal.ATTENTION, Signal.REFUSED, Signal.NOTED] * 500 + [Signal.READY]:
        panel.show(signal)
    lamps.go.set()
    shown = settled(lamps)[1:]
    assert sorted(shown) == sorted([Signal.REFUSED, Signal.NOTED, Signal.READY])


def test_all_that_comes_one_by_one_is_shown(panel, lamps):
    lamps.there.set()
    panel.start()
    for signal in (Signal.READY, Signal.ACCEPTED, Signal.REFUSED, Signal.NOTED, Signal.ATTENTION):
        panel.show(signal)
        time.sleep(0.02)
    assert settled(lamps) == [Signal.READY, Signal.ACCEPTED, Signal.REFUSED, Signal.NOTED, Signal.ATTENTION]


def test_the_same_short_signal_over_and_over_is_shown_ten_times_a_second_at_most(panel, lamps):
    lamps.there.set()
    panel.start()
    begun = time.monotonic()
    for _ in range(250):
        panel.show(Signal.REFUSED)
        time.sleep(0.002)
    most = 10 * (time.monotonic() - begun) + 2
    assert 2 <= len(settled(lamps)) <= most


def test_it_is_closed_at_once_when_the_kiosk_stops(lamps, panel, monkeypatch):
    """Not at its next look: nobody is served any more."""
    monkeypatch.setattr("kiosk.engine.attendants.panel.LOOK_S", 60)
    closed = threading.Event()
    lamps.close = closed.set
    lamps.there.set()
    panel.start()
    panel.show(Signal.READY)
    settled(lamps)
    panel.stop()
    assert closed.wait(10)
