"""A virtual bar-code scanner on a serial line: text, suffix, trigger commands, and the ways they go wrong."""

import threading
import time
from types import TracebackType
from typing import Final, Self

from kiosk.virtual.pacing import send_paced
from kiosk.virtual.wire import Wire

_TICK_S: Final = 0.05
# Honeywell host commands: SYN T CR starts a scan, SYN U CR ends it (scanner notes, section 1).
_TRIGGER_ON: Final = b"\x16T\r"
_TRIGGER_OFF: Final = b"\x16U\r"
_COMMAND_SIZE: Final = 3
# No printable text and no suffix in use, so a stray byte is never a scan of its own.
_STRAY: Final = b"\x00\xff"


class SerialScanner:
    """A scanner at the far end of `wire` that sends prefix, data and suffix at `baud`, `split` bytes at a time."""

    def __init__(
        self, wire: Wire, suffix: bytes = b"\r", prefix: bytes = b"", baud: int = 115200, split: int = 16
    ) -> None:
        self.wire = wire
        self.suffix = suffix
        self.prefix = prefix
        self.baud = baud
        self.split = split
        self._sending = threading.Lock()
        self._noisy = False
        self._triggers_on = 0
        self._triggers_off = 0
        self._tail = b""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def triggers_on(self) -> int:
        """SYN T CR commands taken so far."""
        return self._triggers_on

    @property
    def triggers_off(self) -> int:
        """SYN U CR commands taken so far."""
        return self._triggers_off

    def start(self) -> None:
        """Plugs the wire and takes the host's bytes until stop() or unplug()."""
        if self._thread is None:
            self.wire.plug()
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self._run, name="serial-scanner", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread and unplugs the wire; a code that is being sent breaks off."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        # The wire is pulled when nobody uses it any more: its file number may be given away at once.
        if thread is not None:
            thread.join()
        with self._sending:
            self.wire.unplug()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def present(self, data: bytes) -> float:
        """Somebody shows a code; monotonic s when the last byte of the suffix was written."""
        return self.present_raw(self.prefix + data + self.suffix)

    def present_torn(self, data: bytes, keep: int) -> float:
        """The scan stops after `keep` bytes of `data`, without the suffix; monotonic s at the last byte."""
        return self.present_raw(self.prefix + data[:keep])

    def present_raw(self, data: bytes) -> float:
        """Exactly these bytes, paced at the line rate; monotonic s at the last byte, or when the cable was pulled."""
        with self._sending:
            sent_at = send_paced(self.wire, data, self.baud, self.split, lambda: not self._stopping.is_set())
        return time.monotonic() if sent_at is None else sent_at

    def plug(self) -> None:
        """The cable is put back."""
        self.start()

    def unplug(self) -> None:
        """The cable is pulled; what is presented meanwhile is lost."""
        self.stop()
        self._tail = b""

    def noise(self, on: bool) -> None:
        """Stray bytes that are no text, while no code is being sent."""
        self._noisy = on

    def _run(self) -> None:
        while not self._stopping.is_set():
            data = self.wire.read(_TICK_S)
            if data:
                self._take(data)
            elif self._noisy:
                with self._sending:
                    self.wire.write(_STRAY)

    def _take(self, data: bytes) -> None:
        heard = self._tail + data
        self._triggers_on += heard.count(_TRIGGER_ON)
        self._triggers_off += heard.count(_TRIGGER_OFF)
        # The tail is shorter than a command, so that none is counted twice.
        self._tail = heard[-(_COMMAND_SIZE - 1) :]
