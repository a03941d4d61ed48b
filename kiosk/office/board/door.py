"""How many may be at the page at a time: beyond that a line is closed at once, so that descriptors are left for the
broker and the store, and nobody from one place shuts out all others."""

import resource
from typing import Any

import tornado.httpserver
import tornado.iostream

MOST = 1024
OURS = 64
"""Descriptors that are kept for the broker, the store and whatever else is open."""
MOST_OF_ONE = 128
"""Of one address: an office behind one router looks with a few lines each."""
HERE = ("127.0.0.1", "::1")
"""A server before ours, that has the lines of all."""


class Door(tornado.httpserver.HTTPServer):
    """Counts lines by the address they come from, whether or not they ever ask for anything."""

    def initialize(self, *given: Any, **named: Any) -> None:
        super().initialize(*given, **named)
        self._come: dict[tornado.iostream.IOStream, str] = {}
        self._from: dict[str, int] = {}
        self._most = _room()

    def handle_stream(self, stream: tornado.iostream.IOStream, address: tuple[Any, ...]) -> None:
        host = str(address[0]) if address else ""
        if len(self._come) >= self._most or (host not in HERE and self._from.get(host, 0) >= MOST_OF_ONE):
            stream.close()
            return
        self._come[stream] = host
        self._from[host] = self._from.get(host, 0) + 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: Any) -> None:
        host = self._come.pop(server_conn.stream, None)
        if host is not None:
            self._from[host] -= 1
            if not self._from[host]:
                del self._from[host]
        super().on_close(server_conn)


def _room() -> int:
    """As many as there are descriptors for; more are asked of the system where it gives them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + OURS if hard == resource.RLIM_INFINITY else min(MOST + OURS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else max(1, min(MOST, soft - OURS))
