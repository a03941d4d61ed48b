"""The wedge driver over a stand-in for the kernel's device: evdev's own events through a socket, for machines
without uinput. The contract over a real input device is in tests/hil/test_hid_scanner.py."""

import errno
import pickle
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from evdev import InputEvent

from drivers.hid_scanner.scanner import HidScanner
from kiosk.ports import DeviceBusy, DeviceGone, FrameError, TextScan

KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
VOLUME = "e000000000000 0"


class Node:
    """One input device: what is typed on its far side comes out of `read`."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self.opened = self.grabbed = False
        self.fd = self._near.fileno()
        self.leds: list[tuple[int, int]] = []

    def type(self, *codes: int, pause_s: float = 0.0) -> None:
        for code in codes:
            for value in (1, 0):
                self.send(InputEvent(0, 0, 1, code, value), InputEvent(0, 0, 0, 0, 0))
            time.sleep(pause_s)

    def send(self, *events: InputEvent) -> None:
        self._far.sendall(pickle.dumps([(e.sec, e.usec, e.type, e.code, e.value) for e in events]).ljust(200, b"\0"))

    def unplug(self) -> None:
        self._far.close()

    def end(self) -> None:
        self._near.close()
        self._far.close()

    def grab(self) -> None:
        if self.grabbed:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.grabbed = True

    def set_led(self, led: int, value: int) -> None:
        self.leds.append((led, value))

    def read(self) -> list[InputEvent]:
        data = self._near.recv(65536 // 200 * 200)
        if not data:
            raise OSError(errno.ENODEV, "No such device")
        packets = [data[at : at + 200] for at in range(0, len(data), 200)]
        return [InputEvent(*event) for packet in packets for event in pickle.loads(packet)]  # noqa: S301

    def close(self) -> None:
        self.opened = False


class Machine:
    """A folder that plays /sys, and the devices that stand in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.nodes: dict[str, Node] = {}
        self.made: list[Node] = []

    def plug(self, number: int, vendor: int, product: int, keys: str = KEYBOARD, phys: str = "") -> Node:
        device = self.root / f"sys/class/input/event{number}/device"
        (device / "id").mkdir(parents=True)
        (device / "capabilities").mkdir()
        (device / "name").write_text("Scanner\n")
        (device / "id/vendor").write_text(f"{vendor:04x}\n")
        (device / "id/product").write_text(f"{product:04x}\n")
        (device / "capabilities/key").write_text(keys + "\n")
        (device / "phys").write_text(phys + "\n")
        self.made.append(Node())
        self.nodes[f"{self.root}/dev/input/event{number}"] = self.made[-1]
        return self.made[-1]

    def open(self, path: str) -> Node:
        if path not in self.nodes:
            raise OSError(errno.ENOENT, "No such file or directory")
        self.nodes[path].opened = True
        return self.nodes[path]

    def named(self, number: int) -> HidScanner:
        """The driver of the node with that number."""
        return HidScanner(f"{self.root}/dev/input/event{number}", root=self.root, opener=self.open)

    def driver(self, vendor: int = 0x05E0, product: int = 0x1200, by_pause: bool = False) -> HidScanner:
        return HidScanner(None, vendor, product, by_pause=by_pause, root=self.root, opener=self.open)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    for node in machine.made:
        node.end()


A_TO_D, ENTER = (30, 48, 46, 32), 28


