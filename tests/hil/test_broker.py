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
        broker_driver.publish(Message(f"{TOPIC}/counts", n, b'{"samples":%d}' % n))
    acknowledged(broker_driver, 3)
    centre = Subscriber(broker.port)
    centre.start()
    assert centre.wait_for("counts", lambda payload: payload == {"samples": 2}, 5)
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


def test_nobody_listens(rig):
    driver = MqttBroker(BrokerLine("127.0.0.1", 1, "wy-0352-a"))
    with pytest.raises(DeviceGone, match=r"127\.0\.0\.1:1"):
        driver.open(WILL)
