"""The line to a printer: serial, USB (usblp) or TCP, all as one file descriptor with deadlines on every wait."""

import contextlib
import errno
import os
import select
import socket
import termios
import time
from typing import Protocol

import serial

from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceGone

CONNECT_S = 2.0
BITS_A_BYTE = 10
"""On a serial line, with start and stop bit."""


class Line(Protocol):
    """Opens and closes what `fileno` belongs to."""

    name: str
    byte_s: float
    """Seconds that a byte takes; 0 where that is nothing beside paper."""

    def open(self) -> None:
        """Raises OSError."""

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class SerialLine:
    """A serial port over pyserial; `xonxoff` or `rtscts` where the printer paces the host."""

    def __init__(self, port: str, baud: int, xonxoff: bool = False, rtscts: bool = False) -> None:
        self.name = port
        self.byte_s = BITS_A_BYTE / baud
        self._baud, self._xonxoff, self._rtscts = baud, xonxoff, rtscts
        self._port: serial.Serial | None = None

    def open(self) -> None:
        self._port = serial.Serial(
            self.name,
            self._baud,
            timeout=0,
            write_timeout=0,
            xonxoff=self._xonxoff,
            rtscts=self._rtscts,
            exclusive=True,
        )

    def fileno(self) -> int:
        return -1 if self._port is None or not self._port.is_open else int(self._port.fileno())

    def close(self) -> None:
        if self._port is not None:
            self._port.close()


class UsbLine:
    """A USB printer at the kernel's usblp device, such as /dev/usb/lp0."""

    def __init__(self, device: str) -> None:
        self.name = device
        self.byte_s = 0.0
        self._fd = -1

    def open(self) -> None:
        self._fd = os.open(self.name, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


class TcpLine:
    """A printer on the network, port 9100 by custom."""

    def __init__(self, host: str, port: int = 9100) -> None:
        self.name = f"{host}:{port}"
        self.byte_s = 0.0
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=CONNECT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return -1 if self._socket is None else self._socket.fileno()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


class Wire:
    """Timed reads and writes on a line. After DeviceGone only close and open help."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.drained_at = 0.0
        """When the last byte that was taken will have passed the line, monotonic seconds."""

    @property
    def name(self) -> str:
        return self._line.name

    @property
    def byte_s(self) -> float:
        return self._line.byte_s

    def now_s(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def rest(self, until_s: float) -> None:
        time.sleep(max(0.0, until_s - time.monotonic()))

    def open(self) -> None:
        try:
            self._line.open()
        except (OSError, ValueError, termios.error) as error:
            # EAGAIN is pyserial's lock, EBUSY usblp's.
            busy = getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY)
            raise (DeviceBusy if busy else DeviceAbsent)(f"printer {self.name}: {error}") from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._line.close()

    def read(self, timeout: float) -> bytes:
        """What has come, empty after `timeout` seconds without any. Raises DeviceGone."""
        try:
            ready, _, _ = select.select([self._fd()], [], [], max(0.0, timeout))
            if not ready:
                return b""
            data = os.read(self._fd(), 512)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise DeviceGone(f"printer {self.name}: {error}") from error
        if not data:
            raise DeviceGone(f"printer {self.name}: hung up")
        return data

    def write(self, data: bytes, timeout: float) -> int:
        """How many bytes the line took within `timeout` seconds. Raises DeviceGone if it took none and never will."""
        sent, end = 0, time.monotonic() + timeout
        while sent < len(data) and (left := end - time.monotonic()) > 0:
            try:
                _, ready, _ = select.select([], [self._fd()], [], left)
                sent += self._take(data[sent:]) if ready else 0
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                if sent:
                    return sent
                raise DeviceGone(f"printer {self.name}: {error}") from error
        return sent

    def _take(self, data: bytes) -> int:
        taken = os.write(self._fd(), data)
        self.drained_at = max(self.drained_at, time.monotonic()) + taken * self.byte_s
        return taken

    def _fd(self) -> int:
        fd = self._line.fileno()
        if fd < 0:
            raise DeviceGone(f"printer {self.name}: not open")
        return fd
