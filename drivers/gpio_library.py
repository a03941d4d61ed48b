"""gpiozero without what no panel has: coloured lamps, boards, chips on SPI, the machine's load. decisions: The start"""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from drivers.leaving_out import ANYTHING, leaving_out


def _entry_points(**wanted: str) -> Any:
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

__all__ = ["DigitalInputDevice", "DigitalOutputDevice", "Factory", "GPIOZeroError", "load_factory"]

OWN_FACTORIES = {"lgpio": "gpiozero.pins.lgpio:LGPIOFactory"}
"""Found without asking every package that is installed for its own."""


def load_factory(name: str) -> Factory:
    """The pin factory that gpiozero or another package has registered under this name; or a class, as module:Class."""
    if name in OWN_FACTORIES or ":" in name:
        with leaving_out(_LEFT_OUT):
            return resolve_name(OWN_FACTORIES.get(name, name))()
    found = _entry_points(group="gpiozero_pin_factories", name=name)
    if not found:
        raise OSError(f"no pin factory named {name}")
    return next(iter(found)).load()()
