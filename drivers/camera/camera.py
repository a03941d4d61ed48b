"""A camera of the Raspberry Pi as a scanner: what drives it runs in a process of its own, which may hang, grow or die.

Nothing that reads frames is imported here: the daemon loads neither libcamera nor a decoder.
"""

import time
from collections import deque

from drivers.camera.process import CameraProcess, ProcessEndedError
from drivers.camera.settings import CameraSettings
from drivers.camera.words import Alive, Found, Gone, Opened, Word
from kiosk.ports import DeviceGone, DeviceSilent, Hint, TextScan

OPEN_S = 30.0
"""Python and its libraries from a slow card, while the whole system starts: some eight seconds on a Pi 3."""
SILENT_S = 3.0
"""A camera that delivers nothing for so long has lost its cable or hangs. The first frame takes about one second."""


class Camera:
    """A Scanner over picamera2 in a process that is new at each opening, so what leaked or hung is gone with it."""

    def __init__(self, settings: CameraSettings) -> None:
        self._settings, self._who = settings, f"camera {settings.number}"
        self._process: CameraProcess | None = None
        self._undead: CameraProcess | None = None
        self._opened = False
        self._ready: deque[Found] = deque()
        self._over: DeviceGone | None = None
        self._word_s, self._heard_ns = 0.0, 0

    @property
    def pid(self) -> int | None:
        """Of the process; None while there is none."""
        return self._process.pid if self._process else None

    @property
    def heard_ns(self) -> int:
        """When the frame of the last scan or hint came, monotonic nanoseconds."""
        return self._heard_ns

    def open(self) -> None:
        """Raises DeviceGone."""
        if self._undead is not None and not self._undead.gone:
            raise DeviceGone(f"{self._who}: its last process hangs in the kernel and cannot be ended")
        self._ready.clear()
        self._opened, self._over = False, None
        try:
            self._process = CameraProcess(self._settings)
        except OSError as error:
            raise DeviceGone(f"{self._who}: {type(error).__name__}: {error}") from error
        try:
            self._wait_for(self._process)
        except DeviceGone:
            self.close()
            raise

    def _wait_for(self, process: CameraProcess) -> None:
        end = time.monotonic() + OPEN_S
        while not self._opened and self._over is None and (left := end - time.monotonic()) > 0:
            self._hear(process, left)
        if not self._opened:
            raise self._over or DeviceGone(f"{self._who}: hangs at opening, for {OPEN_S:.0f} s")

    def read(self, timeout: float) -> TextScan | Hint | None:
        if self._process is None:
            raise DeviceGone(f"{self._who}: not open")
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            self._listen(self._process, left)
        return self._told(self._ready.popleft()) if self._ready else None

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()
            self._undead = None if process.gone else process

    def _listen(self, process: CameraProcess, timeout: float) -> None:
        if self._over is not None:
            raise self._over
        self._hear(process, timeout)
        if time.monotonic() - self._word_s > SILENT_S:
            raise DeviceSilent(f"{self._who}: no frame for {SILENT_S:.0f} s")

    def _hear(self, process: CameraProcess, timeout: float) -> None:
        try:
            words = process.words(timeout)
        except ProcessEndedError as error:
            self._over = DeviceGone(f"{self._who}: {error}")
            return
        for word in words:
            self._take(word)
            self._word_s = time.monotonic()

    def _take(self, word: Word) -> None:
        match word:
            case Opened():
                self._opened = True
            case Found():
                self._ready.append(word)
            case Gone(why):
                self._over = DeviceGone(f"{self._who}: {why}")
            case Alive():
                pass

    def _told(self, found: Found) -> TextScan | Hint:
        self._heard_ns = found.at_ns
        return found.what
