"""A network between two brokers, which may be cut: bytes pass on, or lines die."""

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

_HOST = "127.0.0.1"
_TURN_S = 0.2
_AT_ONCE = 65_536


class Link:
    """Whoever comes to `port` comes to the far end's, for as long as it is not cut."""

    def __init__(self, far_port: int) -> None:
        self._far_port = far_port
        self._listener = socket.create_server((_HOST, 0))
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._is_cut, self._ended = threading.Event(), threading.Event()
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._serve, name="link", daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Lines die, and nobody comes through."""
        self._is_cut.set()

    def mend(self) -> None:
        self._is_cut.clear()

    def __enter__(self) -> Self:
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join(10)

    def _serve(self) -> None:
        while not self._ended.is_set():
            if self._is_cut.is_set():
                self._break_all()
            for key, _ in self._selector.select(_TURN_S):
                if key.fileobj is self._listener:
                    self._come()
                else:
                    self._pass(key.fileobj)  # type: ignore[arg-type]
        self._break_all()
        self._selector.close()
        self._listener.close()

    def _come(self) -> None:
        near, _ = self._listener.accept()
        if self._is_cut.is_set():
            near.close()
            return
        try:
            far = socket.create_connection((_HOST, self._far_port), timeout=2)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.setblocking(True)
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass(self, line: socket.socket) -> None:
        other = self._pairs.get(line)
        if other is None:
            return
        try:
            data = line.recv(_AT_ONCE)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        self._break(line)

    def _break(self, line: socket.socket) -> None:
        for each in (line, self._pairs.get(line)):
            if each is not None and self._pairs.pop(each, None) is not None:
                with suppress(KeyError, ValueError):
                    self._selector.unregister(each)
                each.close()

    def _break_all(self) -> None:
        for line in list(self._pairs):
            self._break(line)
