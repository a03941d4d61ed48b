"""The camera's process, as the daemon sees it: its words, the last line of what its libraries print, and its end."""

import contextlib
import io
import os
import select
import signal
import socket
import subprocess
from collections.abc import Sequence

from drivers.camera import children
from drivers.camera.settings import CameraSettings, as_argument
from drivers.camera.words import Word, WordDecoder
from kiosk.ports import FrameError

CLOSE_S = 1.0
"""For libcamera to give the camera back. One that does not in that time never will."""
PIECE = 65536
LAST = 200
"""Bytes of what the libraries said last."""
KEPT = (*children.KEPT, "LIBCAMERA_LOG_LEVELS", "LIBCAMERA_IPA_MODULE_PATH", "LIBCAMERA_RPI_TUNING_FILE")
FRUGAL = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
"""Each thread would have memory of its own, and OpenBLAS, which does nothing here, a thread for each core."""


class ProcessEndedError(Exception):
    """By itself or by the kernel, in words."""


class CameraProcess:
    """One process; it is not started again. Call it from one thread, with which it ends."""

    def __init__(self, settings: CameraSettings) -> None:
        """Raises OSError."""
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self._line, line = socket.socketpair()
            ours.enter_context(self._line)
            theirs.enter_context(line)
            said, say = os.pipe()
            self._said = ours.enter_context(io.FileIO(said))
            theirs.callback(os.close, say)
            # Whoever prints more than is read is not held up by it.
            os.set_blocking(say, False)
            self._child = children.start(
                "drivers.camera.camera_child",
                (str(line.fileno()), as_argument(settings)),
                children.kept(KEPT) | FRUGAL,
                stdin=subprocess.DEVNULL,
                stdout=say,
                stderr=say,
                pass_fds=(line.fileno(),),
            )
            self._ours = ours.pop_all()
        self._decoder, self._last = WordDecoder(), b""
        self._heard_from: list[socket.socket | io.FileIO] = [self._line, self._said]

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def gone(self) -> bool:
        return self._child.poll() is not None

    def words(self, timeout: float) -> Sequence[Word]:
        """What it says within that time; nothing too where only its libraries spoke. Raises ProcessEndedError."""
        readable = select.select(self._heard_from, [], [], max(timeout, 0))[0]
        if self._said in readable:
            self._listen()
        return self._hear() if self._line in readable else ()

    def end(self) -> None:
        """Lets it close the camera, and kills it if that takes too long."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        children.end(self._child, CLOSE_S)
        self._ours.close()

    def _listen(self) -> None:
        more = self._said.read(PIECE)
        self._last = (self._last + more)[-LAST:]
        if not more:
            self._heard_from.remove(self._said)

    def _hear(self) -> Sequence[Word]:
        data = b""
        with contextlib.suppress(ConnectionError):
            data = self._line.recv(PIECE)
        if not data:
            raise ProcessEndedError(self._how_it_ended())
        try:
            return self._decoder.feed(data)
        except FrameError as error:
            raise ProcessEndedError(str(error)) from error

    def _how_it_ended(self) -> str:
        children.end(self._child, CLOSE_S)
        status = self._child.returncode
        how = f"by {signal.Signals(-status).name}" if status is not None and status < 0 else f"with status {status}"
        lines = self._last.decode(errors="replace").strip().splitlines()
        return f"its process ended {how}{f': {lines[-1]}' if lines else ''}"
