"""The input devices of this machine, read from /sys: no device is opened, so a stranger's keyboard is not either."""

import struct
from pathlib import Path

from kiosk.frozen import dataclass

_KEYS_OF_TEXT = frozenset({*range(2, 12), 28, 30})
"""Digits, Enter, A: what tells the keyboard of a scanner from its other interfaces."""
_WORD_BITS = 8 * struct.calcsize("l")


@dataclass(frozen=True, slots=True)
class InputNode:
    """One /dev/input/event*; `types_text` if it has the keys of a keyboard."""

    path: Path
    name: str
    vendor: int
    product: int
    types_text: bool


def input_nodes(root: Path = Path("/")) -> list[InputNode]:
    """In the kernel's order. What vanishes meanwhile is left out."""
    entries = (root / "sys/class/input").glob("event*")
    found = [_node(entry, root) for entry in sorted(entries, key=lambda entry: int(entry.name[5:]))]
    return [node for node in found if node is not None]


def _node(entry: Path, root: Path) -> InputNode | None:
    device = entry / "device"
    try:
        vendor, product = (int((device / "id" / word).read_text(), 16) for word in ("vendor", "product"))
        keys = _bits((device / "capabilities/key").read_text())
        name = (device / "name").read_text(errors="replace").strip()
    except (OSError, ValueError):
        return None
    return InputNode(root / "dev/input" / entry.name, name, vendor, product, keys >= _KEYS_OF_TEXT)


def _bits(text: str) -> frozenset[int]:
    """The kernel writes a bit field as words of a `long`, the highest first."""
    value = 0
    for word in text.split():
        value = value << _WORD_BITS | int(word, 16)
    return frozenset(bit for bit in range(value.bit_length()) if value >> bit & 1)
