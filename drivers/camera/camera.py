"""A camera of the Raspberry Pi through picamera2, as a scanner: the grey plane of each frame as it comes."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import TimeoutError as NoFrame
from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.camera.reader import FrameReader
from drivers.camera.symbols import SymbolReader
from kiosk.frozen import dataclass
from kiosk.ports import DeviceGone, DeviceSilent, Hint, TextScan

Grey = npt.NDArray[np.uint8]

SILENT_S = 3.0
"""A camera that delivers nothing for so long has lost its cable or hangs. The first frame takes about one second."""
BUFFERS = 3
AE_SHORT = 1
"""libcamera's ExposureShort: gain before time."""
AF_MANUAL, AF_CONTINUOUS, AF_FAST = 0, 2, 1


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Which camera, and how it looks."""

    number: int = 0
    width: int = 1280
    height: int = 960
    frames_s: float = 10.0
    exposure_us: int | None = 3000
    """Short against a hand's motion, long against a screen's flicker; the gain follows the light. None: automatic."""
    lens_position: float | None = None
    """Dioptres (1 / metres) for a camera with a lens that moves; None: it focuses by itself."""


def controls(settings: CameraSettings, known: Mapping[str, object]) -> dict[str, Any]:
    """libcamera's controls for a code behind glass, without those that this camera does not know."""
    frame_us = round(1e6 / settings.frames_s)
    wanted: dict[str, Any] = {"FrameDurationLimits": (frame_us, frame_us), "AeExposureMode": AE_SHORT}
    if settings.exposure_us is not None:
        wanted["ExposureTime"] = settings.exposure_us
    if settings.lens_position is None:
        wanted |= {"AfMode": AF_CONTINUOUS, "AfSpeed": AF_FAST}
    else:
        wanted |= {"AfMode": AF_MANUAL, "LensPosition": settings.lens_position}
    return {name: value for name, value in wanted.items() if name in known}


def grey_plane(buffer: npt.NDArray[np.uint8], size: tuple[int, int], stride: int) -> Grey:
    """The luminance of a planar YUV frame, where it lies in the buffer; `size` is width and height."""
    width, height = size
    return buffer.reshape(-1)[: stride * height].reshape(height, stride)[:, :width]


class Camera:
    """A Scanner over picamera2, which must be Debian's: it fits the system's libcamera."""

    def __init__(self, settings: CameraSettings) -> None:
        self._settings, self._who = settings, f"camera {settings.number}"
        self._camera: Any = None
        self._job: Any = None
        self._symbols: SymbolReader | None = None
        self._frames: FrameReader | None = None
        self._ready: deque[TextScan | Hint] = deque()
        self._next_s = self._heard_s = 0.0
        self.taken = 0
        """Frames looked at since it was opened."""

    def open(self) -> None:
        """Raises DeviceGone."""
        try:
            from picamera2 import Picamera2

            self._camera = Picamera2(self._settings.number)
            self._start()
        except (ImportError, LookupError, OSError, RuntimeError, ValueError) as error:
            raise DeviceGone(f"{self._who}: {type(error).__name__}: {error}") from error
        self._symbols = SymbolReader()
        self._frames = FrameReader(self._symbols)
        self._ready.clear()
        self._heard_s, self.taken = time.monotonic(), 0

    def _start(self) -> None:
        size = (self._settings.width, self._settings.height)
        main = {"size": size, "format": "YUV420"}
        known = self._camera.camera_controls
        self._camera.configure(
            self._camera.create_video_configuration(
                main=main, buffer_count=BUFFERS, controls=controls(self._settings, known), display=None, encode=None
            )
        )
        self._camera.start()

    @property
    def heard_ns(self) -> int:
        """When the last frame came, monotonic nanoseconds."""
        return round(self._heard_s * 1e9)

    def close(self) -> None:
        camera, self._camera = self._camera, None
        symbols, self._symbols = self._symbols, None
        self._frames = self._job = None
        if symbols is not None:
            symbols.close()
        if camera is not None:
            # Jobs that wait for a frame would keep its event loop.
            with contextlib.suppress(Exception):
                camera.cancel_all_and_flush()
            with contextlib.suppress(Exception):
                camera.close()

    def read(self, timeout: float) -> TextScan | Hint | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            early = self._next_s - time.monotonic()
            if early > 0:
                time.sleep(min(early, left))
                continue
            self._ready.extend(self._look(left))
        return self._ready.popleft() if self._ready else None

    def _look(self, timeout: float) -> list[TextScan | Hint]:
        """What the newest frame brings; nothing if none came in time."""
        if self._camera is None or self._frames is None:
            raise DeviceGone(f"{self._who}: not open")
        try:
            with self._frame(timeout) as frame:
                self._next_s = self._heard_s + 1 / self._settings.frames_s
                self.taken += 1
                return self._frames.read(frame, self._heard_s)
        except NoFrame:
            return self._waited_in_vain()
        except (LookupError, OSError, RuntimeError) as error:
            raise DeviceGone(f"{self._who}: {type(error).__name__}: {error}") from error

    def _waited_in_vain(self) -> list[TextScan | Hint]:
        if time.monotonic() - self._heard_s > SILENT_S:
            raise DeviceSilent(f"{self._who}: no frame for {SILENT_S:.0f} s")
        return []

    @contextlib.contextmanager
    def _frame(self, timeout: float) -> Iterator[Grey]:
        """A view of the camera's own buffer, which is given back afterwards."""
        from picamera2 import MappedArray

        # A job that is not done yet is waited for again at the next call: each would take a frame.
        self._job = self._job or self._camera.capture_request(wait=False)
        request = self._camera.wait(self._job, timeout=timeout)
        self._job, self._heard_s = None, time.monotonic()
        try:
            main = self._camera.camera_configuration()["main"]
            with MappedArray(request, "main", reshape=False, write=False) as mapped:
                yield grey_plane(mapped.array, main["size"], main["stride"])
        finally:
            request.release()
