"""What `kiosk devices` says of each thing that is plugged in: who may open it, and the lines that would use it."""

import json
from collections.abc import Iterable, Sequence

from kiosk.ports import Plug, PluggedIn

GROUPS = {
    Plug.SERIAL: "dialout",
    Plug.KEYBOARD: "input",
    Plug.USB_PRINTER: "lp",
    Plug.PI_CAMERA: "video",
    Plug.USB_CAMERA: "video",
    Plug.GPIO: "gpio",
}
"""The groups by which the service may open each kind (systemd/kiosk.service)."""

POS_MODE = (
    "in HID POS mode it types nothing and has no serial port: scan the code USB serial (also called CDC or virtual COM "
    "port) of its manual, or USB keyboard (also called HID keyboard, KBW or wedge), then run kiosk devices again"
)
NOTHING = "Nothing is plugged in that a kiosk could use."


def described(devices: Sequence[PluggedIn], user: str, picamera2: bool) -> str:
    """For people: the device, what is wrong, and lines to copy into kiosk.toml."""
    return "\n\n".join(_paragraph(device, user, picamera2) for device in devices) or NOTHING


def as_json(devices: Iterable[PluggedIn], user: str, picamera2: bool) -> str:
    """For programs: a list of objects, each with `fixes` and `config`."""
    return json.dumps([_object(device, user, picamera2) for device in devices], indent=2, ensure_ascii=False)


def _paragraph(device: PluggedIn, user: str, picamera2: bool) -> str:
    ids = "" if device.vendor is None else f" [{device.vendor:04x}:{device.product:04x}]"
    head = f"{device.kind}: {device.node}{ids} {device.title}".rstrip()
    lines = [head, *(f"  also {name}" for name in device.names)]
    lines += [f"  ! {fix}" for fix in fixes(device, user, picamera2)]
    return "\n".join([*lines, *(f"    {line}" for line in config_lines(device))])


def _object(device: PluggedIn, user: str, picamera2: bool) -> dict[str, object]:
    return {
        "kind": device.kind.name.lower(),
        "node": device.node,
        "names": list(device.names),
        "title": device.title,
        "vendor": device.vendor,
        "product": device.product,
        "fixes": fixes(device, user, picamera2),
        "config": "\n".join(config_lines(device)),
    }


def fixes(device: PluggedIn, user: str, picamera2: bool) -> list[str]:
    """What keeps the kiosk from using it, each with what to do."""
    if device.kind is Plug.POS_SCANNER:
        return [POS_MODE]
    found = []
    group = GROUPS[device.kind]
    if device.group != group or not device.group_may:
        found.append(
            f"it belongs to group {device.group}, so the service may not open it: put firmware_config/99-kiosk.rules "
            f"into /etc/udev/rules.d (group {group}), then: sudo udevadm control --reload && sudo udevadm trigger"
        )
    elif not device.openable:
        found.append(f"{user} may not open it: sudo usermod -aG {group} {user}, then log in again")
    if device.console:
        found.append("the system's console talks on it: take its console=... out of /boot/firmware/cmdline.txt")
    if device.kind is Plug.PI_CAMERA and not picamera2:
        found.append("picamera2 is not installed: sudo apt install python3-picamera2")
    if device.kind is Plug.USB_CAMERA:
        found.append("the kiosk reads the Pi's own cameras only")
    return found


def config_lines(device: PluggedIn) -> list[str]:
    """Lines of kiosk.toml that would use it."""
    name = json.dumps(device.names[0] if device.names else device.node)
    match device.kind:
        case Plug.SERIAL:
            return _serial_lines(device, name)
        case Plug.KEYBOARD:
            return ["[[scanner]]", 'kind = "hid"', *_keyboard_lines(device, name)]
        case Plug.USB_PRINTER:
            return ["[[printer]]", 'kind = "usb"', f"device = {name}"]
        case Plug.PI_CAMERA:
            return ["[[scanner]]", 'kind = "camera"']
        case Plug.GPIO:
            return ["[panel]  # BCM numbers of what is wired; see kiosk.toml", "accepted = 17", "refused = 27"]
        case Plug.USB_CAMERA | Plug.POS_SCANNER:
            return []


def _serial_lines(device: PluggedIn, name: str) -> list[str]:
    # An adapter does not tell what hangs on it; a scanner in USB-CDC mode is a ttyACM.
    first, second = ("serial", "id-card") if "ttyACM" in device.node else ("id-card", "serial")
    return [
        "[[scanner]]",
        f'kind = "{first}"  # or "{second}"; or a [[printer]] of kind "serial"',
        f"port = {name}",
    ]


def _keyboard_lines(device: PluggedIn, name: str) -> list[str]:
    if device.names or device.vendor is None:
        return [f"path = {name}"]
    return [f"vendor = 0x{device.vendor:04x}", f"product = 0x{device.product:04x}"]
