"""Who may read the board's page, and how many at a time."""

import asyncio
import socket
from contextlib import ExitStack

import pytest
import tornado.web

from kiosk.office.board import door
from kiosk.office.board.access import Access, Readers, ServeError
from kiosk.office.board.door import Door
from kiosk.office.brokers.certificates import withdraw
from kiosk.office.brokers.names import names_of


def named(name: str) -> dict[str, object]:
    """As Python tells of a certificate."""
    return {"subject": ((("commonName", name),),)}


def test_kiosks_and_bridges_read_nothing_though_they_have_certificates_of_the_same_authority():
    for name in ("wy-0352/a", "point/wy-0352/state", "county/wuyuan/records"):
        assert not Readers(None).may_read(named(name)), name
    for name in ("board", "centre", "office-2", "Zhang San / IT"):
        assert Readers(None).may_read(named(name)), name
    assert Readers(None).may_read(None), "where none is asked for"


def test_who_is_withdrawn_reads_no_more_from_that_moment_and_for_good(tmp_path, said):
    file = tmp_path / "withdrawn"
    access = Access("0.0.0.0:8490", readers_ca=tmp_path / "ca.pem")
    readers = access.readers()
    assert readers.may_read(named("office-2"))
    withdraw(tmp_path, names_of(["office-2"]))
    assert not readers.may_read(named("office-2"))
    assert readers.may_read(named("office-3"))
    withdraw(tmp_path, names_of(["office-3"]))
    assert not readers.may_read(named("office-3"))
    file.write_bytes(b"\xff")
    assert not readers.may_read(named("office-2"))
    assert {"event": "withdrawn-unread", "file": str(file), "why": "UnicodeDecodeError"} in said()
    file.unlink()
    assert not readers.may_read(named("office-3"))


def test_a_list_that_is_named_and_is_not_there_lets_no_board_begin(tmp_path):
    with pytest.raises(ServeError, match="No such file"):
        Access("0.0.0.0:8490", readers_ca=tmp_path / "ca.pem", withdrawn=tmp_path / "mistyped").readers()


class Here(tornado.web.RequestHandler):
    def get(self) -> None:
        self.finish("here")


async def asked(port: int) -> str:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return "closed"
    writer.close()
    return "here" if answer.endswith(b"here") else "closed"


@pytest.mark.parametrize("bound", ["_room", "MOST_OF_ONE"])
def test_whoever_opens_line_after_line_takes_no_more_than_there_is_room_for(monkeypatch, bound):
    monkeypatch.setattr(door, bound, (lambda: 8) if bound == "_room" else 8)
    monkeypatch.setattr(door, "HERE", ())

    async def attack() -> list[str]:
        server = Door(tornado.web.Application([("/", Here)]))
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setblocking(False)
        server.add_socket(listening)
        port = listening.getsockname()[1]
        answers = [await asked(port)]
        with ExitStack() as held:
            for _ in range(20):
                held.enter_context(socket.create_connection(("127.0.0.1", port)))
            answers.append(await asked(port))
        while (answer := await asked(port)) == "closed":
            await asyncio.sleep(0.01)
        server.stop()
        return [*answers, answer]

    assert asyncio.run(attack()) == ["here", "closed", "here"]