def test_a_scan_is_read(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    node.type(*A_TO_D, ENTER)
    assert driver.read(5) == TextScan(b"abcd")
    assert node.leds == [(1, 0)]


def test_a_stranger_s_keyboard_is_never_opened(machine: Machine) -> None:
    stranger, same_maker = machine.plug(1, 0x046D, 0xC31C), machine.plug(2, 0x05E0, 0x1300)
    with pytest.raises(DeviceGone, match="05e0:1200: not plugged in"):
        machine.driver().open()
    assert not stranger.opened
    assert not same_maker.opened


def test_the_interface_that_types_is_taken_and_not_the_one_with_the_volume_keys(machine: Machine) -> None:
    volume, keys = machine.plug(2, 0x05E0, 0x1200, VOLUME), machine.plug(3, 0x05E0, 0x1200)
    machine.driver().open()
    assert (volume.opened, keys.opened) == (False, True)


def test_two_scanners_of_one_make_are_two_devices(machine: Machine) -> None:
    nodes = [machine.plug(2, 0x05E0, 0x1200), machine.plug(3, 0x05E0, 0x1200)]
    drivers = [machine.driver(), machine.driver()]
    for driver in drivers:
        driver.open()
    for first, second in zip((30, 48, 46, 32, ENTER), (2, 3, 4, 5, ENTER), strict=True):
        nodes[0].type(first)
        nodes[1].type(second)
    assert [driver.read(5) for driver in drivers] == [TextScan(b"abcd"), TextScan(b"1234")]
    with pytest.raises(DeviceBusy, match="busy"):
        machine.driver().open()


def test_a_code_that_is_typed_while_a_read_ends_is_not_split(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    typing = threading.Thread(target=node.type, args=(*A_TO_D * 5, ENTER), kwargs={"pause_s": 0.01})
    typing.start()
    scans = [driver.read(0.003) for _ in range(200)]
    typing.join()
    assert [scan for scan in scans if scan is not None] == [TextScan(b"abcd" * 5)]


def test_a_stall_within_a_code_makes_no_code_of_either_part(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    node.type(*A_TO_D)
    with pytest.raises(FrameError, match=r"a code broke off$"):
        driver.read(5)
    node.type(*A_TO_D[1:], ENTER, *A_TO_D, ENTER)
    assert driver.read(5) == TextScan(b"abcd")
    assert driver.read(0.05) is None


def test_a_short_stall_does_no_harm(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    typing = threading.Thread(target=node.type, args=(30, 48, ENTER), kwargs={"pause_s": 0.15})
    typing.start()
    assert driver.read(5) == TextScan(b"ab")
    typing.join()


def test_a_scanner_that_never_sends_enter_is_told_how_to_be_set(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    for told in ("broke off$", "broke off$", 'broke off, 3 without an Enter in a row: .* or end = "pause"$'):
        node.type(*A_TO_D)
        with pytest.raises(FrameError, match=told):
            driver.read(5)


def test_without_an_enter_a_pause_ends_the_code(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver(by_pause=True)
    driver.open()
    node.type(*A_TO_D)
    assert driver.read(5) == TextScan(b"abcd")
    assert driver.read(0.05) is None


def test_dropped_events_are_told_and_the_next_code_of_the_same_batch_is_read(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    node.type(*A_TO_D)
    node.send(InputEvent(0, 0, 0, 3, 0), InputEvent(0, 0, 0, 0, 0))
    node.type(30, ENTER, *A_TO_D, ENTER)
    with pytest.raises(FrameError, match="keys were lost"):
        driver.read(5)
    assert driver.read(5) == TextScan(b"abcd")


def test_a_scanner_that_is_pulled_and_comes_back_under_another_number(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    driver.open()
    node.unplug()
    with pytest.raises(DeviceGone, match="No such device"):
        driver.read(5)
    driver.close()
    machine.nodes.clear()
    with pytest.raises(DeviceGone):
        driver.open()
    again = machine.plug(7, 0x05E0, 0x1200)
    driver.open()
    again.type(*A_TO_D, ENTER)
    assert driver.read(5) == TextScan(b"abcd")


@pytest.mark.parametrize("by_path", [False, True])
@pytest.mark.parametrize("typing", [0, 1])
def test_all_nodes_on_which_one_device_types_are_grabbed_and_read(machine: Machine, by_path: bool, typing: int) -> None:
    nodes = [machine.plug(n, 0x05E0, 0x1200, phys=f"usb-0000:01:00.0-1.2/input{n - 2}") for n in (2, 3)]
    volume = machine.plug(4, 0x05E0, 0x1200, VOLUME, phys="usb-0000:01:00.0-1.2/input2")
    beside = machine.plug(5, 0x05E0, 0x1200, phys="usb-0000:01:00.0-1.3/input0")
    driver = machine.named(2) if by_path else machine.driver()
    driver.open()
    nodes[typing].type(*A_TO_D, ENTER)
    assert driver.read(5) == TextScan(b"abcd")
    assert [node.grabbed for node in (*nodes, volume, beside)] == [True, True, False, False]
    assert not beside.opened
    driver.close()
    assert not any(node.opened for node in nodes)


def test_codes_on_two_nodes_of_one_device_do_not_mix(machine: Machine) -> None:
    nodes = [machine.plug(n, 0x05E0, 0x1200, phys=f"usb-0000:01:00.0-1.2/input{n}") for n in (2, 3)]
    driver = machine.driver()
    driver.open()
    nodes[0].type(*A_TO_D)
    nodes[1].type(2, 3, 4, 5, ENTER)
    assert driver.read(5) == TextScan(b"1234")
    nodes[0].type(ENTER)
    assert driver.read(5) == TextScan(b"abcd")


def test_a_code_that_stalls_on_one_node_is_torn_while_another_types(machine: Machine) -> None:
    nodes = [machine.plug(n, 0x05E0, 0x1200, phys=f"usb-0000:01:00.0-1.2/input{n}") for n in (2, 3)]
    driver = machine.driver()
    driver.open()
    nodes[0].type(*A_TO_D)
    typing = threading.Thread(target=nodes[1].type, args=A_TO_D * 5, kwargs={"pause_s": 0.1})
    typing.start()
    with pytest.raises(FrameError, match="broke off"):
        driver.read(5)
    typing.join()


def test_a_device_of_which_one_node_is_pulled_or_held_is_gone(machine: Machine) -> None:
    nodes = [machine.plug(n, 0x05E0, 0x1200, phys=f"usb-0000:01:00.0-1.2/input{n}") for n in (2, 3)]
    nodes[1].grabbed = True
    with pytest.raises(DeviceBusy):
        machine.driver().open()
    assert not any(node.opened for node in nodes)
    nodes[0].grabbed = nodes[1].grabbed = False
    driver = machine.driver()
    driver.open()
    nodes[1].unplug()
    with pytest.raises(DeviceGone, match="No such device"):
        driver.read(5)
    driver.close()
    assert not any(node.opened for node in nodes)


def test_the_rest_of_a_code_amid_which_the_node_is_opened_is_no_code(machine: Machine) -> None:
    node, driver = machine.plug(2, 0x05E0, 0x1200), machine.driver()
    typing = threading.Thread(target=node.type, args=(*A_TO_D * 10, ENTER), kwargs={"pause_s": 0.01})
    typing.start()
    driver.open()
    typing.join()
    assert driver.read(0.1) is None
    node.type(*A_TO_D, ENTER)
    assert driver.read(5) == TextScan(b"abcd")
