"""The contract of the Broker, over mosquitto and over the embedded one."""

import time

import pytest

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.ports import DeviceGone, Message
from kiosk.virtual.demo.subscriber import Subscriber

TOPIC = "sampling/v1/cn/r1/wy-0352/a"
WILL = Message(f"{TOPIC}/status", 1, b'{"state":"lost"}')


def acknowledged(driver, wanted, seconds=5.0):
    got: list[Message] = []
    end = time.monotonic() + seconds
    while len(got) < wanted and time.monotonic() < end:
        got += driver.acknowledged(0.1)
    return got


def test_every_message_is_acknowledged_once(broker_driver):
    broker_driver.open(WILL)
    messages = [Message(f"{TOPIC}/counts", n, b'{"samples":%d}' % n) for n in range(50)]
    for message in messages:
        broker_driver.publish(message)
    assert sorted(acknowledged(broker_driver, 50), key=lambda m: m.seq) == messages
    assert acknowledged(broker_driver, 1, 0.3) == []


def test_a_later_subscriber_gets_the_last_word(broker, broker_driver):
    broker_driver.open(WILL)
    for n in range(3):
        broker_driver.publish(Message(f"{TOPIC}/health", n, b'{"samples":%d}' % n))
    acknowledged(broker_driver, 3)
    centre = Subscriber(broker.port)
    centre.start()
    assert centre.wait_for("health", lambda payload: payload == {"samples": 2}, 5)
    assert centre.received[0].retain
    centre.stop()


def test_the_will_is_left_behind_and_not_after_a_farewell(broker, broker_driver):
    centre = Subscriber(broker.port)
    centre.start()
    broker_driver.open(WILL)
    broker_driver.publish(Message(WILL.topic, 2, b'{"state":"online"}'))
    acknowledged(broker_driver, 1)
    broker_driver.close()
    assert centre.wait_for("status", lambda payload: payload == {"state": "online"}, 5)
    assert not centre.wait_for("status", lambda payload: payload == {"state": "lost"}, 0.5)
    centre.stop()


def test_a_broker_that_dies_is_noticed_and_found_again(broker, broker_driver):
    broker_driver.open(WILL)
    broker.stop()
    with pytest.raises(DeviceGone):
        acknowledged(broker_driver, 1)
    broker_driver.close()
    with pytest.raises(DeviceGone):
        broker_driver.open(WILL)
    broker.start()
    broker_driver.open(WILL)
    broker_driver.publish(Message(f"{TOPIC}/counts", 9, b"{}"))
    assert [message.seq for message in acknowledged(broker_driver, 1)] == [9]


HEARS = "sampling/v1/cn/r1/wy-0352/+/people/+/+"
SHEET = "sampling/v1/cn/r1/wy-0352/b/people/0/1"


def heard(driver: MqttBroker, wanted: int, seconds: float = 5.0) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    end = time.monotonic() + seconds
    while len(found) < wanted and time.monotonic() < end:
        driver.acknowledged(0.1)
        found.update(driver.heard())
    return found


def test_what_others_said_is_heard_and_the_last_word_of_each_topic_holds(broker, broker_driver):
    other = MqttBroker(BrokerLine("127.0.0.1", broker.port, "wy-0352-b"))
    other.open(Message("sampling/v1/cn/r1/wy-0352/b/status", 1, b"lost"))
    other.publish(Message(SHEET, 1, b"before"))
    assert len(acknowledged(other, 1)) == 1
    broker_driver.open(WILL, [HEARS])
    assert heard(broker_driver, 1) == {SHEET: b"before"}, "what is retained"
    for n in range(3):
        other.publish(Message(SHEET, n, b"%d" % n))
    other.publish(Message(f"{TOPIC}/counts", 9, b"not asked for"))
    assert len(acknowledged(other, 4)) == 4
    end = time.monotonic() + 5
    last: dict[str, bytes] = {}
    while last != {SHEET: b"2"} and time.monotonic() < end:
        last |= heard(broker_driver, 1, 0.3)
    assert last == {SHEET: b"2"}
    assert heard(broker_driver, 1, 0.3) == {}, "each once"
    other.close()


def test_who_says_more_than_is_asked_for_is_left(broker, broker_driver, monkeypatch):
    monkeypatch.setattr("drivers.mqtt_broker.MOST_HEARD_BYTES", 1000)
    broker_driver.open(WILL, ["sampling/#"])
    other = MqttBroker(BrokerLine("127.0.0.1", broker.port, "wy-0352-b"))
    other.open(Message("sampling/v1/cn/r1/wy-0352/b/status", 1, b"lost"))
    for n in range(50):
        other.publish(Message(f"{SHEET}{n}", n, b"x"))
    assert len(acknowledged(other, 50)) == 50
    with pytest.raises(DeviceGone, match="said more than 1000 bytes at once"):
        acknowledged(broker_driver, 1)
    other.close()


