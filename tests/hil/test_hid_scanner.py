"""The contract of the keyboard-wedge scanner, where the kernel lets a test make a keyboard: mostly in `--rig=vm`."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import evdev
import pytest
from evdev import ecodes

from drivers.hid_scanner.scanner import HidScanner
from kiosk.ports import DeviceGone, TextScan

VENDOR, PRODUCT = 0x1234, 0x5678
KEYS = {ecodes.EV_KEY: list(range(1, 120))}
MakeKeyboard = Callable[..., evdev.UInput]


@pytest.fixture
def make_keyboard(request: pytest.FixtureRequest) -> Iterator[MakeKeyboard]:
    """Keyboards through uinput, on the virtual rig where this kernel has it and in the guest of the vm rig."""
    if request.config.getoption("--rig") == "bench":
        pytest.skip("the bench has real scanners, which nobody types on")
    if not os.access("/dev/uinput", os.W_OK):
        pytest.skip("this kernel has no uinput (no writable /dev/uinput): the HID contract was not tested")
    with ExitStack() as exits:

        def make(product: int = PRODUCT) -> evdev.UInput:
            device = evdev.UInput(KEYS, name="kiosk test scanner", vendor=VENDOR, product=product)
            return exits.enter_context(device)

        yield make


def type_keys(device: evdev.UInput, *codes: int) -> None:
    for code in codes:
        for value in (1, 0):
            device.write(ecodes.EV_KEY, code, value)
            device.syn()


def test_a_scan_is_read_and_reaches_nobody_else(make_keyboard: MakeKeyboard) -> None:
    keyboard = make_keyboard()
    driver = HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    other = evdev.InputDevice(keyboard.device.path)
    type_keys(keyboard, ecodes.KEY_1, ecodes.KEY_A, ecodes.KEY_ENTER)
    assert driver.read(2) == TextScan(b"1a")
    assert other.read_one() is None
    other.close()
    driver.close()


def test_only_the_named_device_is_opened(make_keyboard: MakeKeyboard) -> None:
    make_keyboard()
    with pytest.raises(DeviceGone, match="1234:5679: not plugged in"):
        HidScanner(vendor=VENDOR, product=PRODUCT + 1).open()


def test_a_second_program_cannot_have_it(make_keyboard: MakeKeyboard) -> None:
    make_keyboard()
    driver = HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    with pytest.raises(DeviceGone):
        HidScanner(vendor=VENDOR, product=PRODUCT).open()
    driver.close()


def test_two_scanners_of_one_make_do_not_mix(make_keyboard: MakeKeyboard) -> None:
    keyboards = [make_keyboard(), make_keyboard()]
    drivers = [HidScanner(path=keyboard.device.path) for keyboard in keyboards]
    for driver in drivers:
        driver.open()
    for first, second in zip("ABCD", "WXYZ", strict=True):
        type_keys(keyboards[0], ecodes.ecodes[f"KEY_{first}"])
        type_keys(keyboards[1], ecodes.ecodes[f"KEY_{second}"])
    for keyboard in keyboards:
        type_keys(keyboard, ecodes.KEY_ENTER)
    assert [driver.read(2) for driver in drivers] == [TextScan(b"abcd"), TextScan(b"wxyz")]
    for driver in drivers:
        driver.close()


def test_a_scanner_that_is_pulled_and_put_back(make_keyboard: MakeKeyboard) -> None:
    keyboard = make_keyboard()
    driver = HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    path = keyboard.device.path
    keyboard.close()
    with pytest.raises(DeviceGone):
        driver.read(2)
    assert not Path(path).exists()
    driver.close()
    again = make_keyboard()
    driver.open()
    type_keys(again, ecodes.KEY_1, ecodes.KEY_ENTER)
    assert driver.read(2) == TextScan(b"1")
    driver.close()
