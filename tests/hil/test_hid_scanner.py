"""The contract of the keyboard-wedge scanner, where the kernel lets a test make a keyboard."""

import os
from pathlib import Path

import evdev
import pytest
from evdev import ecodes

from drivers.hid_scanner import HidScanner
from kiosk.ports import DeviceGone, TextScan

pytestmark = pytest.mark.skipif(
    not os.access("/dev/uinput", os.W_OK),
    reason="this kernel has no uinput (no writable /dev/uinput): the HID contract was not tested",
)

VENDOR, PRODUCT = 0x1234, 0x5678


@pytest.fixture
def keyboard(rig):
    keys = {ecodes.EV_KEY: list(ecodes.keys.keys() & set(range(1, 120)))}
    with evdev.UInput(keys, name="kiosk test scanner", vendor=VENDOR, product=PRODUCT) as device:
        yield device


def type_keys(device, codes):
    for code in codes:
        device.write(ecodes.EV_KEY, code, 1)
        device.write(ecodes.EV_KEY, code, 0)
        device.syn()


def test_a_scan_is_read_and_reaches_nobody_else(keyboard):
    driver = HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    other = evdev.InputDevice(keyboard.device.path)
    type_keys(keyboard, [ecodes.KEY_1, ecodes.KEY_A, ecodes.KEY_ENTER])
    assert driver.read(2) == TextScan(b"1a")
    assert other.read_one() is None
    driver.close()


def test_only_the_named_device_is_opened(keyboard):
    with pytest.raises(DeviceGone):
        HidScanner(vendor=VENDOR, product=PRODUCT + 1).open()


def test_a_scanner_that_is_pulled(rig):
    keys = {ecodes.EV_KEY: [ecodes.KEY_A]}
    device = evdev.UInput(keys, name="kiosk test scanner", vendor=VENDOR, product=PRODUCT)
    driver = HidScanner(path=device.device.path)
    driver.open()
    device.close()
    with pytest.raises(DeviceGone):
        driver.read(2)
    assert not Path(driver._name).exists()  # noqa: SLF001 - the path that was opened
