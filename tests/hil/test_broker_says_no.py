"""What a broker can refuse, lose or fill up, to the real publisher and driver: said in words, and nothing lost."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.engine.back_off import BackOff
from kiosk.engine.inbox import Delivered, DeviceNews, Inbox, Item
from kiosk.engine.publisher import Publisher
from kiosk.messages import Address
from kiosk.office.broker_line import BrokerAt, LineError
from kiosk.office.broker_line import BrokerLine as OfficeLine
from kiosk.ports import Message
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto
from kiosk.virtual.broker_faults import (
    BadBroker,
    answer_with,
    end_with,
    hang_up,
    never_acknowledge,
    publish_of,
    reset,
)

OWN = Address("cn", "r1", "wy-0352", "a")
EPOCH = "e" * 32
LEAVES = (
    f"counts/{EPOCH}",
    "health",
    "gauges",
    "units",
    f"people/{EPOCH}/0",
    "tubes/035200000112",
    "answer",
    "ordered",
)
SOON_S = 20.0
SOON = BackOff(0.1, 0.5)


def status_of(state: str, n: int) -> Message:
    return Message(OWN.topic("status"), 1, b'{"state":"%s","epoch":"e","connection":%d}' % (state.encode(), n))


def words() -> list[Message]:
    """One on each topic of a table."""
    return [Message(OWN.topic(leaf), 7, b'{"seq":7}') for leaf in LEAVES]


class Kept(Inbox):
    """All that the engine would be told."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []

    def put(self, item: Item, timeout: float | None = None) -> None:  # noqa: ARG002
        self.items.append(item)

    @property
    def delivered(self) -> set[str]:
        told = (each.messages for each in self.items if isinstance(each, Delivered))
        return {message.topic for messages in told for message in messages}

    @property
    def news(self) -> list[DeviceNews]:
        return [each for each in self.items if isinstance(each, DeviceNews)]


@pytest.fixture
def publish(rig: str) -> Iterator[Callable[..., Kept]]:
    made: list[Publisher] = []

    def start(port: int, protocol: str = "auto") -> Kept:
        inbox, line = Kept(), MqttBroker(BrokerLine("127.0.0.1", port, "wy-0352-a", protocol))
        publisher = Publisher("broker", inbox, line, OWN, status_of, time.monotonic_ns, back_off=SOON)
        publisher.offer(words())
        publisher.start()
        made.append(publisher)
        return inbox

    yield start
    for publisher in made:
        publisher.stop()
        publisher.join(10)


def until(is_so: Callable[[], object], otherwise: Callable[[], object]) -> None:
    end = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("reason", "words_of_it"),
    [
        (0x80, "Unspecified error"),
        (0x87, "Not authorized"),
        (0x97, "Quota exceeded"),
    ],
)
def test_what_is_refused_is_said_in_words_and_said_again_to_a_broker_that_takes_it(
    publish, said, tmp_path, reason, words_of_it
):
    with BadBroker(answer_with(reason)) as far:
        inbox, port = publish(far.port), far.port
        until(lambda: any(news.refusing for news in inbox.news), lambda: inbox.items)
        refused = {line["topic"]: line["why"] for line in said() if line["event"] == "broker-refused"}
        assert refused[OWN.topic("health")] == words_of_it
        assert inbox.delivered == set()
        assert len(far.connects) == 1, "a refusal is no reason to hang up"
    with mosquitto(tmp_path, port):
        until(lambda: inbox.delivered >= {message.topic for message in words()}, lambda: inbox.delivered)


@pytest.mark.parametrize(
    ("reason", "words_of_it"),
    [
        (0x89, "Server busy"),
        (0x8E, "another client goes by our name"),
        (0x97, "Quota exceeded"),
    ],
)
def test_a_line_that_is_ended_with_a_reason_is_told_with_it_and_nothing_is_lost(publish, tmp_path, reason, words_of_it):
    with BadBroker(end_with(reason)) as far:
        inbox, port = publish(far.port), far.port
        until(lambda: any(words_of_it in news.why for news in inbox.news), lambda: inbox.items)
        assert inbox.delivered == set()
    with mosquitto(tmp_path, port):
        until(lambda: inbox.delivered >= {message.topic for message in words()}, lambda: inbox.delivered)


