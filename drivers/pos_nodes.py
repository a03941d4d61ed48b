"""Scanners in HID POS mode, from /sys: they type nothing, have no serial port, and no driver of ours reads them."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.frozen import dataclass

_BAR_CODE_SCANNERS = 0x8C
"""Usage page (HID point of sale usage tables 1.02)."""
_USAGE_PAGE = 0x04
"""Of a short item's first byte all but the size."""
_LONG_ITEM = 0xFE


@dataclass(frozen=True, slots=True)
class PosNode:
    """One /dev/hidraw* of that usage page."""

    path: Path
    name: str
    vendor: int
    product: int


def pos_nodes(root: Path = Path("/")) -> list[PosNode]:
    """In the kernel's order. What vanishes meanwhile is left out."""
    entries = (root / "sys/class/hidraw").glob("hidraw*")
    found = [_node(entry, root) for entry in sorted(entries, key=lambda entry: (len(entry.name), entry.name))]
    return [node for node in found if node is not None]


def _node(entry: Path, root: Path) -> PosNode | None:
    device = entry / "device"
    try:
        if _BAR_CODE_SCANNERS not in usage_pages((device / "report_descriptor").read_bytes()):
            return None
        told = (device / "uevent").read_text(encoding="utf-8", errors="replace")
        words = dict(line.partition("=")[::2] for line in told.splitlines())
        _, vendor, product = (int(word, 16) for word in words["HID_ID"].split(":"))
    except (OSError, ValueError, KeyError):
        return None
    return PosNode(root / "dev" / entry.name, words.get("HID_NAME", "").strip(), vendor, product)


def usage_pages(descriptor: bytes) -> Iterator[int]:
    """Those that a report descriptor names (HID 1.11, section 6.2.2), as far as it can be followed."""
    at = 0
    while at < len(descriptor):
        head = descriptor[at]
        if head == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        size = (0, 1, 2, 4)[head & 3]
        if head & 0xFC == _USAGE_PAGE:
            yield int.from_bytes(descriptor[at + 1 : at + 1 + size], "little")
        at += 1 + size
