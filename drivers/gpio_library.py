"""gpiozero without what no panel has: coloured lamps, boards, chips on SPI, the machine's load. decisions: The start"""

from collections.abc import Callable, Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

from drivers.leaving_out import ANYTHING, leaving_out


def _entry_points(**wanted: Any) -> Any:
    from importlib.metadata import entry_points

    return entry_points(**wanted)


_LEFT_OUT: dict[str, Mapping[str, object]] = {
    "importlib.metadata": {"entry_points": _entry_points},
    "colorzero": {"Color": None},
    "gpiozero.boards": ANYTHING,
    "gpiozero.internal_devices": ANYTHING,
    "gpiozero.spi_devices": ANYTHING,
}

with leaving_out(_LEFT_OUT):
    from gpiozero import DigitalInputDevice, DigitalOutputDevice, GPIOZeroError
    from gpiozero.pins import Factory

__all__ = ["DigitalInputDevice", "DigitalOutputDevice", "Factory", "GPIOZeroError", "factory_names", "load_factory"]

_GROUP = "gpiozero_pin_factories"
_AT_HAND = {"kernel": "drivers.gpio_pins:KernelPins", "lgpio": "gpiozero.pins.lgpio:LGPIOFactory"}
"""Found without asking every package that is installed for its own."""


def factory_names() -> set[str]:
    """Of the pin factories that a panel may have; each is there, whether its chip is or not."""
    return {*_AT_HAND, *(each.name for each in _entry_points(group=_GROUP))}


def load_factory(name: str) -> Factory:
    """The pin factory of this name, ours or one that gpiozero or another package has registered; or a class, as
    module:Class. Raises OSError."""
    if name in _AT_HAND or ":" in name:
        with leaving_out(_LEFT_OUT):
            return resolve_name(_AT_HAND.get(name, name))()
    return _registered(name)()


@cache
def _registered(name: str) -> Callable[[], Factory]:
    """Looked for once: it reads what all packages say of themselves, and a panel that is away is tried each second."""
    found = _entry_points(group=_GROUP, name=name)
    if not found:
        raise OSError(f"no pin factory named {name}")
    factory: Callable[[], Factory] = next(iter(found)).load()
    return factory
