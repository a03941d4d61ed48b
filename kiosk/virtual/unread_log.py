"""A log that nobody reads: a pipe, as small as the kernel allows, whose reader sleeps, wakes late, or goes away."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

_SMALL: Final = 4096


class UnreadLog:
    """`written` is for whoever writes: standard error of a process, say. It is full after `holds` bytes."""

    def __init__(self) -> None:
        self._read, self.written = os.pipe()
        self.holds = fcntl.fcntl(self.written, fcntl.F_SETPIPE_SZ, _SMALL)
        os.set_blocking(self._read, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.hang_up()
        with suppress(OSError):
            os.close(self.written)

    def read(self, between: Callable[[], None] = lambda: None) -> bytes:
        """All that can be had; `between` lets whoever writes go on after each piece."""
        pieces = []
        while piece := self._piece():
            pieces.append(piece)
            between()
        return b"".join(pieces)

    def fill(self) -> None:
        """Not a byte more goes in, for now."""
        own = os.open(f"/proc/self/fd/{self.written}", os.O_WRONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:
                os.write(own, b"x")
        os.close(own)

    def hang_up(self) -> None:
        """The reader is gone for good."""
        if self._read >= 0:
            os.close(self._read)
            self._read = -1

    def _piece(self) -> bytes:
        try:
            return os.read(self._read, 65536)
        except BlockingIOError:
            return b""
