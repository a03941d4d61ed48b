"""Scanners in HID POS mode, told from keyboards and other devices by their report descriptors."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hid_scanner.scanner import HidScanner
from drivers.plugged_in import plugged_in
from drivers.pos_nodes import pos_nodes, usage_pages
from kiosk.app import checking
from kiosk.config import ConfigError
from kiosk.doctor.plugged_in import as_json, config_lines, described, fixes
from kiosk.ports import DeviceGone, Plug, PluggedIn
from kiosk_file import GOOD, told

POS = bytes.fromhex("058c0902a1018502150026ff007508953809fe8102c0")
"""Usage page 8C, usage 02, an input report of 56 bytes (HID point of sale usage tables 1.02)."""
KEYBOARD = bytes.fromhex("05010906a101050719e029e7150025017501950881 02c0".replace(" ", ""))


def hidraw(root: Path, number: int, descriptor: bytes, ids: str = "0003:000005E0:00001200") -> None:
    device = root / f"sys/class/hidraw/hidraw{number}/device"
    device.mkdir(parents=True)
    (device / "report_descriptor").write_bytes(descriptor)
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_ID={ids}\nHID_NAME=Symbol Bar Code Scanner\n")
    (root / "dev").mkdir(exist_ok=True)
    (root / f"dev/hidraw{number}").touch()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    hidraw(tmp_path, 0, KEYBOARD)
    hidraw(tmp_path, 10, POS)
    hidraw(tmp_path, 2, b"\xfe\x02\x8c\x05\x8c" + b"\x06\x8c\x00")
    hidraw(tmp_path, 3, POS, "torn")
    hidraw(tmp_path, 4, b"\x09\x8c\x26\x8c\x00")
    return tmp_path


def test_only_those_of_the_usage_page_are_found_in_their_order(root):
    assert [(each.path.name, each.vendor, each.product) for each in pos_nodes(root)] == [
        ("hidraw2", 0x05E0, 0x1200),
        ("hidraw10", 0x05E0, 0x1200),
    ]


@given(st.binary(max_size=80))
def test_any_descriptor_can_be_looked_at(descriptor):
    assert all(page >= 0 for page in usage_pages(descriptor))


def test_kiosk_devices_says_how_to_set_it(root):
    *_, device = plugged_in(root)
    assert (device.kind, device.node, device.title) == (Plug.POS_SCANNER, "/dev/hidraw10", "Symbol Bar Code Scanner")
    assert config_lines(device) == []
    (fix,) = fixes(device, "pi", picamera2=True)
    assert fix.startswith("in HID POS mode it types nothing and has no serial port: scan the code USB serial")
    assert f"scanner in HID POS mode: /dev/hidraw10 [05e0:1200] Symbol Bar Code Scanner\n  ! {fix}" in described(
        [device], "pi", picamera2=True
    )
    assert '"kind": "pos_scanner"' in as_json([device], "pi", picamera2=True)


def test_a_scanner_that_is_opened_says_so(root):
    with pytest.raises(DeviceGone, match="05e0:1200: in HID POS mode: set it to USB serial or USB keyboard"):
        HidScanner(vendor=0x05E0, product=0x1200, root=root).open()
    with pytest.raises(DeviceGone, match="not plugged in"):
        HidScanner(vendor=0x05E0, product=0x1201, root=root).open()


def test_kiosk_check_says_so(tmp_path, monkeypatch):
    file = tmp_path / "kiosk.toml"
    scanner = '[[scanner]]\nkind = "hid"\nname = "wedge"\nvendor = 0x05e0\nproduct = 0x1200\n'
    file.write_text(GOOD + scanner, encoding="utf-8")
    silent = PluggedIn(Plug.POS_SCANNER, "/dev/hidraw0", vendor=0x05E0, product=0x1200)
    monkeypatch.setattr(checking, "plugged_in", lambda: [silent])
    with pytest.raises(ConfigError) as caught:
        checking.check(file, None)
    assert [str(each) for each in caught.value.mistakes] == [
        "scanner[2]: the scanner is in HID POS mode and types nothing. " + checking.HOW_TO_TYPE
    ]
    typing = PluggedIn(Plug.KEYBOARD, "/dev/input/event3", vendor=0x05E0, product=0x1200)
    monkeypatch.setattr(checking, "plugged_in", lambda: [silent, typing])
    checking.check(file, None)


def test_its_node_is_no_keyboards():
    scanner = '[[scanner]]\nkind = "hid"\nname = "wedge"\npath = "/dev/hidraw0"\n'
    (mistake,) = told(GOOD + scanner)
    assert mistake.startswith("scanner[2]: a scanner in HID POS mode types nothing. Set it to USB serial")
