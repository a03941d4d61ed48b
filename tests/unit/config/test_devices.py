"""Contradictions within and between the tables of devices."""

import tomllib

import pytest

from kiosk.config import typed
from kiosk_file import GOOD, told

USB = '[[printer]]\nkind = "usb"\nname = "b"\n'
SERIAL = '[[scanner]]\nkind = "serial"\nname = "b"\n'
CARD = "/dev/kiosk/id-card"
CAMERA = '[[scanner]]\nkind = "camera"\n'
HID = '[[scanner]]\nkind = "hid"\n'
BY_ID = '[[scanner]]\nkind = "serial"\nname = "{}"\nport = "/dev/serial/by-id/{}"\n'
FIX = "and a device serves one table. Name the one that `kiosk devices` shows for each"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (SERIAL + f'port = "{CARD}"\n', f"scanner[2].port: {CARD} is named by scanner[1].port too, {FIX}"),
        (SERIAL + 'port = "/dev//kiosk/id-card"\n', f"scanner[2].port: {CARD} is named by scanner[1].port too, {FIX}"),
        (
            SERIAL + 'port = "/dev/kiosk/id*"\n',
            f"scanner[2].port: /dev/kiosk/id* is named by scanner[1].port too, {FIX}",
        ),
        (
            BY_ID.format("b", "usb-Newland*") + BY_ID.format("c", "usb-Newland_1"),
            f"scanner[3].port: /dev/serial/by-id/usb-Newland_1 is named by scanner[2].port too, {FIX}",
        ),
        (
            f'[[printer]]\nkind = "serial"\nname = "b"\nport = "{CARD}"\n',
            f"printer[2].port: {CARD} is named by scanner[1].port too, {FIX}",
        ),
        (USB, f"printer[2].device: /dev/usb/lp0 is named by printer[1].device too, {FIX}"),
        (
            CAMERA + CAMERA + 'name = "camera-2"\n',
            f"scanner[3].number: camera 0 is named by scanner[2].number too, {FIX}",
        ),
        (
            HID + 'path = "/dev/kiosk/wedge"\n' + HID + 'name = "b"\npath = "/dev/kiosk/wedge"\n',
            f"scanner[3].path: /dev/kiosk/wedge is named by scanner[2].path too, {FIX}",
        ),
        (
            '[[printer]]\nkind = "tcp"\nname = "b"\nhost = "192.168.1.50"\n' * 2,
            f"printer[3].host: 192.168.1.50:9100 is named by printer[2].host too, {FIX}",
        ),
    ],
)
def test_two_devices_at_one_place_are_refused(change, mistake):
    assert mistake in told(GOOD + change)


@pytest.mark.parametrize("name", ["broker", "panel"])
def test_no_device_is_called_as_the_kiosks_own(name):
    wrong = f"{name} is the name of the kiosk's own {name}. Give the device another name"
    assert told(GOOD + f'name = "{name}"\n') == [f"printer[1].name: {wrong}"]
    assert told(GOOD + CAMERA + f'name = "{name}"\n') == [f"scanner[2].name: {wrong}"]


@pytest.mark.parametrize(
    "change",
    [
        USB + 'device = "/dev/usb/lp1"\n',
        CAMERA + CAMERA + 'name = "camera-2"\nnumber = 1\n',
        HID + "vendor = 1\nproduct = 2\n" + HID + 'name = "b"\nvendor = 1\nproduct = 2\n',
        BY_ID.format("b", "usb-Newland*") + BY_ID.format("c", "usb-Honeywell*"),
        CAMERA + "frames_s = 10\nexposure_us = 100000\n",
        CAMERA + "frames_s = 30\nexposure_us = 0\n",
        SERIAL + 'port = "/dev/x"\nmodel = "newland"\ntrigger = "host"\ntrigger_timeout_s = 2\n',
    ],
)
def test_devices_that_do_not_disturb_each_other_are_taken(change):
    assert typed(tomllib.loads(GOOD + change), "test").point.kiosk == "a"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (
            CAMERA + "frames_s = 30\nexposure_us = 50000\n",
            (
                "scanner[2]: exposure_us = 50000 is longer than a frame at frames_s = 30. "
                "Write 33333 at most, or fewer frames"
            ),
        ),
        (
            SERIAL + 'port = "/dev/x"\ntrigger_timeout_s = 2\n',
            'scanner[2]: trigger_timeout_s does nothing without trigger = "host". Add that, or remove it',
        ),
        (
            HID + 'path = "/dev/kiosk/wedge"\nvendor = 1\nproduct = 2\n',
            "scanner[2]: path and vendor or product both name the device. Keep one of the two ways",
        ),
        (
            SERIAL + 'port = "/dev/x"\nbaud = 12345\n',
            (
                "scanner[2].baud: cannot be used (it is 12345). Write one of 1200, 1800, 2400, 4800, 9600, 19200, "
                "38400, 57600, 115200, 230400, 460800, 500000, 576000, 921600 or 1000000"
            ),
        ),
        (
            USB + 'device = "/dev/usb/lp1"\nfonts = ["a.ttf"]\n',
            "printer[2].fonts[1]: not an absolute path (it is 'a.ttf'). Begin it with /",
        ),
        (
            SERIAL + 'port = "ttyUSB0"\n',
            "scanner[2].port: not the whole path of a device (it is 'ttyUSB0'). Write one such as /dev/ttyUSB0",
        ),
        (
            '[broker]\nca_file = "ca.pem"\n',
            "broker.ca_file: not an absolute path (it is 'ca.pem'). Begin it with /",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(change, mistake):
    assert told(GOOD + change) == [mistake]
