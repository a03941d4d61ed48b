"""A code scanner on a serial line or USB-CDC."""

import time
from collections import deque

from drivers.scan_frames import CodeReader, Framing, TooLong
from drivers.serial_port import SerialPort
from kiosk.ports import FrameError, FrameTooLong, TextScan

TORN_S = 0.5
"""A code that pauses this long before its end is torn."""
GAP_S = 0.03
"""The silence that ends a code where nothing else does: about 29 characters at 9600 baud."""


class SerialScanner:
    """A Scanner over pyserial, 8N1."""

    def __init__(self, port: str, baud: int = 9600, framing: Framing = Framing.CR) -> None:
        self._port, self._framing = SerialPort("scanner", port, baud), framing
        self._codes = CodeReader(framing)
        self._ready: deque[bytes | TooLong] = deque()

    def open(self) -> None:
        self._port.open()
        self._port.discard_input()
        self._codes = CodeReader(self._framing)
        self._ready.clear()

    def close(self) -> None:
        self._port.close()

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            data = self._port.read(self._patience() if self._codes.inside else left)
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
        raise FrameError(f"{self._port.who}: a code broke off")

    def _scan(self, code: bytes | TooLong) -> TextScan:
        match code:
            case TooLong():
                raise FrameTooLong(f"{self._port.who}: a code without an end")
            case bytes():
                return TextScan(code)
