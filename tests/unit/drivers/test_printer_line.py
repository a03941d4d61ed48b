"""What a printer's line makes of what the kernel says."""

import os
import tty

import pytest

from drivers.printer_line import UsbLine, Wire
from kiosk.ports import DeviceGone


@pytest.fixture
def usb():
    """The file of a USB printer, and the printer's end."""
    far, near = os.openpty()
    tty.setraw(near)
    wire = Wire(UsbLine(os.ttyname(near)))
    wire.open()
    yield wire, far
    wire.close()
    os.close(near)


def test_a_packet_without_bytes_is_no_hang_up(usb, monkeypatch):
    """usblp hands such packets on as reads of nothing; some printers send them all the time."""
    wire, far = usb
    packets = [b"", b"", b"\x12"]
    monkeypatch.setattr("drivers.printer_line.os.read", lambda *_: packets.pop(0))
    os.write(far, b"x")
    assert wire.read(1.0) == b"\x12"


def test_packets_without_bytes_for_ever_are_nothing(usb, monkeypatch):
    wire, far = usb
    monkeypatch.setattr("drivers.printer_line.os.read", lambda *_: b"")
    os.write(far, b"x")
    assert wire.read(0.05) == b""


def test_a_printer_that_was_pulled_out_is_gone(usb):
    wire, far = usb
    os.close(far)
    with pytest.raises(DeviceGone):
        wire.read(1.0)
