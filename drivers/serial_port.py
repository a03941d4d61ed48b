"""A scanner's serial line through pyserial, 8N1, and the clock: timed reads, and every failure as DeviceGone."""

import contextlib
import errno
import glob
import termios
import time

import serial

from kiosk.ports import DeviceBusy, DeviceGone

WRITE_S = 1.0


class SerialPort:
    """`who` names the device in errors; `name` is a path, or a pattern such as /dev/serial/by-id/usb-Newland*."""

    heard_ns = 0
    """When the last byte came, monotonic nanoseconds."""

    def __init__(self, who: str, name: str, baud: int) -> None:
        self.who = f"{who} {name}"
        self._name, self._baud = name, baud
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Raises DeviceGone, as all methods but close; DeviceBusy if another program has the port."""
        try:
            self._port = serial.Serial(self._path(), self._baud, timeout=0, write_timeout=WRITE_S, exclusive=True)
        except (OSError, ValueError, termios.error) as error:
            # EAGAIN is pyserial's lock.
            if getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY):
                raise DeviceBusy(f"{self.who}: {error}") from error
            raise self._gone(error) from error
        # An FTDI adapter keeps bytes for up to 16 ms otherwise. Not every line can be asked for it.
        with contextlib.suppress(OSError, ValueError):
            self._port.set_low_latency_mode(True)

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError):
                port.close()

    def discard_input(self) -> None:
        """Forgets what came before anybody listened."""
        try:
            self._opened().reset_input_buffer()
        except (OSError, termios.error) as error:
            raise self._gone(error) from error

    def write(self, data: bytes) -> None:
        try:
            self._opened().write(data)
        except OSError as error:
            raise self._gone(error) from error

    def read(self, until_s: float) -> bytes:
        """What has come, empty if nothing came until then."""
        port = self._opened()
        try:
            port.timeout = max(0.0, until_s - time.monotonic())
            first: bytes = port.read(1)
            data = first + port.read(port.in_waiting) if first else first
        except (OSError, TypeError) as error:
            raise self._gone(error) from error
        if data:
            self.heard_ns = time.monotonic_ns()
        return data

    def now_s(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def rest(self, until_s: float) -> None:
        time.sleep(max(0.0, until_s - time.monotonic()))

    def _path(self) -> str:
        """Looked up at each opening: a device that is plugged in again may have another number."""
        if not glob.has_magic(self._name):
            return self._name
        match sorted(glob.glob(self._name)):  # noqa: PTH207 - a pattern may begin anywhere
            case [path]:
                return path
            case []:
                raise DeviceGone(f"{self.who}: nothing plugged in has such a name")
            case paths:
                raise DeviceGone(f"{self.who}: {len(paths)} devices have such a name: {', '.join(paths)}")

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceGone(f"{self.who}: not open")
        return self._port

    def _gone(self, error: Exception) -> DeviceGone:
        return DeviceGone(f"{self.who}: {error}")
