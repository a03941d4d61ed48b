"""Which input nodes are a wedge scanner's: all on which it types, and nobody else's."""

from collections.abc import Iterator
from pathlib import Path

from drivers.input_nodes import InputNode, input_nodes


def nodes_of(path: str | None, vendor: int | None, product: int | None, root: Path) -> Iterator[list[str]]:
    """The nodes of each device that fits, which is one where a path names it."""
    nodes = input_nodes(root)
    if path is not None:
        yield [path, *_beside(path, nodes)]
        return
    devices: dict[str, list[str]] = {}
    for node in nodes:
        if (node.vendor, node.product) == (vendor, product) and node.types_text:
            devices.setdefault(_device(node), []).append(str(node.path))
    yield from devices.values()


def _beside(path: str, nodes: list[InputNode]) -> list[str]:
    """The other nodes on which the device types that this path names."""
    name = Path(path).resolve().name
    device = next((node.device for node in nodes if node.path.name == name), "")
    same = [node for node in nodes if device and node.device == device and node.types_text]
    return [str(node.path) for node in same if node.path.name != name]


def _device(node: InputNode) -> str:
    """Some drivers tell no interfaces apart: what hangs in one place under one name is one device."""
    place = f"{node.phys} {node.name}" if node.phys else str(node.path)
    return node.device or place
