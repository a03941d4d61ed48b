"""A camera of the Raspberry Pi through picamera2: the grey plane of each frame as it comes. In a process of its own."""

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import TimeoutError as NoFrame
from typing import TYPE_CHECKING, Any

from drivers.camera.settings import CameraSettings

if TYPE_CHECKING:
    # Where there is no camera nobody waits for it to load.
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]

BUFFERS = 3
AE_SHORT = 1
"""libcamera's ExposureShort: gain before time."""
AF_MANUAL, AF_CONTINUOUS, AF_FAST = 0, 2, 1


class LensError(Exception):
    """What the camera's libraries raised, in their words: nothing of a frame's contents is known to them."""


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


def grey_plane(buffer: "Grey", size: tuple[int, int], stride: int) -> "Grey":
    """The luminance of a planar YUV frame, where it lies in the buffer; `size` is width and height."""
    width, height = size
    return buffer.reshape(-1)[: stride * height].reshape(height, stride)[:, :width]


class Lens:
    """picamera2 must be Debian's: it fits the system's libcamera. Any call may hang, or end the process."""

    def __init__(self, settings: CameraSettings) -> None:
        self._settings = settings
        self._camera: Any = None
        self._job: Any = None
        self._lent = contextlib.ExitStack()

    def open(self) -> None:
        """Raises LensError."""
        with _library():
            from picamera2 import Picamera2

            self._camera = Picamera2(self._settings.number)
            self._start()

    def _start(self) -> None:
        main = {"size": (self._settings.width, self._settings.height), "format": "YUV420"}
        asked = controls(self._settings, self._camera.camera_controls)
        self._camera.configure(
            self._camera.create_video_configuration(
                main=main, buffer_count=BUFFERS, controls=asked, display=None, encode=None
            )
        )
        self._camera.start()

    def take(self, timeout: float) -> "Grey | None":
        """A view of the newest frame in the camera's own buffer, to be given back; None if none came in time. Raises
        LensError."""
        with _library():
            # A job that is not done yet is waited for again at the next call: each would take a frame.
            self._job = self._job or self._camera.capture_request(wait=False)
            try:
                request = self._camera.wait(self._job, timeout=timeout)
            except NoFrame:
                return None
            self._job = None
            self._lent.callback(request.release)
            return self._mapped(request)

    def _mapped(self, request: Any) -> "Grey":
        from picamera2 import MappedArray

        main = self._camera.camera_configuration()["main"]
        mapped = self._lent.enter_context(MappedArray(request, "main", reshape=False, write=False))
        return grey_plane(mapped.array, main["size"], main["stride"])

    def give_back(self) -> None:
        """Raises LensError."""
        with _library():
            self._lent.close()

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            # Jobs that wait for a frame would keep its event loop.
            with contextlib.suppress(BaseException):
                camera.cancel_all_and_flush()
            with contextlib.suppress(BaseException):
                camera.close()


@contextlib.contextmanager
def _library() -> Iterator[None]:
    """Whatever the libraries raise, also what ends threads and programs, is the camera's failure."""
    try:
        yield
    except BaseException as error:
        raise LensError(f"{type(error).__name__}: {error}") from error
