"""A code scanner on a serial line or USB-CDC."""

import contextlib
import termios
import time
from collections import deque

import serial

from drivers.scan_frames import CodeReader, Framing, TooLong
from kiosk.ports import DeviceGone, FrameError, FrameTooLong, TextScan

TORN_S = 0.5
"""A code that pauses this long before its end is torn."""
GAP_S = 0.03
"""The silence that ends a code where nothing else does: about 29 characters at 9600 baud."""


class SerialScanner:
    """A Scanner over pyserial, 8N1."""

    def __init__(self, port: str, baud: int = 9600, framing: Framing = Framing.CR) -> None:
        self._name, self._baud, self._framing = port, baud, framing
        self._port: serial.Serial | None = None
        self._codes = CodeReader(framing)
        self._ready: deque[bytes | TooLong] = deque()

    def open(self) -> None:
        try:
            self._port = serial.Serial(self._name, self._baud, timeout=0, exclusive=True)
            self._port.reset_input_buffer()
        except (OSError, ValueError, termios.error) as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
        self._codes = CodeReader(self._framing)
        self._ready.clear()

    def close(self) -> None:
        if self._port is not None:
            with contextlib.suppress(OSError):
                self._port.close()
            self._port = None

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            data = self._read_some(self._patience() if self._codes.inside else left)
            self._ready.extend(self._codes.feed(data) if data else self._fallen_silent())
        return self._scan(self._ready.popleft()) if self._ready else None

    def _patience(self) -> float:
        return GAP_S if self._framing is Framing.GAP else TORN_S

    def _fallen_silent(self) -> list[bytes | TooLong]:
        if not self._codes.inside:
            return []
        rest = list(self._codes.flush())
        if self._framing is Framing.GAP or any(isinstance(code, TooLong) for code in rest):
            return rest
        raise FrameError(f"scanner {self._name}: a code broke off")

    def _scan(self, code: bytes | TooLong) -> TextScan:
        match code:
            case TooLong():
                raise FrameTooLong(f"scanner {self._name}: a code without an end")
            case bytes():
                return TextScan(code)

    def _read_some(self, timeout: float) -> bytes:
        if self._port is None:
            raise DeviceGone(f"scanner {self._name}: not open")
        try:
            self._port.timeout = timeout
            first: bytes = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else first
        except (OSError, TypeError) as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
