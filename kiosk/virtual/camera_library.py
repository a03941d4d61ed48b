"""A picamera2 for whoever has a folder on Python's path: it serves pictures from a file, and misbehaves as it is told.

As the camera's process has it: `furnish` writes the package, `stand_in` is what the package holds.
"""

import builtins
import contextlib
import ctypes
import json
import mmap
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]

LONG_S = 3600.0
BYTES_A_FRAME = 16 << 20
FILLED = 8
"""Times four frames: more than a service may have, and less than a machine has."""
CHATTER = b"a line of the library, which nobody reads\n" * 4096
_PACKAGE = """from pathlib import Path

from kiosk.virtual.camera_library import stand_in

Picamera2, MappedArray = stand_in(Path(__file__).parent)
"""


class At(StrEnum):
    """The calls in which it can misbehave."""

    IMPORT = "import"
    FIND = "find"
    CONFIGURE = "configure"
    START = "start"
    FRAME = "frame"
    CLOSE = "close"


class Does(StrEnum):
    """What it can do there; anything else is the name of what it raises."""

    HANGS = "hangs"
    HOLDS = "holds the interpreter"
    CRASHES = "crashes"
    EXITS = "exits"
    GROWS = "grows"
    FILLS = "fills memory that it shares"
    """As frames lie in: no limit of a process counts it."""
    LEAKS = "leaks"
    CHATTERS = "chatters"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What it does in which call, the first `tries` times that it is imported; and how it shows the pictures."""

    deeds: dict[str, str] = field(default_factory=dict)
    tries: int = 1 << 30
    frames_s: float = 30.0
    frames_each: int = 1
    again: bool = False
    """From the first picture once all were shown; otherwise the last one stays."""
    pausing_after: int = 1 << 62
    """Frames after which none comes any more, as with a cable that slipped out."""


def furnish(folder: Path, pictures: Sequence["Grey"] = (), behaviour: Behaviour | None = None) -> Path:
    """Writes the package; the folder belongs on the path. Pictures are of one size; without any there is no camera."""
    package = folder / "picamera2"
    package.mkdir(parents=True, exist_ok=True)
    if pictures:
        import numpy as np

        height, width = pictures[0].shape
        colour = np.full((height // 2, width), 128, np.uint8)
        np.save(package / "pictures.npy", np.stack([np.vstack((each, colour)) for each in pictures]))
    (package / "behaviour.json").write_text(json.dumps(asdict(behaviour or Behaviour())), encoding="utf-8")
    (package / "__init__.py").write_text(_PACKAGE, encoding="utf-8")
    return folder


def tries(folder: Path) -> int:
    """How often it was imported."""
    seen = folder / "picamera2" / "tries"
    return seen.stat().st_size if seen.exists() else 0


def stand_in(package: Path) -> tuple[type, type]:
    """Picamera2 and MappedArray."""
    behaviour = Behaviour(**json.loads((package / "behaviour.json").read_text(encoding="utf-8")))
    with (package / "tries").open("ab") as seen:
        seen.write(b"x")
        misbehaves = seen.tell() <= behaviour.tries
    deeds = behaviour.deeds if misbehaves else {}
    _do(deeds.get(At.IMPORT))

    class Picamera2(_Picamera2):
        def __init__(self, number: int = 0) -> None:
            super().__init__(package, number, behaviour, deeds)

    return Picamera2, _MappedArray


_leaked: list[object] = []


def _fill() -> None:
    if len(_leaked) == FILLED:
        return
    shared = mmap.mmap(-1, 4 * BYTES_A_FRAME)
    for page in range(0, len(shared), mmap.PAGESIZE):
        shared[page] = 1
    _leaked.append(shared)


def _chatter() -> None:
    """As C++ does: whether it can be written does not matter."""
    for stream in (1, 2):
        with contextlib.suppress(OSError):
            os.write(stream, CHATTER)
    print(CHATTER.decode())  # noqa: T201 - a library that does


_DEEDS: dict[str, Callable[[], object]] = {
    Does.HANGS: lambda: time.sleep(LONG_S),
    Does.HOLDS: lambda: ctypes.PyDLL(None).sleep(int(LONG_S)),
    Does.CRASHES: lambda: os.kill(os.getpid(), signal.SIGSEGV),
    Does.EXITS: lambda: os._exit(3),
    Does.GROWS: lambda: _leaked.append(bytearray(b"\1" * BYTES_A_FRAME)),
    Does.FILLS: _fill,
    Does.LEAKS: lambda: _leaked.append(os.pipe()),
    Does.CHATTERS: _chatter,
}


def _do(deed: str | None) -> None:
    if deed in _DEEDS:
        _DEEDS[deed]()
    elif deed is not None:
        raises = {"CancelledError": CancelledError, **vars(builtins)}[deed]
        raise raises(f"a {deed} of the library")


class _Job:
    """A frame that was asked for."""


class _Request:
    """A frame, in a buffer that is lent."""

    def __init__(self, buffer: Any) -> None:
        self.buffer = buffer

    def release(self) -> None:
        self.buffer = None


class _MappedArray:
    def __init__(self, request: _Request, stream: str, reshape: bool = True, write: bool = True) -> None:
        assert (stream, reshape, write) == ("main", False, False)  # noqa: S101 - the far end has nothing else
        self.array = request.buffer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.array = None


class _Picamera2:
    """Picamera2 as its manual (2024) has it: chapters 4 to 6, of what a scanner of codes needs."""

    def __init__(self, package: Path, number: int, behaviour: Behaviour, deeds: dict[str, str]) -> None:
        self._behaviour, self._deeds = behaviour, deeds
        self._do(At.FIND)
        if number > 0 or not (package / "pictures.npy").exists():
            raise IndexError("list index out of range")
        import numpy as np

        self._pictures = np.asarray(np.load(package / "pictures.npy", mmap_mode="r"))
        self.camera_controls = {"FrameDurationLimits": (0, 0, 0), "ExposureTime": (0, 0, 0)}
        self._started_s, self._shown = 0.0, -1

    def create_video_configuration(self, **wanted: Any) -> dict[str, Any]:
        return wanted

    def configure(self, _configuration: dict[str, Any]) -> None:
        self._do(At.CONFIGURE)

    def camera_configuration(self) -> dict[str, Any]:
        height, width = self._pictures.shape[1] * 2 // 3, self._pictures.shape[2]
        return {"main": {"size": (width, height), "stride": width, "format": "YUV420"}}

    def start(self) -> None:
        self._do(At.START)
        self._started_s = time.monotonic()

    def capture_request(self, wait: bool = True) -> _Job:
        assert not wait  # noqa: S101 - as above
        return _Job()

    def wait(self, _job: _Job, timeout: float) -> _Request:
        """The next frame; raises TimeoutError if it does not come in time."""
        self._do(At.FRAME)
        following = max(self._now(), self._shown) + 1
        due_s = following / self._behaviour.frames_s + self._started_s - time.monotonic()
        if following > self._behaviour.pausing_after or due_s > timeout:
            time.sleep(timeout)
            raise TimeoutError
        time.sleep(max(due_s, 0))
        self._shown = following
        return _Request(self._picture(following))

    def cancel_all_and_flush(self) -> None:
        pass

    def close(self) -> None:
        self._do(At.CLOSE)

    def _now(self) -> int:
        return int((time.monotonic() - self._started_s) * self._behaviour.frames_s)

    def _picture(self, frame: int) -> Any:
        turn = (frame - 1) // self._behaviour.frames_each
        count = len(self._pictures)
        return self._pictures[turn % count if self._behaviour.again else min(turn, count - 1)]

    def _do(self, at: At) -> None:
        _do(self._deeds.get(at))
