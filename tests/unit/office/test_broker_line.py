"""The office's line to a broker that does not do its part."""

import socket
import threading
from collections.abc import Iterator

import pytest

from kiosk.office import broker_line
from kiosk.office.board.rounds import latest
from kiosk.office.board.store import Store
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, LineError

CONNACK = bytes([0x20, 3, 0, 0, 0])


@pytest.fixture
def silent() -> Iterator[BrokerAt]:
    """Lets everybody in, and says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        lines: list[socket.socket] = []

        def serve() -> None:
            try:
                while True:
                    line, _ = server.accept()
                    lines.append(line)
                    line.recv(4096)
                    line.sendall(CONNACK)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield BrokerAt("127.0.0.1", server.getsockname()[1], "board")
        server.shutdown(socket.SHUT_RDWR)
        for line in lines:
            line.close()


def test_who_asks_once_is_told_when_the_broker_says_nothing_more(silent, monkeypatch):
    monkeypatch.setattr(broker_line, "ANSWER_S", 0.5)
    with pytest.raises(LineError, match="not told all that stands there"):
        latest(silent, "+")
    with Store(None) as store, pytest.raises(LineError, match="not told all that stands there"):
        Watch(silent, "+", "r1", {}, store, lambda: 0.0).once()
