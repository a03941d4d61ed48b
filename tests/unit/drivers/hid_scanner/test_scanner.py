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

    def plug(self, number: int, vendor: int, product: int, keys: str = KEYBOARD) -> Node:
        device = self.root / f"sys/class/input/event{number}/device"
        (device / "id").mkdir(parents=True)
        (device / "capabilities").mkdir()
        (device / "name").write_text("Scanner\n")
        (device / "id/vendor").write_text(f"{vendor:04x}\n")
        (device / "id/product").write_text(f"{product:04x}\n")
        (device / "capabilities/key").write_text(keys + "\n")
        self.made.append(Node())
        self.nodes[f"{self.root}/dev/input/event{number}"] = self.made[-1]
        return self.made[-1]

    def open(self, path: str) -> Node:
        if path not in self.nodes:
            raise OSError(errno.ENOENT, "No such file or directory")
        self.nodes[path].opened = True
        return self.nodes[path]

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
