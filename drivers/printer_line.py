"""The line to a printer: serial, USB (usblp) or `tcp_line`, all as one file descriptor with deadlines on every wait."""

import contextlib
import errno
import os
import select
import termios
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

import serial

from drivers.escpos.script import HungUp
from drivers.waking import Waker
from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceGone

BITS_A_BYTE = 10
"""On a serial line, with start and stop bit."""
LOOK_S = 0.01
"""How often a line is looked at that cannot wake us."""

T = TypeVar("T")


class Line(Protocol):
    """Opens and closes what `fileno` belongs to."""

    name: str
    byte_s: float
    """Seconds that a byte takes; 0 where that is nothing beside paper."""
    ends_empty: bool
    """A read of no bytes is the end of the line, and no mere nothing."""
    resumes: bool
    """The far end may end the line while the printer behind it lives on, and take up another."""

    def open(self) -> None:
        """Raises OSError."""

    def fileno(self) -> int: ...

    def pending(self) -> int:
        """Bytes that were taken and have not left, or that the far end has not acknowledged. Raises OSError."""

    def check(self) -> None:
        """Raises OSError if the far end is gone although the line is open."""

    def close(self, discard: bool = False) -> None:
        """`discard`: what is pending must not come out any more."""


class SerialLine:
    """A serial port over pyserial; `xonxoff` or `rtscts` where the printer paces the host."""

    ends_empty = resumes = False

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
        # A printer that paces the host may have held up bytes of the last life, and answers to it.
        termios.tcflush(self._port.fileno(), termios.TCIOFLUSH)

    def fileno(self) -> int:
        return -1 if self._port is None or not self._port.is_open else int(self._port.fileno())

    def pending(self) -> int:
        return 0 if self._port is None else int(self._port.out_waiting)

    def check(self) -> None:
        """A serial line never tells."""

    def close(self, discard: bool = False) -> None:
        if self._port is None:
            return
        if discard and self._port.is_open:
            # Else the kernel goes on offering them for half a minute.
            with contextlib.suppress(OSError, termios.error):
                termios.tcflush(self._port.fileno(), termios.TCIOFLUSH)
        self._port.close()


class UsbLine:
    """A USB printer at the kernel's usblp device, such as /dev/usb/lp0; closing it takes back what it has not sent."""

    ends_empty = resumes = False

    def __init__(self, device: str) -> None:
        self.name = device
        self.byte_s = 0.0
        self._fd = -1

    def open(self) -> None:
        self._fd = os.open(self.name, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

    def fileno(self) -> int:
        return self._fd

    def pending(self) -> int:
        """usblp tells only whether it is still busy with a write."""
        return 0 if self._fd < 0 or select.select([], [self._fd], [], 0)[1] else 1

    def check(self) -> None:
        """usblp tells by itself."""

    def close(self, discard: bool = False) -> None:  # noqa: ARG002 - it always does
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


class Wire:
    """Timed reads and writes on a line. After DeviceGone only close and open help."""

    def __init__(self, line: Line) -> None:
        self._line, self._waker = line, Waker()
        self.drained_at = 0.0
        """When the last byte that was taken will have passed the line, monotonic seconds."""

    @property
    def name(self) -> str:
        return self._line.name

    @property
    def byte_s(self) -> float:
        return self._line.byte_s

    @property
    def resumes(self) -> bool:
        return self._line.resumes

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

    def close(self, discard: bool = False) -> None:
        """`discard`: what is still on its way must not come out any more."""
        with contextlib.suppress(OSError):
            self._line.close(discard)

    def leave(self, until_s: float) -> int:
        """Waits until all bytes have left, or until then; how many have not. Raises DeviceGone."""
        while (left := self._asked(self._line.pending)) and time.monotonic() < until_s:
            self._asked(self._line.check)
            time.sleep(LOOK_S)
        return left

    def wait(self, timeout: float, heeding: bool) -> bool:
        """Until `wake`, or until something comes if that is heeded; whether it was `wake`. Raises DeviceGone."""
        heard: list[Waker | int] = [self._waker, self._fd()] if heeding else [self._waker]
        self._asked(lambda: select.select(heard, [], [], max(0.0, timeout)))
        return self._waker.heard()

    def wake(self) -> None:
        """From any thread."""
        self._waker.wake()

    def read(self, timeout: float) -> bytes:
        """What has come, empty after `timeout` seconds without any. Raises DeviceGone."""
        self._asked(self._line.check)
        end = time.monotonic() + timeout
        while True:
            ready, _, _ = self._asked(lambda: select.select([self._fd()], [], [], max(0.0, end - time.monotonic())))
            if not ready or (data := self._asked(self._come)):
                return data if ready else b""
            if time.monotonic() >= end:
                return b""
            time.sleep(LOOK_S)

    def _come(self) -> bytes:
        """May be empty: usblp hands on packets without bytes."""
        try:
            data = os.read(self._fd(), 512)
        except BlockingIOError:
            return b""
        except ConnectionResetError as error:
            raise self._hung_up(in_order=False) from error
        if not data and self._line.ends_empty:
            raise self._hung_up(in_order=not self._line.pending())
        if not data and _is_gone(self._fd()):
            raise DeviceGone(f"printer {self.name}: hung up")
        return data

    def _hung_up(self, in_order: bool) -> DeviceGone:
        gone = f"printer {self.name}: hung up"
        return HungUp(gone, in_order) if self._line.resumes else DeviceGone(gone)

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (OSError, ValueError) as error:
            raise DeviceGone(f"printer {self.name}: {error}") from error

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


def _is_gone(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in poll.poll(0))
