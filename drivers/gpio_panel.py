"""Lamps, buzzer and buttons on GPIO pins, through gpiozero. decisions: The panel."""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import assert_never

from drivers.gpio_library import DigitalOutputDevice, Factory, GPIOZeroError, Key, load_factory
from kiosk.frozen import dataclass
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
            self._factory = load_factory(self._pins.factory)
            for name in ("ready", "accepted", "refused", "attention", "buzzer"):
                self._add_output(name, getattr(self._pins, name))
            for button, pin in self._pins.buttons.items():
                key = Key(pin, bounce_time=0.03, pin_factory=self._factory)
                key.when_pressed = partial(pressed, button)
                self._keys.append(key)
        except (GPIOZeroError, OSError, ImportError) as error:
            self.close()
            raise DeviceGone(f"panel: {error}") from error

    def close(self) -> None:
        for device in (*self._outputs.values(), *self._keys):
            device.close()
        self._outputs.clear()
        self._keys.clear()
        if self._factory is not None:
            self._factory.close()
            self._factory = None

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
