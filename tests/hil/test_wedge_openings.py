"""Keyboard wedges that the kernel knows, at their opening: amid a code, and with two nodes of one name of which the
other one types. In `--rig=vm`, where this kernel has no uinput."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import evdev
import pytest
from evdev import ecodes

from drivers.hid_scanner.scanner import HidScanner
from kiosk.ports import DeviceGone, TextScan

VENDOR, PRODUCT = 0x1234, 0x5679
KEYS = {ecodes.EV_KEY: list(range(1, 120))}
PORT, OTHER_PORT = "usb-0000:00:14.0-1", "usb-0000:00:14.0-2"
DIGITS = [ecodes.ecodes[f"KEY_{digit}"] for digit in "110199199001010010"]
SHORT = (*(ecodes.ecodes[f"KEY_{letter}"] for letter in "ABCD"), ecodes.KEY_ENTER)
"""More than 15 keys at once are more than the kernel keeps for who does not read."""
SCAN = TextScan(b"abcd")
MakeNode = Callable[..., evdev.UInput]


@pytest.fixture
def make_node(request: pytest.FixtureRequest) -> Iterator[MakeNode]:
    """Input nodes of one maker and product, each at its place."""
    if request.config.getoption("--rig") == "bench":
        pytest.skip("the bench has real scanners, which nobody types on")
    if not os.access("/dev/uinput", os.W_OK):
        pytest.skip("this kernel has no uinput (no writable /dev/uinput): openings of wedges were not tested")
    with ExitStack() as exits:

        def make(phys: str = f"{PORT}/input0") -> evdev.UInput:
            device = evdev.UInput(KEYS, name="kiosk test scanner", vendor=VENDOR, product=PRODUCT, phys=phys)
            return exits.enter_context(device)

        yield make


def type_keys(device: evdev.UInput, *codes: int, pause_s: float = 0.0) -> None:
    for code in codes:
        for value in (1, 0):
            device.write(ecodes.EV_KEY, code, value)
            device.syn()
        time.sleep(pause_s)


@pytest.mark.parametrize("at_s", [0.05, 0.2, 0.4])
def test_the_rest_of_a_code_amid_which_it_is_opened_is_no_code(make_node: MakeNode, at_s: float) -> None:
    """95 characters at 8 ms: the last 66 to 88 were a code by themselves."""
    node, driver = make_node(), HidScanner(vendor=VENDOR, product=PRODUCT)
    keys = (*DIGITS * 5, ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_ENTER)
    typing = threading.Thread(target=type_keys, args=(node, *keys), kwargs={"pause_s": 0.008})
    typing.start()
    time.sleep(at_s)
    driver.open()
    typing.join()
    assert driver.read(0.3) is None
    type_keys(node, *SHORT)
    assert driver.read(5) == SCAN
    driver.close()


def test_of_two_nodes_of_one_name_the_other_types(make_node: MakeNode) -> None:
    nodes = [make_node(f"{PORT}/input{n}") for n in (0, 1)]
    assert len({node.device.name for node in nodes}) == 1
    for driver in (HidScanner(vendor=VENDOR, product=PRODUCT), HidScanner(path=nodes[0].device.path)):
        driver.open()
        for node in nodes:
            seen = evdev.InputDevice(node.device.path)
            type_keys(node, *SHORT)
            assert driver.read(5) == SCAN
            assert seen.read_one() is None, "somebody else has read it too"
            seen.close()
        driver.close()


def test_two_nodes_in_one_place_are_one_device_where_nothing_else_is_told(make_node: MakeNode) -> None:
    nodes, driver = [make_node("somewhere"), make_node("somewhere")], HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    for node in nodes:
        type_keys(node, *SHORT)
        assert driver.read(5) == SCAN
    driver.close()


def test_the_nodes_of_another_scanner_are_not_touched(make_node: MakeNode) -> None:
    mine, other = make_node(), make_node(f"{OTHER_PORT}/input0")
    first, second = (HidScanner(vendor=VENDOR, product=PRODUCT) for _ in range(2))
    first.open()
    second.open()
    type_keys(mine, *SHORT)
    type_keys(other, ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_ENTER)
    assert [first.read(5), second.read(5)] == [SCAN, TextScan(b"12")]
    first.close()
    second.close()


def test_one_node_that_goes_takes_the_device_with_it(make_node: MakeNode) -> None:
    make_node(f"{PORT}/input0")
    other = make_node(f"{PORT}/input1")
    driver = HidScanner(vendor=VENDOR, product=PRODUCT)
    driver.open()
    other.close()
    with pytest.raises(DeviceGone):
        driver.read(5)
    driver.close()
