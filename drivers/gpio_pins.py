"""gpiozero's pins on the kernel's lines. An idle pin wakes nobody, and nothing of a pin that failed is left behind."""

import os
from contextlib import suppress

from gpiozero import PinInvalidPull, PinSetInput
from gpiozero.pins.local import LocalPiFactory, LocalPiPin

from drivers.gpio_lines import Ask, Watch, header, level, put, take

_PULLS = {"floating": Ask.NO_PULL, "up": Ask.PULL_UP, "down": Ask.PULL_DOWN}


class KernelPin(LocalPiPin):  # type: ignore[misc]
    """One line, held from its first use until it is closed."""

    def __init__(self, factory: "KernelPins", info: object) -> None:
        super().__init__(factory, info)
        self._held = -1
        self._watch: Watch | None = None
        self._output = False
        self._pull = "floating"
        self._bounce: float | None = None

    def close(self) -> None:
        """An output is low, and stays so as long as the kernel lets it."""
        if self._output and self._held >= 0:
            with suppress(OSError):
                put(self._held, False)
        self._give_back()

    def _get_function(self) -> str:
        return "output" if self._output else "input"

    def _set_function(self, value: str) -> None:
        self._output = value == "output"
        self._take()

    def _get_state(self) -> bool:
        if self._held < 0:
            self._take()
        return level(self._held)

    def _set_state(self, value: float) -> None:
        if not self._output:
            raise PinSetInput(f"{self!r} is an input")
        put(self._held, bool(value))

    def _get_pull(self) -> str:
        return self._pull

    def _set_pull(self, value: str) -> None:
        if value not in _PULLS:
            raise PinInvalidPull(f"{self!r}: no pull {value!r}")
        self._pull = value
        self._take()

    def _get_bounce(self) -> float | None:
        return self._bounce

    def _set_bounce(self, value: float | None) -> None:
        self._bounce = value

    def _get_edges(self) -> str:
        return "both"

    def _set_edges(self, value: str) -> None:
        """The kernel tells both, and devices look which it was."""

    def _enable_event_detect(self) -> None:
        self._take(Ask.EDGES)
        self._watch = Watch(self._held, self._told)

    def _disable_event_detect(self) -> None:
        self._take()

    def _told(self, high: bool, at_ns: int) -> None:
        self._call_when_changed(at_ns / 1e9, high)

    def _take(self, more: Ask = Ask(0)) -> None:  # noqa: B008 - a number
        self._give_back()
        way = Ask.OUTPUT if self._output else Ask.INPUT | _PULLS[self._pull]
        self._held = take(
            self.factory.chip_path, self._number, way | more, 0.0 if self._output else self._bounce or 0.0
        )

    def _give_back(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.end()
        held, self._held = self._held, -1
        if held >= 0:
            os.close(held)


class KernelPins(LocalPiFactory):  # type: ignore[misc]
    """Pins of the board's header. Raises OSError where there is none."""

    def __init__(self) -> None:
        self.chip_path = header()
        super().__init__()
        self.pin_class = KernelPin

    def close(self) -> None:
        """gpiozero keeps pins, and who has them, for all factories together: what one that failed left there would be
        found by the next."""
        for pin in self.pins.values():
            with suppress(Exception):
                pin.close()
        self.pins.clear()
        self._reservations.clear()
