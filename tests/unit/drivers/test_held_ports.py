"""A serial port that another program has is told apart from one that is not there, and is free when that ends."""

import os
import tty
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
import serial

from drivers.printer_line import SerialLine, Wire
from drivers.serial_port import SerialPort
from kiosk.ports import DeviceBusy, DeviceGone


class Port(Protocol):
    def open(self) -> None: ...

    def close(self) -> None: ...


OURS: dict[str, Callable[[str], Port]] = {
    "scanner": lambda path: SerialPort("scanner", path, 9600),
    "printer": lambda path: Wire(SerialLine(path, 9600)),
}


@pytest.fixture
def path() -> Iterator[str]:
    far, near = os.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(near)
    os.close(far)


@pytest.mark.parametrize("ours", OURS)
def test_a_port_in_use_is_busy_until_it_is_free(ours: str, path: str) -> None:
    port = OURS[ours](path)
    with serial.Serial(path, exclusive=True), pytest.raises(DeviceBusy, match=path):
        port.open()
    port.open()
    port.close()


@pytest.mark.parametrize("ours", OURS)
def test_a_port_that_is_not_there_is_not_busy(ours: str) -> None:
    with pytest.raises(DeviceGone) as caught:
        OURS[ours]("/dev/no-such-port").open()
    assert not isinstance(caught.value, DeviceBusy)
