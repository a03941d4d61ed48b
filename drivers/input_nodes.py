"""The input devices of this machine, read from /sys: no device is opened, so a stranger's keyboard is not either."""

import re
import struct
from pathlib import Path

from kiosk.frozen import dataclass

_KEYS_OF_TEXT = frozenset({*range(2, 12), 28, 30})
"""Digits, Enter, A: what tells the keyboard of a scanner from its other interfaces."""
_HID_DEVICE = re.compile(r"[0-9A-F]{4}:[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}")
"""Bus, vendor, product and a number: what the kernel calls a device of several nodes that hangs on no USB port."""
_WORD_BITS = 8 * struct.calcsize("l")


@dataclass(frozen=True, slots=True)
class InputNode:
    """One /dev/input/event*; `types_text` if it has the keys of a keyboard."""

    path: Path
    name: str
    vendor: int
    product: int
    types_text: bool
    device: str = ""
    """The same for all nodes of one thing on one cable or one radio link; empty if nothing tells."""
    phys: str = ""
    """Where it hangs, in the kernel's words."""


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
    phys, types_text = _text(device / "phys"), keys >= _KEYS_OF_TEXT
    return InputNode(root / "dev/input" / entry.name, name, vendor, product, types_text, _device(device, phys), phys)


def _device(entry: Path, phys: str) -> str:
    above = entry.resolve().parents
    usb = next((folder for folder in above if (folder / "idVendor").exists()), None)
    hid = next((folder for folder in above if _HID_DEVICE.fullmatch(folder.name)), None)
    # "usb-0000:01:00.0-1.2/input1": the first part is the device's, the second the interface's. On Bluetooth it is the
    # adapter's address, and `uniq` the device's own.
    return str(usb or hid or phys.rpartition("/input")[0] or _text(entry / "uniq"))


def _text(file: Path) -> str:
    """Empty if it is not there."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _bits(text: str) -> frozenset[int]:
    """The kernel writes a bit field as words of a `long`, the highest first."""
    value = 0
    for word in text.split():
        value = value << _WORD_BITS | int(word, 16)
    return frozenset(bit for bit in range(value.bit_length()) if value >> bit & 1)
