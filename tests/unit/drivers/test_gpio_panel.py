"""The panel on gpiozero's pins: dark when it is closed, nobody woken while it is idle, nothing left of a failed try."""

import threading
from pathlib import Path
from typing import Any

import pytest
from gpiozero import DigitalInputDevice, DigitalOutputDevice, PinInvalidPin
from gpiozero.threads import GPIOThread

from drivers import darkness, gpio_panel
from drivers.darkness import Lit
from drivers.gpio_panel import GpioPanel, PanelPins
from kiosk.ports import Button, DeviceGone, Signal
from kiosk.virtual.pins import PinBoard

LAMPS: dict[str, Any] = {"ready": 5, "accepted": 17, "refused": 27, "attention": 22, "buzzer": 18}
BUTTONS = {Button.YES: 23, Button.NO: 24, Button.SEAL: 25}
TRIES = 1000


@pytest.fixture
def board(tmp_path, monkeypatch):
    monkeypatch.setenv("KIOSK_VIRTUAL_PINS", str(tmp_path / "pins"))
    with PinBoard(tmp_path / "pins") as board:
        yield board


@pytest.fixture
def panel():
    panel = GpioPanel(PanelPins(**LAMPS, buttons=BUTTONS, factory="kiosk-virtual"))
    yield panel
    panel.close()


@pytest.mark.parametrize("signal", list(Signal))
def test_all_is_dark_and_silent_after_closing_in_the_midst_of_any_signal(board, panel, signal):
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    panel.show(signal)
    assert board.wait_for(lambda values: any(values.values()), 5)
    panel.close()
    assert board.wait_for(lambda values: values == dict.fromkeys(LAMPS.values(), 0.0), 5)


@pytest.mark.parametrize(
    ("signal", "beeps", "long"),
    [
        (Signal.READY, 0, False),
        (Signal.ACCEPTED, 1, False),
        (Signal.NOTED, 2, False),
        (Signal.REFUSED, 3, False),
        (Signal.ATTENTION, 1, True),
        (Signal.QUESTION, 2, True),
    ],
)
def test_what_happened_is_told_by_ear(board, panel, monkeypatch, signal, beeps, long):
    """By how many, and whether they are longer than any short one."""
    heard = []
    monkeypatch.setattr(DigitalOutputDevice, "blink", lambda self, **how: heard.append((self.pin.info.name, how)))
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    panel.show(signal)
    sounds = [how for pin, how in heard if "18" in pin]
    assert [how["n"] for how in sounds] == ([beeps] if beeps else [])
    assert all((how["on_time"] > 0.3) is long for how in sounds)


def test_what_is_so_already_when_the_panel_is_opened_calls_nobody(board, panel, monkeypatch):
    heard = []
    monkeypatch.setattr(DigitalOutputDevice, "blink", lambda _, **how: heard.append(how["n"]))
    panel.open(lambda _: None)
    panel.show(Signal.ATTENTION)
    assert heard == []
    panel.show(Signal.ATTENTION)
    assert heard == [1]


def test_a_call_for_staff_does_not_cut_short_what_tells_a_resident_no(board, panel, monkeypatch):
    heard = []
    monkeypatch.setattr(DigitalOutputDevice, "blink", lambda _, **how: heard.append(how["n"]))
    panel.open(lambda _: None)
    panel.show(Signal.REFUSED)
    panel.show(Signal.ATTENTION)
    assert heard == [1, 3], "the lamp of refused, and three beeps"


def test_a_button_is_heard_once_and_again_after_opening_anew(board, panel):
    pressed = []
    heard = threading.Event()

    def press(button):
        pressed.append(button)
        heard.set()

    for _ in range(2):
        panel.open(press)
        board.press(24)
        assert heard.wait(5)
        heard.clear()
        panel.close()
    assert pressed == [Button.NO, Button.NO]


def test_an_idle_panel_has_no_thread_of_gpiozeros(board, panel):
    before = threading.active_count()
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    panel.show(Signal.NOTED)
    while any(isinstance(thread, GPIOThread) for thread in threading.enumerate()):
        threading.Event().wait(0.05)
    assert threading.active_count() - before == 2, "both ends of the virtual wire"


class BoomError(Exception):
    """As lgpio's own: of no kind that anybody knows."""


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "error", [BoomError("chip busy"), OSError("gone"), PinInvalidPin("GPIO99"), ImportError("lgpio")]
)
@pytest.mark.parametrize("at", ["factory", "output", "button", "press"])
def test_a_thousand_tries_that_fail_leave_nothing(board, panel, monkeypatch, error, at):
    def fail(*_args, **_named):
        raise error

    with monkeypatch.context() as broken:
        if at == "factory":
            broken.setattr(gpio_panel, "load_factory", fail)
        elif at == "output":
            broken.setattr(DigitalOutputDevice, "_write", fail)
            broken.setattr(gpio_panel, "DigitalOutputDevice", _failing_at(DigitalOutputDevice, 18, error))
        elif at == "button":
            broken.setattr(gpio_panel, "DigitalInputDevice", _failing_at(DigitalInputDevice, 25, error))
        else:
            broken.setattr(gpio_panel, "partial", fail)
        tries = TRIES if at == "factory" else TRIES // 20
        held = []
        for _ in range(tries):
            with pytest.raises(BoomError if isinstance(error, BoomError) else DeviceGone):
                panel.open(lambda _: None)
            held.append((descriptors(), threading.active_count()))
        # The board's ends of the wire are given back a moment later.
        assert max(after - before for before, after in zip(held[0], held[-1], strict=True)) <= 3
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    assert board.wait_for(lambda values: values.get(5) == 1, 30)


def _failing_at(kind, bad, error):
    def make(pin, **named):
        if pin == bad:
            raise error
        return kind(pin, **named)

    return make


def test_a_chip_that_fails_while_it_is_closed_is_given_back_all_the_same(board, panel, monkeypatch):
    panel.open(lambda _: None)
    with monkeypatch.context() as broken:
        for name in ("off", "close"):
            true = getattr(DigitalOutputDevice, name)

            def fail(self, true=true):
                was_closed = self.closed
                true(self)
                if not was_closed:
                    raise BoomError("no such device")

            broken.setattr(DigitalOutputDevice, name, fail)
        with pytest.raises(BoomError):
            panel.close()
    panel.open(lambda _: None)


def test_what_may_be_lit_is_written_down_before_anything_is(board, tmp_path):
    panel = GpioPanel(PanelPins(**LAMPS, factory="kiosk-virtual"), tmp_path)
    panel.open(lambda _: None)
    panel.close()
    assert darkness.recall(tmp_path) == Lit("kiosk-virtual", None, (5, 17, 18, 22, 27))
