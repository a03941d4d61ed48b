"""What is plugged into this machine, read from /dev and /sys; no device is opened."""

import grp
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from drivers.input_nodes import input_nodes
from drivers.pos_nodes import pos_nodes
from kiosk.ports import Plug, PluggedIn

_SENSOR = re.compile(r"(imx|ov|ar|gc|mira)[0-9]+")
"""How the kernel names the sub-device of a camera's sensor."""
_NO_UART = "0"
_UP_TO_USB = 6


def plugged_in(root: Path = Path("/")) -> list[PluggedIn]:
    """Everything that a kiosk might use, in the order of its kinds. `root` holds dev and sys."""
    found = (_serial_ports, _keyboards, _pos_scanners, _usb_printers, _cameras, _gpio_chips)
    return [device for of_a_kind in found for device in of_a_kind(root)]


def _serial_ports(root: Path) -> Iterator[PluggedIn]:
    for entry in _sorted(root / "sys/class/tty", "tty*"):
        node = root / "dev" / entry.name
        # The kernel keeps numbers for UARTs that are not there.
        if not (entry / "device").exists() or _text(entry / "type") == _NO_UART or not node.exists():
            continue
        names = _names(root, node, "kiosk", "serial/by-id", "serial/by-path")
        usb = _usb_device(entry / "device")
        yield _device(Plug.SERIAL, root, node, names, _usb_title(usb), usb, _text(entry / "console") == "Y")


def _keyboards(root: Path) -> Iterator[PluggedIn]:
    for each in input_nodes(root):
        if each.types_text and each.path.exists():
            names = _names(root, each.path, "kiosk", "input/by-id", "input/by-path")
            found = _device(Plug.KEYBOARD, root, each.path, names, each.name, None)
            # The ids that the configuration is compared with; a keyboard on Bluetooth has them too.
            yield replace(found, vendor=each.vendor, product=each.product)


def _pos_scanners(root: Path) -> Iterator[PluggedIn]:
    for each in pos_nodes(root):
        if each.path.exists():
            found = _device(Plug.POS_SCANNER, root, each.path, (), each.name, None)
            yield replace(found, vendor=each.vendor, product=each.product)


def _usb_printers(root: Path) -> Iterator[PluggedIn]:
    for node in _sorted(root / "dev/usb", "lp*"):
        interface = root / "sys/class/usbmisc" / node.name / "device"
        words = dict(word.partition(":")[::2] for word in _text(interface / "ieee1284_id").split(";"))
        maker = words.get("MFG", words.get("MANUFACTURER", ""))
        title = f"{maker} {words.get('MDL', words.get('MODEL', ''))}".strip()
        usb = _usb_device(interface)
        names = _names(root, node, "kiosk", "usb/by-id", "usb/by-path")
        yield _device(Plug.USB_PRINTER, root, node, names, title or _usb_title(usb), usb)


def _cameras(root: Path) -> Iterator[PluggedIn]:
    for entry in _sorted(root / "sys/class/video4linux", "v4l-subdev*"):
        node = root / "dev" / entry.name
        if _SENSOR.match(_text(entry / "name")) and node.exists():
            yield _device(Plug.PI_CAMERA, root, node, (), _text(entry / "name"), None)
    for entry in _sorted(root / "sys/class/video4linux", "video*"):
        node = root / "dev" / entry.name
        if (entry / "device/driver").resolve().name == "uvcvideo" and node.exists():
            yield _device(Plug.USB_CAMERA, root, node, (), _text(entry / "name"), _usb_device(entry / "device"))


def _gpio_chips(root: Path) -> Iterator[PluggedIn]:
    for node in _sorted(root / "dev", "gpiochip*"):
        yield _device(Plug.GPIO, root, node, (), "", None)


def _device(
    kind: Plug, root: Path, node: Path, names: tuple[str, ...], title: str, usb: Path | None, console: bool = False
) -> PluggedIn:
    state = node.stat()
    return PluggedIn(
        kind,
        _shown(root, node),
        names,
        title,
        None if usb is None else int(_text(usb / "idVendor"), 16),
        None if usb is None else int(_text(usb / "idProduct"), 16),
        _group(state.st_gid),
        state.st_mode & 0o060 == 0o060,
        os.access(node, os.R_OK | os.W_OK),
        console,
    )


def _usb_device(entry: Path) -> Path | None:
    """The USB device that an interface's entry in /sys belongs to; None for what hangs on no USB."""
    at = entry.resolve()
    for folder in (at, *at.parents[:_UP_TO_USB]):
        if (folder / "idVendor").exists() and (folder / "idProduct").exists():
            return folder
    return None


def _usb_title(usb: Path | None) -> str:
    return "" if usb is None else f"{_text(usb / 'manufacturer')} {_text(usb / 'product')}".strip()


def _names(root: Path, node: Path, *folders: str) -> tuple[str, ...]:
    """The links to a node in these folders of /dev, in this order."""
    links = [link for folder in folders for link in sorted((root / "dev" / folder).glob("*"))]
    return tuple(_shown(root, link) for link in links if link.is_symlink() and link.resolve() == node.resolve())


def _shown(root: Path, path: Path) -> str:
    return f"/{path.relative_to(root)}"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _text(file: Path) -> str:
    """Empty if it is not there; devices vanish while they are looked at."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _sorted(folder: Path, pattern: str) -> list[Path]:
    """By the number at the end: ttyUSB2 stands before ttyUSB10."""
    return sorted(folder.glob(pattern), key=lambda path: (path.name.rstrip("0123456789"), len(path.name), path.name))
