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
