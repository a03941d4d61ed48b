"""The device's end of a line: a pty or a TCP socket that can be unplugged and plugged again."""

import contextlib
import os
import pty
import select
import socket
import threading
import time
import tty
from pathlib import Path
from typing import Protocol


class Wire(Protocol):
    """The device's end of a line. Reads and writes never raise: an unplugged wire is silent and swallows."""

    @property
    def plugged(self) -> bool: ...

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def read(self, timeout: float, most: int = 4096) -> bytes:
        """Up to `most` bytes from the host; empty after `timeout` seconds without any."""

    def write(self, data: bytes) -> None: ...


class PtyWire:
    """A serial line: while plugged, `link` points to a terminal that a host may open."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._master = -1
        self._slave = -1
        self._plugs = 0
        # A file number is given again as soon as it is closed: who waited on the old terminal must not read the new.
        self._lock = threading.Lock()

    @property
    def plugged(self) -> bool:
        return self._master >= 0

    def plug(self) -> None:
        if self.plugged:
            return
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        # The slave stays open here, or the master would fail whenever the host closes its end.
        with self._lock:
            self._master, self._slave, self._plugs = master, slave, self._plugs + 1
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        if not self.plugged:
            return
        self.link.unlink(missing_ok=True)
        with self._lock:
            master, slave, self._master, self._slave = self._master, self._slave, -1, -1
            os.close(master)
            os.close(slave)

    def read(self, timeout: float, most: int = 4096) -> bytes:
        master, plugs = self._master, self._plugs
        if master < 0:
            time.sleep(timeout)
            return b""
        try:
            ready, _, _ = select.select([master], [], [], timeout)
            with self._lock:
                same = self.plugged and plugs == self._plugs
                return os.read(master, most) if ready and same else b""
        except (OSError, ValueError):
            return b""

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        master, plugs = self._master, self._plugs
        while view and master >= 0:
            try:
                _, ready, _ = select.select([], [master], [], 0.1)
                with self._lock:
                    if not ready or not self.plugged or plugs != self._plugs:
                        return
                    view = view[os.write(master, view) :]
            except (OSError, ValueError):
                return


class TcpWire:
    """A network port, by default on the loop-back address: one host at a time, as receipt printers allow."""

    def __init__(self, port: int = 0, address: str = "127.0.0.1") -> None:
        self.port, self.address = port, address
        self._plugging = threading.Lock()
        self._listener: socket.socket | None = None
        self._peer: socket.socket | None = None

    @property
    def plugged(self) -> bool:
        return self._listener is not None

    def plug(self) -> None:
        with self._plugging:
            if self._listener is None:
                self._listener = self._listen()
                self.port = self._listener.getsockname()[1]

    def end(self, reset: bool = False) -> None:
        """The host is hung up on, as print servers do when a line is idle; the next may come."""
        with self._plugging:
            self._hang_up(reset)

    def unplug(self) -> None:
        with self._plugging:
            listener, self._listener = self._listener, None
            if listener is not None:
                listener.close()
            self._hang_up(reset=True)

    def read(self, timeout: float, most: int = 4096) -> bytes:
        peer = self._peer or self._accept(timeout)
        if peer is None:
            return b""
        try:
            ready, _, _ = select.select([peer], [], [], timeout)
            if not ready:
                return b""
            # What a host has taken back is not printed, though it lies here.
            data = b"" if peer.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) else peer.recv(most)
        except (OSError, ValueError):
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        peer = self._peer
        if peer is not None:
            with contextlib.suppress(OSError):
                peer.sendall(data)

    def _listen(self) -> socket.socket:
        return socket.create_server((self.address, self.port), backlog=1)

    def _accept(self, timeout: float) -> socket.socket | None:
        listener = self._listener
        if listener is None:
            time.sleep(timeout)
            return None
        try:
            ready, _, _ = select.select([listener], [], [], timeout)
            if ready:
                self._peer, _ = listener.accept()
                # A host that never reads must not hold the device for ever: what it does not take is lost.
                self._peer.settimeout(0.1)
                self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, ValueError):
            return None
        return self._peer

    def _hang_up(self, reset: bool = False) -> None:
        peer, self._peer = self._peer, None
        if peer is None:
            return
        if reset:
            # A cable that is pulled sends no orderly end; the nearest thing a loop-back socket has is a reset.
            with contextlib.suppress(OSError):
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()
