"""What `kiosk devices` finds in a folder that plays /dev and /sys, and what it says."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from drivers.plugged_in import plugged_in
from kiosk.config import typed
from kiosk.doctor.plugged_in import GROUPS, NOTHING, as_json, config_lines, described, fixes
from kiosk.ports import Plug, PluggedIn

KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
MOUSE = "1f0000 0 0 0 0"
POINT = """
[point]
region = "r"
round = "r1"
point = "p"
kiosk = "a"
[tubes]
block = "0352"
"""
SCANNER = '[[scanner]]\nkind = "id-card"\nname = "reader"\nport = "/dev/x"\n'
PRINTER = '[[printer]]\nkind = "tcp"\nname = "till"\nhost = "h"\n'


class Machine:
    """Files as the kernel and udev lay them out."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str = "") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")

    def link(self, path: str, target: str) -> None:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(self.root / target, link.parent))

    def usb(self, port: str, vendor: str, product: str, maker: str = "", model: str = "") -> str:
        """The path of the device's first interface."""
        device = f"sys/devices/usb1/{port}"
        for name, text in (("idVendor", vendor), ("idProduct", product), ("manufacturer", maker), ("product", model)):
            self.write(f"{device}/{name}", text)
        (self.root / f"{device}/{port}:1.0").mkdir()
        return f"{device}/{port}:1.0"

    def tty(self, name: str, device: str, **files: str) -> None:
        self.write(f"dev/{name}")
        for file, text in files.items():
            self.write(f"sys/class/tty/{name}/{file}", text)
        self.link(f"sys/class/tty/{name}/device", device)

    def event(self, number: int, name: str, keys: str) -> None:
        self.write(f"dev/input/event{number}")
        device = f"sys/class/input/event{number}/device"
        self.write(f"{device}/name", name)
        self.write(f"{device}/id/vendor", "05e0")
        self.write(f"{device}/id/product", "1200")
        self.write(f"{device}/capabilities/key", keys)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.tty("ttyACM0", machine.usb("1-1", "1eab", "8306", "Newland", "CDC Scanner"))
    machine.link("dev/serial/by-id/usb-Newland_CDC_Scanner_X1-if00", "dev/ttyACM0")
    machine.link("dev/serial/by-path/platform-usb-0:1.1:1.0", "dev/ttyACM0")
    machine.tty("ttyUSB10", machine.usb("1-2", "1a86", "7523", "", "USB Serial"))
    machine.tty("ttyUSB2", machine.usb("1-3", "10c4", "ea60", "Silicon Labs", "CP2102"))
    machine.link("dev/kiosk/id-card", "dev/ttyUSB2")
    machine.link("dev/serial/by-id/usb-Silicon_Labs_CP2102-if00-port0", "dev/ttyUSB2")
    machine.write("sys/devices/platform/uart/x")
    machine.tty("ttyAMA0", "sys/devices/platform/uart", type="32", console="Y")
    machine.tty("ttyS0", "sys/devices/platform/uart", type="0")
    machine.write("dev/tty1")
    machine.write("sys/class/tty/tty1/dev", "4:1")
    machine.event(3, "Symbol Bar Code Scanner", KEYBOARD)
    machine.link("dev/input/by-id/usb-Symbol_Scanner-event-kbd", "dev/input/event3")
    machine.event(4, "Mouse", MOUSE)
    machine.write("dev/usb/lp0")
    printer = machine.usb("1-4", "0416", "5011", "", "USB Portable Printer")
    machine.write(f"{printer}/ieee1284_id", "MFG:STMicro;CMD:ESC/POS;MDL:POS58;CLS:PRINTER;")
    machine.link("sys/class/usbmisc/lp0/device", printer)
    machine.write("dev/v4l-subdev0")
    machine.write("sys/class/video4linux/v4l-subdev0/name", "imx708_wide")
    machine.write("dev/v4l-subdev1")
    machine.write("sys/class/video4linux/v4l-subdev1/name", "dw9807 10-000c")
    machine.write("dev/video0")
    machine.write("sys/class/video4linux/video0/name", "unicam-image")
    machine.write("dev/video8")
    machine.write("sys/class/video4linux/video8/name", "HD Webcam")
    webcam = machine.usb("1-5", "046d", "0825")
    machine.write("sys/bus/usb/drivers/uvcvideo/bind")
    machine.link(f"{webcam}/driver", "sys/bus/usb/drivers/uvcvideo")
    machine.link("sys/class/video4linux/video8/device", webcam)
    machine.write("dev/gpiochip0")
    return machine


