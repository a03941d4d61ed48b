"""Lamps, buzzer and buttons on GPIO pins, through gpiozero. decisions: The panel."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import assert_never

from gpiozero import Button as Key
from gpiozero import DigitalOutputDevice, GPIOZeroError
from gpiozero.pins import Factory

from kiosk.ports import Button, DeviceGone, Signal

SHOWN_S = 1.0
"""How long the lamps of accepted and refused stay on."""
WINK_S = 0.15
"""Of a lamp that only says that staff were heard."""


@dataclass(frozen=True, slots=True)
class PanelPins:
    """BCM numbers; None where the panel has no such part. Buttons close to ground."""

    ready: int | None = None
    accepted: int | None = None
    refused: int | None = None
    attention: int | None = None
    buzzer: int | None = None
    buttons: Mapping[Button, int] = field(default_factory=dict)
    factory: str = "lgpio"


class GpioPanel:
    """A Panel. READY and ATTENTION stay until the other comes; ACCEPTED and REFUSED show for a second, NOTED winks."""

    def __init__(self, pins: PanelPins) -> None:
        self._pins = pins
        self._factory: Factory | None = None
        self._outputs: dict[str, DigitalOutputDevice] = {}
        self._keys: list[Key] = []

    def open(self, pressed: Callable[[Button], None]) -> None:
        try:
            self._factory = _load(self._pins.factory)
            for name in ("ready", "accepted", "refused", "attention", "buzzer"):
                self._add_output(name, getattr(self._pins, name))
            for button, pin in self._pins.buttons.items():
                key = Key(pin, bounce_time=0.03, pin_factory=self._factory)
                self._keys.append(key)
                key.when_pressed = partial(pressed, button)
        except (GPIOZeroError, OSError, ImportError) as error:
            self.close()
            raise DeviceGone(f"panel: {error}") from error

    def close(self) -> None:
        parts = [*self._outputs.values(), *self._keys, *filter(None, [self._factory])]
        self._outputs, self._keys, self._factory = {}, [], None
        with contextlib.ExitStack() as closing:
            # One that cannot be closed keeps no other open; what it raises comes out after them.
            for part in reversed(parts):
                closing.callback(part.close)

    def show(self, signal: Signal) -> None:
        match signal:
            case Signal.READY:
                self._steady("ready", "attention")
            case Signal.ATTENTION:
                self._steady("attention", "ready")
            case Signal.ACCEPTED:
                self._once("accepted", "refused", beeps=1)
            case Signal.REFUSED:
                self._once("refused", "accepted", beeps=3)
            case Signal.NOTED:
                self._wink()
            case never:
                assert_never(never)

    def _steady(self, lamp: str, other: str) -> None:
        if other in self._outputs:
            self._outputs[other].off()
        if lamp in self._outputs:
            self._outputs[lamp].on()

    def _once(self, lamp: str, other: str, beeps: int) -> None:
        for name in (lamp, other):
            if name in self._outputs:
                self._outputs[name].off()
        if lamp in self._outputs:
            self._outputs[lamp].blink(on_time=SHOWN_S, off_time=0.01, n=1)
        if "buzzer" in self._outputs:
            self._outputs["buzzer"].blink(on_time=0.08, off_time=0.08, n=beeps)

    def _wink(self) -> None:
        """Twice, short: not to be taken for a person who was accepted."""
        if "accepted" in self._outputs:
            self._outputs["accepted"].blink(on_time=WINK_S, off_time=WINK_S, n=2)
        if "buzzer" in self._outputs:
            self._outputs["buzzer"].blink(on_time=0.04, off_time=0.04, n=2)

    def _add_output(self, name: str, pin: int | None) -> None:
        if pin is not None:
            self._outputs[name] = DigitalOutputDevice(pin, pin_factory=self._factory)


def _load(name: str) -> Factory:
    """The pin factory that gpiozero or another package has registered under this name."""
    found = _entry(name)
    if found is None:
        raise OSError(f"no pin factory named {name}")
    return found.load()()


@cache
def _entry(name: str) -> EntryPoint | None:
    """Looked for once: it reads what all packages say of themselves, and a panel that is away is tried each second."""
    return next(iter(entry_points(group="gpiozero_pin_factories", name=name)), None)
