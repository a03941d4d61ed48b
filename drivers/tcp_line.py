"""The line to a printer on the network: what the far end did not acknowledge never comes out after the line was closed.

An orderly close lets the kernel deliver what it holds, minutes later if the cable was out meanwhile: by then staff have
been asked and a copy is on its way. So a line is reset unless all is well, and the next connection comes from the same
port: a printer that never heard of the reset takes it for the old one, says so, and is told that it is over.
"""

import contextlib
import errno
import socket
import struct
import termios
from fcntl import ioctl
from zlib import crc32

CONNECT_S = 2.0
"""A half-open connection at the far end is cleared within the second after which the kernel asks again."""
KEEP_ALIVE = ((socket.TCP_KEEPIDLE, 2), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 3))
"""Seconds until it is asked, and between questions, and how many: one that is gone is known after five idle seconds."""
UNANSWERED = 4
"""Repetitions that nobody answered, on a local network after three seconds. TCP_USER_TIMEOUT cannot tell a far end that
is gone from one that is full, as a printer is whose cover is open."""
MOST_HALF_OPEN = 4
_RETRANSMITS, _PROBES = 2, 3
"""Bytes of struct tcp_info."""
_HOME, _HOMES = 20_000, 10_000
"""Below the kernel's own ports."""
_RESET, _IN_ORDER = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)


class TcpLine:
    """A printer on the network, port 9100 by custom."""

    ends_empty = True
    resumes = True

    def __init__(self, host: str, port: int = 9100) -> None:
        self.name = f"{host}:{port}"
        self.byte_s = 0.0
        self._address = (host, port)
        self._socket: socket.socket | None = None
        # The same in each life of the process: the far end may hold a connection of the last one.
        self._home = _HOME + crc32(self.name.encode()) % _HOMES
        self._half_open = [self._home]
        """Our ports whose connections the far end may still hold, the oldest first."""
        self._tries = 0

    def open(self) -> None:
        """Raises OSError."""
        # Some far ends want nothing for a while from a port that they have closed themselves.
        self._tries += 1
        turn = 0 if self._tries % 3 == 0 else next(iter(self._half_open), self._home)
        for port in dict.fromkeys((turn, 0)):
            try:
                self._socket = self._connected(port)
            except OSError as error:
                if not port or error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                    raise
            else:
                self._half_open = [other for other in self._half_open if other != port]
                self._tries = 0
                return

    def fileno(self) -> int:
        return -1 if self._socket is None else self._socket.fileno()

    def pending(self) -> int:
        """Bytes that the far end has not acknowledged. Raises OSError if the line is lost."""
        if self._socket is None:
            return 0
        if fault := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(fault, "the line was lost")
        return int(struct.unpack("i", ioctl(self._socket, termios.TIOCOUTQ, bytes(4)))[0])

    def check(self) -> None:
        """Raises OSError if the far end acknowledges nothing any more."""
        if self._socket is not None:
            told = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
            if max(told[_RETRANSMITS], told[_PROBES]) >= UNANSWERED:
                raise OSError(errno.ETIMEDOUT, "the far end acknowledges nothing")

    def close(self, discard: bool = False) -> None:
        line, self._socket = self._socket, None
        if line is None:
            return
        if discard or _unsure(line):
            with contextlib.suppress(OSError):
                self._half_open = [*self._half_open, line.getsockname()[1]][-MOST_HALF_OPEN:]
        else:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _IN_ORDER)
        line.close()

    def _connected(self, from_port: int) -> socket.socket:
        """By the first of the host's addresses that answers."""
        fault = OSError(errno.EHOSTUNREACH, "no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(*self._address, type=socket.SOCK_STREAM):
            line = socket.socket(family, kind, protocol)
            try:
                _prepare(line, from_port)
                line.connect(address)
            except OSError as error:
                line.close()
                fault = error
            else:
                line.setblocking(False)
                return line
        raise fault


def _prepare(line: socket.socket, from_port: int) -> None:
    # From the beginning, so that the kernel delivers nothing either for a process that was killed.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE:
        line.setsockopt(socket.IPPROTO_TCP, option, value)
    line.settimeout(CONNECT_S)
    if from_port:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(("", from_port))


def _unsure(line: socket.socket) -> bool:
    """Whether anything may still be on its way."""
    try:
        return bool(struct.unpack("i", ioctl(line, termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return True
