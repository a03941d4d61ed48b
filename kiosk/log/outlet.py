"""Standard error that nobody need read: lines leave without ever waiting, and what finds no room is counted."""

import io
import json
import os
import select
import stat
import sys
import threading
import time
from collections import deque
from contextlib import suppress

ROOM = 256 * 1024
"""Bytes that may wait for whoever reads; a pipe holds another 64 KiB."""
PIECE = 4096
"""What a pipe that can be written to takes at once, whoever else writes (PIPE_BUF)."""


class Outlet:
    """Lines to one descriptor, in order. No call waits for whoever reads, fails, or keeps more than ROOM; but for
    `flush`, for so long as it is told. May be called from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._may_block = _may_block(descriptor)
        # Reentrant: what is collected as garbage meanwhile may complain, on this very thread.
        self._lock = threading.RLock()
        self._inside = False
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._dropped = 0

    def write(self, line: bytes) -> None:
        """Now, or when there is room again; a line for which there is none until then is dropped and counted."""
        with self._lock:
            if self._inside:
                self._keep(line)
                return
            self._inside = True
            try:
                self._catch_up()
                self._keep(line)
                self._drain()
            finally:
                self._inside = False

    def catch_up(self) -> None:
        """To be called now and then: what waits leaves, if somebody reads again."""
        if self._waiting or self._dropped:
            self.write(b"")

    def flush(self, seconds: float) -> bool:
        """Whether all that waits has left within so long."""
        end_s = time.monotonic() + seconds
        self.catch_up()
        while self._waiting and (left_s := end_s - time.monotonic()) > 0:
            self._wait(left_s)
            self.catch_up()
        return not self._waiting

    def _catch_up(self) -> None:
        self._drain()
        if self._dropped and not self._waiting:
            told = {"event": "log-dropped", "lines": self._dropped}
            self._dropped = 0
            self._keep(json.dumps(told).encode() + b"\n")
            self._drain()

    def _keep(self, line: bytes) -> None:
        if self._size + len(line) > ROOM:
            self._dropped += 1
        elif line:
            self._waiting.append(line)
            self._size += len(line)

    def _drain(self) -> None:
        while self._waiting:
            line = self._waiting[0]
            try:
                sent = self._send(line)
            except BlockingIOError:
                return
            except OSError:
                # Nobody is there, and nobody will be: the service goes on without a log.
                self._give_up()
                return
            self._size -= sent
            if sent < len(line):
                self._waiting[0] = line[sent:]
            else:
                self._waiting.popleft()

    def _send(self, line: bytes) -> int:
        if not self._may_block:
            return os.write(self._descriptor, line)
        if not self._wait(0):
            raise BlockingIOError
        return os.write(self._descriptor, line[:PIECE])

    def _wait(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(seconds * 1000))

    def _give_up(self) -> None:
        self._dropped += len(self._waiting)
        self._waiting.clear()
        self._size = 0


class Stderr(io.TextIOBase):
    """What prints to sys.stderr, and the interpreter's own complaints, take the same way; line by line."""

    def __init__(self, outlet: Outlet, descriptor: int) -> None:
        self._outlet, self._descriptor = outlet, descriptor
        self._begun = ""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._outlet.write(as_bytes(line))
        if len(self._begun) > PIECE:
            self.write("\n")
        return len(text)


def as_bytes(line: str) -> bytes:
    return line.encode(errors="backslashreplace") + b"\n"


def never_waiting(descriptor: int) -> None:
    """Makes standard error such that no write waits, of whomever in this process and its children: a library's, or
    the dump of all stacks at the watchdog's signal, after which the process must end."""
    try:
        kind = os.fstat(descriptor).st_mode
    except OSError:
        # Else the next file that is opened would be standard error.
        _put(descriptor, os.devnull, os.O_WRONLY)
        return
    if stat.S_ISSOCK(kind):
        # The service manager's: it has no other user than the service.
        os.set_blocking(descriptor, False)
    elif stat.S_ISFIFO(kind) or os.isatty(descriptor):
        # A description of our own: whoever shares this one, a shell say, does not expect it to change.
        with suppress(OSError):
            _put(descriptor, f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)


def _put(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)


def _may_block(descriptor: int) -> bool:
    try:
        return os.get_blocking(descriptor) and not stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def take_over(descriptor: int) -> Outlet:
    """All that this process says on standard error from now on."""
    never_waiting(descriptor)
    outlet = Outlet(descriptor)
    sys.stderr = Stderr(outlet, descriptor)
    return outlet
