"""The camera's process: frames by picamera2, read and told to the parent; started with the number of the socket to it,
the settings and the parent's id. It ends when the parent closes the socket."""

import contextlib
import io
import os
import select
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

from drivers.camera.bound import bind
from drivers.camera.lens import Lens, LensError
from drivers.camera.settings import CameraSettings, from_argument
from drivers.camera.words import Alive, Found, Gone, Opened, Word, encoded

if TYPE_CHECKING:
    from drivers.camera.reader import FrameReader

MEMORY = 192 << 20
"""Bytes: with real libraries some 75 MB are in use, half as much again on a Pi, whose libcamera has more threads. With
ZBar's and the daemon's it stays below the unit's MemoryMax, so that this limit acts and not that one."""
OOM = 900
"""Where the kernel must end something, the daemon is the last of it."""
TURN_S = 0.2
"""How long a frame is waited for in one go; the parent's end is looked for between."""
BEAT_S = 0.5


class _NobodyHearsError(Exception):
    """Nobody hears any more."""


class _Unheeded(io.TextIOBase):
    """Standard output and error for libraries: what finds no room in the pipe is dropped, and nobody fails by it."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            os.write(2, text.encode(errors="replace"))
        return len(text)


class Teller:
    """The way to the parent."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._told_s = line, 0.0

    def tell(self, word: Word) -> None:
        """Waits while the parent does not hear: what it does not take is not news that it wants later."""
        try:
            self._line.sendall(encoded(word))
        except OSError as error:
            raise _NobodyHearsError from error
        self._told_s = time.monotonic()

    def beat(self) -> None:
        """To be called with each frame."""
        if time.monotonic() - self._told_s >= BEAT_S:
            self.tell(Alive())

    def left_within(self, seconds: float) -> bool:
        """True as soon as the parent has closed the line."""
        return bool(select.select([self._line], [], [], max(seconds, 0))[0])


def main() -> None:
    """Never returns: libraries that hang at the end of a program are not waited for."""
    status = 1
    try:
        line, settings, parent = socket.socket(fileno=int(sys.argv[1])), from_argument(sys.argv[2]), int(sys.argv[3])
        bind(parent, MEMORY, OOM)
        # The service's stop goes to all of its processes: it is the parent who says when.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        sys.stdout = sys.stderr = _Unheeded()
        _serve(Teller(line), Lens(settings), settings)
        status = 0
    finally:
        os._exit(status)


def _serve(teller: Teller, lens: Lens, settings: CameraSettings) -> None:
    with contextlib.suppress(_NobodyHearsError):
        try:
            lens.open()
            _watch(teller, lens, settings)
        except LensError as error:
            teller.tell(Gone(str(error)))
        except _NobodyHearsError:
            lens.close()
        except BaseException as error:
            teller.tell(Gone(_where(error)))


def _watch(teller: Teller, lens: Lens, settings: CameraSettings) -> None:
    # Only now, as a camera that is not there is looked for again and again.
    from drivers.camera.reader import FrameReader
    from drivers.camera.symbols import SymbolReader

    with contextlib.closing(SymbolReader()) as symbols:
        reader, next_s = FrameReader(symbols), 0.0
        teller.tell(Opened())
        while not teller.left_within(next_s - time.monotonic()):
            next_s = _look(teller, lens, reader) + 1 / settings.frames_s
    raise _NobodyHearsError


def _look(teller: Teller, lens: Lens, reader: "FrameReader") -> float:
    """One frame, if one comes; when it came, seconds, else when it might have come already."""
    frame, now_ns = lens.take(TURN_S), time.monotonic_ns()
    if frame is None:
        return float("-inf")
    for found in reader.read(frame, now_ns / 1e9):
        teller.tell(Found(found, now_ns))
    lens.give_back()
    teller.beat()
    return now_ns / 1e9


def _where(error: BaseException) -> str:
    """An error of the decoding may quote what was scanned: it is told by its place."""
    link = error.__traceback__
    while link is not None and link.tb_next is not None:
        link = link.tb_next
    place = f" ({link.tb_frame.f_globals.get('__name__', '')}:{link.tb_lineno})" if link is not None else ""
    return f"{type(error).__name__}{place}"


if __name__ == "__main__":
    main()