ILL = {
    "hangs up": (hang_up, "The connection was lost. If that goes on, look for another kiosk"),
    "resets": (reset, "The connection was lost."),
    "never acknowledges": (never_acknowledge, "has not acknowledged a message"),
    "sends 256 MB": (publish_of(268_000_000), "sent a packet of 268000003 bytes, more than 131072"),
}


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize("how", ILL)
def test_whatever_a_broker_does_is_said_counts_for_nothing_and_is_made_good_at_the_next(
    publish, tmp_path, monkeypatch, how, protocol
):
    monkeypatch.setattr("kiosk.engine.publisher.PUBACK_NS", 1_000_000_000)
    behave, words_of_it = ILL[how]
    with BadBroker(behave) as far:
        inbox, port = publish(far.port, protocol), far.port
        until(lambda: any(not news.up for news in inbox.news), lambda: inbox.items)
        assert words_of_it in next(news.why for news in inbox.news if not news.up)
        assert inbox.delivered == set()
    with mosquitto(tmp_path, port) as broker:
        until(lambda: inbox.delivered >= {message.topic for message in words()}, lambda: inbox.delivered)
        assert standing(broker.port) >= {message.topic for message in words()}


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_broker_that_has_lost_its_database_is_told_all_again(publish, tmp_path, how):
    """Its card was full, or torn: each message was acknowledged, and nothing is there afterwards."""
    with mosquitto(tmp_path) as broker:
        inbox = publish(broker.port)
        until(lambda: inbox.delivered >= {message.topic for message in words()}, lambda: inbox.delivered)
        assert standing(broker.port) >= {message.topic for message in words()}
        (broker.stop if how == "stopped" else broker.kill)()
        (tmp_path / "mosquitto.db").unlink(missing_ok=True)
        broker.start()
        until(lambda: standing(broker.port) >= {message.topic for message in words()}, lambda: standing(broker.port))


def test_the_offices_line_leaves_a_broker_that_sends_a_packet_of_256_mb(rig):
    with BadBroker(publish_of(268_000_000)) as far:
        line = OfficeLine(BrokerAt("127.0.0.1", far.port, "board"), ())
        line.open()
        with pytest.raises(LineError, match="sent a packet of 268"):
            heard_out(line)
        line.close()


def heard_out(line: OfficeLine) -> None:
    end = time.monotonic() + SOON_S
    while time.monotonic() < end:
        line.read(0.1)


def mosquitto(folder: Path, port: int = 0) -> MosquittoBroker:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    return MosquittoBroker(folder, port)


def standing(port: int) -> set[str]:
    """The topics on which something stands."""
    line = OfficeLine(BrokerAt("127.0.0.1", port, "reader"), ("sampling/v1/#",))
    line.open()
    found = {heard.topic for some in line.whole() for heard in some if heard.payload}
    line.close()
    return found


FORGED = {
    "status": b'{"state":"lost","epoch":"e","connection":99}',
    f"counts/{EPOCH}": b'{"seq":1,"epoch":"%s","samples":9999}' % EPOCH.encode(),
    f"counts/{'f' * 32}": b'{"seq":3,"epoch":"no"}',
    f"people/{EPOCH}/0": b'{"seq":999,"people":[[["110199199001010010"]]]}',
    "ask": b'{"ask":[["e",1,2]]}',
    "order": b"KIOSK" * 1000,
    "roster/0": b"\x00" * 1000,
    "health": b"",
}


def test_who_writes_in_a_kiosks_own_place_changes_nothing_in_it(publish, said, tmp_path):
    """Where a broker has no rights, or a certificate was stolen. What was taken back or belied is said again."""
    with mosquitto(tmp_path) as broker:
        inbox = publish(broker.port)
        until(lambda: inbox.delivered >= {message.topic for message in words()}, lambda: inbox.delivered)
        stranger = OfficeLine(BrokerAt("127.0.0.1", broker.port, "stranger"), ())
        stranger.open()
        for leaf, payload in FORGED.items():
            stranger.publish(OWN.topic(leaf), payload)
        until(lambda: b"online" in stands(broker.port)["status"], lambda: stands(broker.port))
        assert [news.up for news in inbox.news if not news.up] == [], "and its line stands"
        stranger.close()
        broker.stop()
        broker.start()
        until(lambda: stands(broker.port).get("health") == b'{"seq":7}', lambda: stands(broker.port))
        until(lambda: b"samples" not in stands(broker.port)[f"counts/{EPOCH}"], lambda: stands(broker.port))
    assert "110199199001010010" not in str(said())


def stands(port: int) -> dict[str, bytes]:
    """By the last words of its topic, what stands there of this kiosk."""
    line = OfficeLine(BrokerAt("127.0.0.1", port, "reader"), (OWN.topic("#"),))
    line.open()
    found = {each.topic.removeprefix(OWN.topic("")): each.payload for some in line.whole() for each in some}
    line.close()
    return found