def found(machine: Machine) -> dict[str, PluggedIn]:
    return {device.node: device for device in plugged_in(machine.root)}


def test_what_is_there_is_listed_in_order_and_nothing_else(machine: Machine) -> None:
    assert [(device.kind, device.node, device.title) for device in plugged_in(machine.root)] == [
        (Plug.SERIAL, "/dev/ttyACM0", "Newland CDC Scanner"),
        (Plug.SERIAL, "/dev/ttyAMA0", ""),
        (Plug.SERIAL, "/dev/ttyUSB2", "Silicon Labs CP2102"),
        (Plug.SERIAL, "/dev/ttyUSB10", "USB Serial"),
        (Plug.KEYBOARD, "/dev/input/event3", "Symbol Bar Code Scanner"),
        (Plug.USB_PRINTER, "/dev/usb/lp0", "STMicro POS58"),
        (Plug.PI_CAMERA, "/dev/v4l-subdev0", "imx708_wide"),
        (Plug.USB_CAMERA, "/dev/video8", "HD Webcam"),
        (Plug.GPIO, "/dev/gpiochip0", ""),
    ]


def test_names_that_stay_come_best_first(machine: Machine) -> None:
    devices = found(machine)
    assert devices["/dev/ttyACM0"].names == (
        "/dev/serial/by-id/usb-Newland_CDC_Scanner_X1-if00",
        "/dev/serial/by-path/platform-usb-0:1.1:1.0",
    )
    assert devices["/dev/ttyUSB2"].names[0] == "/dev/kiosk/id-card"
    assert devices["/dev/input/event3"].names == ("/dev/input/by-id/usb-Symbol_Scanner-event-kbd",)
    assert devices["/dev/ttyUSB10"].names == ()


def test_ids_are_those_of_the_usb_device(machine: Machine) -> None:
    devices = found(machine)
    ids = {node: (device.vendor, device.product) for node, device in devices.items()}
    assert ids["/dev/ttyUSB10"] == (0x1A86, 0x7523)
    assert ids["/dev/input/event3"] == (0x05E0, 0x1200)
    assert ids["/dev/usb/lp0"] == (0x0416, 0x5011)
    assert ids["/dev/ttyAMA0"] == (None, None)


def test_nothing_is_opened(machine: Machine) -> None:
    # A FIFO that nobody writes to would hold up whoever opened it.
    for node in ("ttyACM0", "input/event3", "usb/lp0", "video8", "gpiochip0"):
        (machine.root / "dev" / node).unlink()
        os.mkfifo(machine.root / "dev" / node)
    assert len(plugged_in(machine.root)) == 9


def test_an_empty_machine(tmp_path: Path) -> None:
    assert plugged_in(tmp_path) == []
    assert described([], "pi", picamera2=True) == NOTHING
    assert as_json([], "pi", picamera2=True) == "[]"


def test_the_configuration_takes_the_lines(machine: Machine) -> None:
    devices = found(machine)
    for node in ("/dev/ttyACM0", "/dev/ttyUSB2", "/dev/input/event3", "/dev/usb/lp0", "/dev/gpiochip0"):
        lines = "\n".join(config_lines(devices[node]))
        config = typed(tomllib.loads(POINT + SCANNER + PRINTER + lines), "test")
        assert len(config.scanner) + len(config.printer) + (config.panel is not None) == 3


@pytest.mark.parametrize(
    ("node", "lines"),
    [
        ("/dev/ttyACM0", 'kind = "serial"  # or "id-card"; or a [[printer]] of kind "serial"'),
        ("/dev/ttyUSB2", 'kind = "id-card"  # or "serial"; or a [[printer]] of kind "serial"'),
        ("/dev/ttyUSB2", 'port = "/dev/kiosk/id-card"'),
        ("/dev/input/event3", 'path = "/dev/input/by-id/usb-Symbol_Scanner-event-kbd"'),
        ("/dev/usb/lp0", 'device = "/dev/usb/lp0"'),
        ("/dev/v4l-subdev0", 'kind = "camera"'),
    ],
)
def test_lines_for_each(machine: Machine, node: str, lines: str) -> None:
    assert lines in config_lines(found(machine)[node])


