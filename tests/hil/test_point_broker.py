"""The broker of a point, as firmware_config has it, on a real mosquitto: it keeps, tells late ones, and bridges on."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from county_files import as_shipped

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.ports import Message
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto
from kiosk.virtual.demo.subscriber import Subscriber

OWN = "sampling/v1/cn/r1/wy-0352/a"
WILL = Message(f"{OWN}/status", 1, b'{"state":"lost"}')


@pytest.fixture
def city(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    (tmp_path / "city").mkdir()
    with MosquittoBroker(tmp_path / "city") as broker:
        yield broker


def configuration(folder: Path, city: int, port: int) -> str:
    """The file as it is shipped, beside what Debian's mosquitto.conf says; its addresses those of this test, and no
    certificates."""
    changes = {
        "listener 1883": f"listener {port} 127.0.0.1",
        "broker.example.org:8883": f"127.0.0.1:{city}",
        "restart_timeout 1 30": "restart_timeout 1 1",
    }
    text = re.sub(r"^bridge_(ca|cert|key)file .*\n", "", as_shipped("point.conf", changes), flags=re.MULTILINE)
    return f"persistence true\npersistence_location {folder}/\n{text}"


@pytest.fixture
def point(city, tmp_path) -> Iterator[MosquittoBroker]:
    folder = tmp_path / "point"
    folder.mkdir()
    with MosquittoBroker(folder, given=lambda port: configuration(folder, city.port, port)) as broker:
        yield broker


def connected(port: int, name: str, *hears: str) -> MqttBroker:
    driver = MqttBroker(BrokerLine("127.0.0.1", port, name))
    driver.open(WILL, hears)
    return driver


def publish(driver: MqttBroker, messages: list[Message]) -> None:
    for message in messages:
        driver.publish(message)
    left, end = len(messages), time.monotonic() + 20
    while left and time.monotonic() < end:
        left -= len(driver.acknowledged(0.2))
    assert left == 0


def heard(driver: MqttBroker, n: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    end = time.monotonic() + 20
    while len(found) < n and time.monotonic() < end:
        driver.acknowledged(0.2)
        found.update(driver.heard())
    return found


def test_a_late_table_is_told_every_sheet_after_a_pulled_plug_too(point):
    table = connected(point.port, "wy-0352-a")
    sheets = [Message(f"{OWN}/people/{'0' * 32}/{n}", n, b"%d" % n) for n in range(1100)]
    publish(table, sheets)
    time.sleep(2.5)
    point.kill()
    point.start()
    late = connected(point.port, "wy-0352-b", "sampling/v1/cn/r1/wy-0352/+/people/+/+")
    assert heard(late, 1100) == {each.topic: each.payload for each in sheets}
    for driver in (table, late):
        driver.close()


def test_the_city_is_told_all_that_was_said_while_it_was_away_and_no_people(point, city):
    table = connected(point.port, "wy-0352-a")
    city.stop()
    said = [Message(f"sampling/v1/cn/r1/wy-0352/k{n}/counts/e", n, b'{"samples":%d}' % n) for n in range(300)]
    said += [Message(f"{OWN}/tubes/{n}", n, b'{"tube":%d}' % n) for n in range(300)]
    publish(table, [*said, Message(f"{OWN}/people/{'0' * 32}/0", 1, b"{}")])
    city.start()
    centre = Subscriber(city.port)
    centre.start()
    end = time.monotonic() + 30
    while len({each.topic for each in centre.received}) < 600 and time.monotonic() < end:
        time.sleep(0.1)
    topics = {each.topic for each in centre.received}
    assert {each.topic for each in said} - topics == set()
    assert not [topic for topic in topics if "/people/" in topic]
    centre.stop()
    table.close()
