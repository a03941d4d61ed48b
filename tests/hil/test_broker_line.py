"""The office's line, on a real mosquitto: all that stands there, what comes, what waits while it is away."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.office.broker_line import BrokerAt, BrokerLine, Heard, LineError
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

PLACE = "sampling/v1/cn/r1/wy-0352/a"
WIDE = "max_queued_messages 0\nallow_anonymous true\n"


@pytest.fixture
def county(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with MosquittoBroker(tmp_path, given=lambda port: f"listener {port} 127.0.0.1\n{WIDE}") as broker:
        yield broker


def line(county: MosquittoBroker, name: str, *hears: str, qos: int = 0, durable: bool = False) -> BrokerLine:
    made = BrokerLine(BrokerAt("127.0.0.1", county.port, name), hears, qos, durable)
    made.open()
    return made


def read(line: BrokerLine, enough: int, limit_s: float = 20) -> list[Heard]:
    found: list[Heard] = []
    end = time.monotonic() + limit_s
    while len(found) < enough and time.monotonic() < end:
        found += line.read(0.1)
    return found


def test_all_that_stands_there_is_read_before_it_says_that_it_is_whole(county) -> None:
    centre = line(county, "centre")
    for n in range(1100):
        centre.publish(f"{PLACE}/tubes/{n}", b'{"n":%d}' % n)
    board = line(county, "board", "sampling/v1/#")
    found = []
    while not board.is_whole:
        found += board.read(0.1)
    assert sorted(json.loads(each.payload)["n"] for each in found) == list(range(1100))
    assert all(each.retained for each in found)
    centre.publish(f"{PLACE}/status", b"{}")
    assert read(board, 1) == [Heard(f"{PLACE}/status", b"{}", False)]


@pytest.mark.parametrize("durable", [False, True])
def test_at_qos_1_too_all_is_read_before_it_says_that_it_is_whole(county, durable) -> None:
    centre = line(county, "centre")
    wanted = {f"{PLACE}/tubes/{n}": b"%d" % n for n in range(1100)}
    assert centre.publish_all(wanted.items()) == {}
    for _ in range(2):
        # Durable: the first is never acknowledged.
        collector = line(county, "collector", "sampling/v1/#", qos=1, durable=durable)
        found: dict[str, bytes] = {}
        while not collector.is_whole:
            heard = collector.read(0.1)
            if durable:
                collector.acknowledge(heard if found else heard[1:])
            found |= {each.topic: each.payload for each in heard}
        assert found == wanted
        collector.close()
        if durable:
            centre.publish_all(wanted.items())
    centre.close()


def test_who_may_not_say_its_fence_is_told_so(tmp_path) -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    (tmp_path / "acl").write_text("topic read sampling/#\n")
    rules = f"{WIDE}acl_file {tmp_path}/acl\n"
    with MosquittoBroker(tmp_path, given=lambda port: f"listener {port} 127.0.0.1\n{rules}") as broker:
        collector = line(broker, "collector", "sampling/v1/#", qos=1)
        with pytest.raises(LineError, match="does not let collector write sampling/fence/#"):
            read(collector, 1)
        collector.close()


def test_a_durable_line_is_given_again_what_it_has_not_acknowledged(county) -> None:
    collector = line(county, "collector", f"{PLACE}/tubes/#", qos=1, durable=True)
    centre = line(county, "centre")
    for n in range(3):
        centre.publish(f"{PLACE}/tubes/{n}", b"%d" % n)
    first, *_ = read(collector, 3)
    collector.acknowledge([first])
    collector.read(0.1)
    collector.close()
    centre.publish(f"{PLACE}/tubes/3", b"3")
    again = line(county, "collector", f"{PLACE}/tubes/#", qos=1, durable=True)
    told = {each.payload for each in read(again, 3)}
    assert {b"1", b"2", b"3"} <= told


def test_nobody_there_and_a_certificate_that_cannot_be_read_are_said_in_words(county, tmp_path) -> None:
    at = BrokerAt("127.0.0.1", county.port, "board")
    with pytest.raises(LineError, match=r"broker 127.0.0.1:1: .*refused"):
        BrokerLine(replace(at, port=1), ()).open()
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(LineError, match=r"ca\.pem is no certificate"):
        BrokerLine(replace(at, ca=tmp_path / "ca.pem"), ()).open()


def test_a_broker_that_goes_away_ends_the_line_in_words(county) -> None:
    board = line(county, "board", "sampling/v1/#")
    county.stop()
    with pytest.raises(LineError, match="broker"):
        read(board, 1)