def test_after_a_break_all_that_stands_is_heard_again(broker, broker_driver):
    broker_driver.open(WILL, [HEARS])
    other = MqttBroker(BrokerLine("127.0.0.1", broker.port, "wy-0352-b"))
    other.open(Message("sampling/v1/cn/r1/wy-0352/b/status", 1, b"lost"))
    other.publish(Message(SHEET, 1, b"one"))
    assert len(acknowledged(other, 1)) == 1
    assert heard(broker_driver, 1) == {SHEET: b"one"}
    other.close()
    broker.restart()
    with pytest.raises(DeviceGone):
        acknowledged(broker_driver, 1)
    broker_driver.close()
    broker_driver.open(WILL, [HEARS])
    assert heard(broker_driver, 1) == {SHEET: b"one"}


def test_nobody_listens(rig):
    driver = MqttBroker(BrokerLine("127.0.0.1", 1, "wy-0352-a"))
    with pytest.raises(DeviceGone, match=r"127\.0\.0\.1:1"):
        driver.open(WILL)


def test_what_stands_of_its_own_has_come_when_it_says_so_and_nothing_comes_after_that(broker, broker_driver):
    """However much else it hears: what follows on a slow line must not be taken for nothing."""
    centre = MqttBroker(BrokerLine("127.0.0.1", broker.port, "centre"))
    centre.open(Message("sampling/will", 0, b""))
    lives = [Message(f"{TOPIC}/counts/{n:032x}", n, b'{"seq":%d}' % n) for n in range(40)]
    others = [Message(f"{TOPIC}/people/0/{n}", n, b"x" * 500) for n in range(40)]
    for message in (*others, *lives):
        centre.publish(message)
    acknowledged(centre, 80)
    broker_driver.open(WILL, (f"{TOPIC}/people/+/+", WILL.topic), (f"{TOPIC}/counts/+",))
    heard: dict[str, bytes] = {}
    end = time.monotonic() + 20
    while not broker_driver.recalled and time.monotonic() < end:
        broker_driver.acknowledged(0.1)
        heard |= dict(broker_driver.heard())
    assert {topic for topic in heard if "/counts/" in topic} == {each.topic for each in lives}
    while (n := sum("/people/" in topic for topic in heard)) < 40 and time.monotonic() < end:
        broker_driver.acknowledged(0.1)
        heard |= dict(broker_driver.heard())
    assert n == 40
    broker_driver.publish(lives[0])
    acknowledged(broker_driver, 1)
    assert broker_driver.heard() == []
    centre.close()


def test_of_others_words_alone_come_where_a_filter_says_so_and_of_what_is_left_none(broker, broker_driver):
    """The embedded broker speaks 3.1.1, which has no word for it: there its own come back for as long as it hears, and
    twice where two filters fit."""
    everybody, own = "sampling/v1/cn/r1/wy-0352/+/people/+/+", f"{TOPIC}/people/+/+"
    broker_driver.open(WILL, (everybody, own), (), (everybody,))
    broker_driver.publish(Message(f"{TOPIC}/people/e/0", 1, b"mine"))
    assert set(told(broker_driver, 1)) == {(f"{TOPIC}/people/e/0", b"mine")}
    broker_driver.leave(own)
    acknowledged(broker_driver, 1, 0.3)
    broker_driver.publish(Message(f"{TOPIC}/people/e/0", 2, b"mine again"))
    other = MqttBroker(BrokerLine("127.0.0.1", broker.port, "wy-0352-b"))
    other.open(WILL)
    theirs = "sampling/v1/cn/r1/wy-0352/b/people/e/0"
    other.publish(Message(theirs, 1, b"theirs"))
    acknowledged(other, 1)
    mine = [] if broker_driver.protocol == "5" else [(f"{TOPIC}/people/e/0", b"mine again")]
    assert sorted(set(told(broker_driver, 1 + len(mine)))) == sorted([*mine, (theirs, b"theirs")])
    other.close()


def told(driver: MqttBroker, wanted: int, seconds: float = 5.0) -> list[tuple[str, bytes]]:
    got: list[tuple[str, bytes]] = []
    end = time.monotonic() + seconds
    while len(got) < wanted and time.monotonic() < end:
        driver.acknowledged(0.1)
        got += driver.heard()
    driver.acknowledged(0.3)
    return got + driver.heard()
