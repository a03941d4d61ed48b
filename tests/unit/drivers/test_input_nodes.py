"""Which input devices there are, from a folder that plays /sys."""

from pathlib import Path

import pytest

from drivers.input_nodes import InputNode, input_nodes

# As the kernel writes them: a full keyboard; a remote control's volume and power keys; a mouse's buttons.
KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
VOLUME = "e000000000000 0"
MOUSE = "1f0000 0 0 0 0"


def plug(root: Path, number: int, name: str, ids: tuple[str, str], keys: str) -> None:
    device = root / f"sys/class/input/event{number}/device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    (device / "name").write_text(name + "\n")
    (device / "id/vendor").write_text(ids[0] + "\n")
    (device / "id/product").write_text(ids[1] + "\n")
    (device / "capabilities/key").write_text(keys + "\n")


def test_devices_with_ids_and_whether_they_type_text(tmp_path: Path) -> None:
    plug(tmp_path, 10, "Mouse", ("046d", "c077"), MOUSE)
    plug(tmp_path, 2, "Symbol Bar Code Scanner", ("05e0", "1200"), KEYBOARD)
    plug(tmp_path, 3, "Symbol Bar Code Scanner", ("05e0", "1200"), VOLUME)
    assert input_nodes(tmp_path) == [
        InputNode(tmp_path / "dev/input/event2", "Symbol Bar Code Scanner", 0x05E0, 0x1200, True),
        InputNode(tmp_path / "dev/input/event3", "Symbol Bar Code Scanner", 0x05E0, 0x1200, False),
        InputNode(tmp_path / "dev/input/event10", "Mouse", 0x046D, 0xC077, False),
    ]


@pytest.mark.parametrize("wrong", ["name", "id/vendor", "capabilities/key"])
def test_a_device_that_vanishes_while_it_is_looked_at_is_left_out(tmp_path: Path, wrong: str) -> None:
    plug(tmp_path, 2, "Scanner", ("05e0", "1200"), KEYBOARD)
    (tmp_path / "sys/class/input/event2/device" / wrong).unlink()
    assert input_nodes(tmp_path) == []


def test_a_machine_without_input_devices(tmp_path: Path) -> None:
    assert input_nodes(tmp_path) == []


def hang(root: Path, number: int, place: str, phys: str = "", uniq: str = "") -> None:
    """A keyboard whose entry in /sys leads to a folder of the tree of devices."""
    plug(root, number, "Scanner", ("05e0", "1200"), KEYBOARD)
    entry, device = root / f"sys/class/input/event{number}/device", root / "sys/devices" / place
    device.parent.mkdir(parents=True, exist_ok=True)
    (entry / "phys").write_text(phys + "\n")
    (entry / "uniq").write_text(uniq + "\n")
    entry.rename(device)
    entry.symlink_to(device)


def test_nodes_of_one_device_are_told_from_those_of_another(tmp_path: Path) -> None:
    for port in ("1-1", "1-2"):
        (tmp_path / "sys/devices/usb1" / port).mkdir(parents=True)
        (tmp_path / "sys/devices/usb1" / port / "idVendor").write_text("05e0\n")
    hang(tmp_path, 1, "usb1/1-1/1-1:1.0/0003:05E0:1200.0001/input/input1")
    hang(tmp_path, 2, "usb1/1-1/1-1:1.1/0003:05E0:1200.0002/input/input2")
    hang(tmp_path, 3, "usb1/1-2/1-2:1.0/0003:05E0:1200.0003/input/input3")
    hang(tmp_path, 4, "virtual/misc/uhid/0005:05E0:1200.0004/input/input4", phys="dc:a6:32:00:00:01")
    hang(tmp_path, 5, "virtual/misc/uhid/0005:05E0:1200.0004/input/input5", phys="dc:a6:32:00:00:01")
    hang(tmp_path, 6, "virtual/misc/uhid/0005:05E0:1200.0005/input/input6", phys="dc:a6:32:00:00:01")
    hang(tmp_path, 7, "virtual/input/input7", phys="bt/input0")
    hang(tmp_path, 8, "virtual/input/input8", phys="bt/input1")
    hang(tmp_path, 9, "virtual/input/input9", uniq="00:1d:c9:00:00:02")
    hang(tmp_path, 10, "virtual/input/input10")
    devices = [node.device for node in input_nodes(tmp_path)]
    assert [devices.index(device) for device in devices] == [0, 0, 2, 3, 3, 5, 6, 6, 8, 9]
    assert devices[9] == ""