def test_a_scanner_without_a_lasting_name_is_named_by_its_ids() -> None:
    scanner = PluggedIn(Plug.KEYBOARD, "/dev/input/event3", vendor=0x05E0, product=0x1200)
    assert config_lines(scanner) == ["[[scanner]]", 'kind = "hid"', "vendor = 0x05e0", "product = 0x1200"]


def test_what_the_kiosk_may_not_open_is_told_with_the_fix() -> None:
    good = PluggedIn(Plug.SERIAL, "/dev/ttyUSB0", group="dialout")
    assert fixes(good, "pi", picamera2=True) == []
    barred = PluggedIn(Plug.SERIAL, "/dev/ttyUSB0", group="dialout", openable=False)
    assert fixes(barred, "pi", picamera2=True) == ["pi may not open it: sudo usermod -aG dialout pi, then log in again"]
    (fix,) = fixes(PluggedIn(Plug.KEYBOARD, "/dev/input/event1", group="root"), "pi", picamera2=True)
    assert fix.startswith(
        "it belongs to group root, so the service may not open it: put firmware_config/99-kiosk.rules"
    )
    assert "(group input)" in fix
    (fix,) = fixes(PluggedIn(Plug.GPIO, "/dev/gpiochip0", group="gpio", group_may=False), "pi", picamera2=True)
    assert "group gpio" in fix


def test_what_else_stands_in_the_way() -> None:
    console = PluggedIn(Plug.SERIAL, "/dev/ttyAMA0", group="dialout", console=True)
    assert "cmdline.txt" in fixes(console, "pi", picamera2=True)[0]
    camera = PluggedIn(Plug.PI_CAMERA, "/dev/v4l-subdev0", group="video")
    assert fixes(camera, "pi", picamera2=False) == ["picamera2 is not installed: sudo apt install python3-picamera2"]
    assert fixes(camera, "pi", picamera2=True) == []
    webcam = PluggedIn(Plug.USB_CAMERA, "/dev/video0", group="video")
    assert fixes(webcam, "pi", picamera2=True) == ["the kiosk reads the Pi's own cameras only"]


def test_the_groups_are_those_of_the_service() -> None:
    unit = (Path(__file__).parents[3] / "systemd/kiosk.service").read_text(encoding="utf-8")
    groups = re.search(r"^SupplementaryGroups=(.*)$", unit, re.MULTILINE)
    assert groups is not None
    assert set(groups[1].split()) >= {group for group in GROUPS.values() if group != "video"}


def test_people_and_programs_are_told_the_same(machine: Machine) -> None:
    devices = plugged_in(machine.root)
    shown = described(devices, "pi", picamera2=True)
    assert "serial port: /dev/ttyACM0 [1eab:8306] Newland CDC Scanner\n  also /dev/serial/by-id/usb-Newland" in shown
    told = json.loads(as_json(devices, "pi", picamera2=True))
    assert [each["node"] for each in told] == [device.node for device in devices]
    assert told[0]["config"].splitlines()[0] == "[[scanner]]"
    assert told[0]["kind"] == "serial"


def test_the_command_runs_on_this_machine() -> None:
    done = subprocess.run([sys.executable, "-m", "kiosk", "devices", "--json"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(Path(each["node"]).exists() for each in json.loads(done.stdout))


def test_a_usb_printer_has_a_name_that_stays(machine):
    machine.write("dev/usb/lp0")
    machine.link("dev/usb/by-id/STMicro_POS58_0001", machine.root / "dev/usb/lp0")
    (printer,) = [each for each in plugged_in(machine.root) if each.node == "/dev/usb/lp0"]
    assert printer.names == ("/dev/usb/by-id/STMicro_POS58_0001",)
    assert 'device = "/dev/usb/by-id/STMicro_POS58_0001"' in config_lines(printer)
