"""Lamps and buzzer put out by somebody else, after an end that let the kiosk do nothing: pins keep their level.

Which pins those are, the panel writes down when it opens: no configuration has to be right for it.
"""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from drivers.gpio_lines import put_low
from kiosk.frozen import dataclass

MEMORY = "panel.json"
"""In the state directory."""


class NotKnownError(Exception):
    """What was written down cannot be read."""


@dataclass(frozen=True, slots=True)
class Lit:
    """Pins that may be lit: of a chip of the kernel's, or of a pin factory that has none."""

    factory: str
    chip: str | None
    pins: tuple[int, ...]


def remember(directory: Path, lit: Lit) -> None:
    """Writes only what is new. A disk that takes nothing does not keep the panel from being used."""
    text, file = json.dumps(asdict(lit)) + "\n", directory / MEMORY
    with suppress(OSError):
        if not (file.exists() and file.read_text("utf-8") == text):
            new = file.with_suffix(".new")
            new.write_text(text, "utf-8")
            new.replace(file)


def recall(directory: Path) -> Lit | None:
    """What was lit last; None if no panel was ever open here. Raises NotKnownError."""
    try:
        found = json.loads((directory / MEMORY).read_text("utf-8"))
        return Lit(str(found["factory"]), found["chip"], tuple(int(pin) for pin in found["pins"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotKnownError(f"{directory / MEMORY}: {type(error).__name__}") from error


def put_out(lit: Lit) -> dict[int, OSError | None]:
    """Each pin, and why it is not dark."""
    return _by_factory(lit) if lit.chip is None else {pin: _low(lit.chip, pin) for pin in lit.pins}


def _low(chip: str, pin: int) -> OSError | None:
    try:
        put_low(chip, pin)
    except OSError as error:
        return error
    return None


def _by_factory(lit: Lit) -> dict[int, OSError | None]:
    from drivers.gpio_library import DigitalOutputDevice, load_factory

    try:
        factory = load_factory(lit.factory)
        for pin in lit.pins:
            DigitalOutputDevice(pin, pin_factory=factory).close()
        factory.close()
    except Exception as error:
        return dict.fromkeys(lit.pins, OSError(str(error)))
    return dict.fromkeys(lit.pins)
