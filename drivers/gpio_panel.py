"""Lamps, buzzer and buttons on GPIO pins, through gpiozero. decisions: The panel."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import assert_never

from drivers.darkness import Lit, remember
from drivers.gpio_library import DigitalInputDevice, DigitalOutputDevice, Factory, GPIOZeroError, load_factory
from kiosk.frozen import dataclass
from kiosk.ports import Button, DeviceGone, Signal

SHOWN_S = 1.0
"""How long the lamps of accepted and refused stay on."""
WINK_S = 0.15
"""Of a lamp that only says that staff were heard."""
GAP_S = 0.08
"""Between two beeps."""
BEEPS: Mapping[Signal, tuple[int, float]] = {
    Signal.ACCEPTED: (1, 0.08),
    Signal.REFUSED: (3, 0.08),
    Signal.NOTED: (2, 0.04),
    Signal.ATTENTION: (1, 0.6),
    Signal.QUESTION: (2, 0.35),
}
"""How many, and how long each: told apart with the eyes elsewhere."""
OUTPUTS = ("ready", "accepted", "refused", "attention", "buzzer")


@dataclass(frozen=True, slots=True)
class PanelPins:
    """BCM numbers; None where the panel has no such part. Buttons close to ground."""

    ready: int | None = None
    accepted: int | None = None
    refused: int | None = None
    attention: int | None = None
    buzzer: int | None = None
    buttons: Mapping[Button, int] = field(default_factory=dict)
    factory: str = "kernel"

    def outputs(self) -> dict[str, int]:
        pins = {name: getattr(self, name) for name in OUTPUTS}
        return {name: pin for name, pin in pins.items() if pin is not None}


class GpioPanel:
    """A Panel. READY, ATTENTION and QUESTION stay until another of them comes; ACCEPTED and REFUSED show for a second,
    NOTED winks.
    `state` is where it writes down what may be lit, for whoever puts it out after a kill."""

    def __init__(self, pins: PanelPins, state: Path | None = None) -> None:
        self._pins, self._state = pins, state
        self._factory: Factory | None = None
        self._outputs: dict[str, DigitalOutputDevice] = {}
        self._keys: list[DigitalInputDevice] = []
        self._refusing_until_s = 0.0
        self._is_new = True
        """Nothing was shown since it was opened: what is so already calls nobody."""

    def open(self, pressed: Callable[[Button], None]) -> None:
        """Whatever goes wrong, nothing of the try is left."""
        try:
            self._open(pressed)
        except BaseException as error:
            with contextlib.suppress(Exception):
                self.close()
            if isinstance(error, GPIOZeroError | OSError | ImportError):
                raise DeviceGone(f"panel: {error}") from error
            raise

    def close(self) -> None:
        """Dark first. One that cannot be closed keeps no other; what it raises comes out after them."""
        for output in self._outputs.values():
            with contextlib.suppress(Exception):
                output.off()
        parts = [*self._outputs.values(), *self._keys, *filter(None, [self._factory])]
        self._outputs, self._keys, self._factory = {}, [], None
        with contextlib.ExitStack() as closing:
            for part in reversed(parts):
                closing.callback(part.close)

    def show(self, signal: Signal) -> None:
        match signal:
            case Signal.READY:
                self._steady("ready", "attention")
            case Signal.ATTENTION | Signal.QUESTION:
                self._steady("attention", "ready")
            case Signal.ACCEPTED:
                self._once("accepted", "refused")
            case Signal.REFUSED:
                self._once("refused", "accepted")
            case Signal.NOTED:
                self._wink()
            case never:
                assert_never(never)
        self._beep(signal)

    def _open(self, pressed: Callable[[Button], None]) -> None:
        self._is_new = True
        factory = self._factory = load_factory(self._pins.factory)
        outputs = self._pins.outputs()
        if self._state is not None:
            chip = getattr(factory, "chip_path", None)
            remember(self._state, Lit(self._pins.factory, chip, tuple(sorted(outputs.values()))))
        for name, pin in outputs.items():
            self._outputs[name] = DigitalOutputDevice(pin, pin_factory=factory)
        for button, pin in self._pins.buttons.items():
            # Not gpiozero's Button: it has a thread that looks ten times a second whether it is held.
            key = DigitalInputDevice(pin, pull_up=True, bounce_time=0.03, pin_factory=factory)
            self._keys.append(key)
            key.when_activated = partial(pressed, button)

    def _steady(self, lamp: str, other: str) -> None:
        if other in self._outputs:
            self._outputs[other].off()
        if lamp in self._outputs:
            self._outputs[lamp].on()

    def _beep(self, signal: Signal) -> None:
        """What calls staff never cuts short what tells a resident no."""
        buzzer, beeps = self._outputs.get("buzzer"), BEEPS.get(signal)
        now_s, is_new, self._is_new = time.monotonic(), self._is_new, False
        if buzzer is None or beeps is None or (is_new and signal is Signal.ATTENTION):
            return
        if signal is Signal.ATTENTION and now_s < self._refusing_until_s:
            return
        count, long_s = beeps
        self._refusing_until_s = now_s + count * (long_s + GAP_S) if signal is Signal.REFUSED else 0.0
        buzzer.blink(on_time=long_s, off_time=GAP_S, n=count)

    def _once(self, lamp: str, other: str) -> None:
        for name in (lamp, other):
            if name in self._outputs:
                self._outputs[name].off()
        if lamp in self._outputs:
            self._outputs[lamp].blink(on_time=SHOWN_S, off_time=0.01, n=1)

    def _wink(self) -> None:
        """Twice, short: not to be taken for a person who was accepted."""
        if "accepted" in self._outputs:
            self._outputs["accepted"].blink(on_time=WINK_S, off_time=WINK_S, n=2)
