"""The kiosk's end of the line to its pages: a local socket whose readers are told the newest of each kind, and for whom
nobody waits. decisions: Screens"""

import contextlib
import os
import selectors
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.log import say
from kiosk.log.seldom import Seldom
from kiosk.screen.lines import LONGEST_ACT, Kind, NotALine, Pressed, heard

MOST_READERS = 4
"""More than the one process that serves pages, so that it may be started again while the old one hangs."""
_MODE = 0o660


class _Reader:
    """One who reads, or does not: of each kind only the newest line waits."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.owed: dict[Kind, bytes] = {}
        self._rest = b""
        self._heard = b""

    @property
    def waits(self) -> bool:
        return bool(self._rest or self.owed)

    def send(self) -> None:
        """As much as the kernel takes. Raises OSError."""
        with contextlib.suppress(BlockingIOError):
            while self.waits:
                if not self._rest:
                    self._rest = self.owed.pop(next(iter(self.owed)))
                self._rest = self._rest[self.line.send(self._rest) :]

    def hear(self) -> Iterator[Pressed]:
        """Raises OSError, also at the end of the line, and NotALine."""
        data = self.line.recv(LONGEST_ACT)
        if not data:
            raise ConnectionResetError("the reader has gone")
        *lines, self._heard = (self._heard + data).split(b"\n")
        if len(self._heard) > LONGEST_ACT:
            raise NotALine("a line without an end")
        yield from map(heard, lines)


class Feed:
    """One thread turns; any thread wakes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._selector = selectors.DefaultSelector()
        self._woken = os.eventfd(0, os.EFD_NONBLOCK)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listening: socket.socket | None = None
        self._readers: dict[int, _Reader] = {}
        self._newest: dict[Kind, bytes] = {}
        self._seldom = Seldom()

    def open(self) -> None:
        """Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(self._path.stat().st_mode):
                self._path.unlink()
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            listening.bind(str(self._path))
            self._path.chmod(_MODE)
            listening.listen(MOST_READERS)
        except OSError:
            listening.close()
            raise
        self._listening = listening
        self._selector.register(listening, selectors.EVENT_READ)

    def close(self) -> None:
        for reader in list(self._readers.values()):
            self._drop(reader)
        if self._listening is not None:
            self._selector.unregister(self._listening)
            self._listening.close()
            self._listening = None
            with contextlib.suppress(OSError):
                self._path.unlink()
        self._newest.clear()

    @property
    def watched(self) -> bool:
        return bool(self._readers)

    def wake(self) -> None:
        """From any thread; never blocks."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_write(self._woken, 1)

    def tell(self, lines: Mapping[Kind, bytes]) -> None:
        """Each replaces what was to be told of its kind."""
        self._newest |= lines
        for reader in list(self._readers.values()):
            reader.owed |= lines
            self._send(reader)

    def turn(self, timeout_s: float) -> list[Pressed]:
        """What was pressed meanwhile; ends sooner if it was woken, or somebody came."""
        found: list[Pressed] = []
        for key, events in self._selector.select(timeout_s):
            if key.fd == self._woken:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self._woken)
            elif key.fileobj is self._listening:
                self._accept()
            elif (reader := self._readers.get(key.fd)) is not None:
                if events & selectors.EVENT_READ:
                    found += self._hear(reader)
                if events & selectors.EVENT_WRITE and key.fd in self._readers:
                    self._send(reader)
        return found

    def _accept(self) -> None:
        assert self._listening is not None  # noqa: S101 - its event came
        with contextlib.suppress(OSError):
            line, _ = self._listening.accept()
            if len(self._readers) >= MOST_READERS:
                line.close()
                return
            line.setblocking(False)
            reader = _Reader(line)
            self._readers[line.fileno()] = reader
            self._selector.register(line, selectors.EVENT_READ)
            reader.owed |= self._newest
            self._send(reader)

    def _hear(self, reader: _Reader) -> list[Pressed]:
        found: list[Pressed] = []
        try:
            found.extend(reader.hear())
        except BlockingIOError:
            pass
        except NotALine as error:
            self._lament(error)
            self._drop(reader)
        except OSError:
            self._drop(reader)
        return found

    def _lament(self, error: NotALine) -> None:
        """Once, though whoever says nonsense comes again as often as he is hung up on."""
        why = str(error)
        if self._seldom.may(why, time.monotonic_ns()):
            say("page-not-heard", why=why)

    def _send(self, reader: _Reader) -> None:
        try:
            reader.send()
        except OSError:
            self._drop(reader)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if reader.waits else 0)
        if self._selector.get_key(reader.line).events != wanted:
            self._selector.modify(reader.line, wanted)

    def _drop(self, reader: _Reader) -> None:
        if self._readers.pop(reader.line.fileno(), None) is not None:
            self._selector.unregister(reader.line)
            reader.line.close()
