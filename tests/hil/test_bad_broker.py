"""Brokers that misbehave: they cost nothing, and what is wrong is told in words."""

import queue
import resource
import threading
import time

import pytest

from drivers.mqtt_broker import LARGEST_BYTES, BrokerLine, MqttBroker
from kiosk.engine.inbox import DeviceNews, Inbox
from kiosk.engine.publisher import Publisher
from kiosk.messages import Address
from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceError, DeviceGone, Message
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto
from kiosk.virtual.broker_faults import BadBroker, Behaviour, deny_subscription, hang_up, publish_of, take_over

pytestmark = pytest.mark.slow

OWN = Address("cn", "r1", "wy-0352", "a")


def status_of(state: str, n: int) -> Message:
    return Message(OWN.topic("status"), 1, b'{"state":"%s","epoch":"e","connection":%d}' % (state.encode(), n))


WILL = status_of("lost", 1)
HEARS = "sampling/v1/cn/r1/wy-0352/+/people/+/+"
PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])
MB = 1 << 20


def line(port: int, protocol: str = "auto") -> MqttBroker:
    return MqttBroker(BrokerLine("127.0.0.1", port, "wy-0352-a", protocol))


def end_of(driver: MqttBroker, seconds: float = 20) -> DeviceError:
    """How it ends when one listens."""
    driver.open(WILL)
    return heard_out(driver, seconds)


def heard_out(driver: MqttBroker, seconds: float = 20) -> DeviceError:
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            driver.acknowledged(0.1)
    except DeviceGone as error:
        return error
    finally:
        driver.close()
    raise AssertionError("the line is still up")


def peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_nobody_there_is_told_from_somebody_who_does_not_serve(rig):
    """The one is looked for every second, the other is left in peace."""
    with BadBroker(hang_up, answer=False) as far:
        with pytest.raises(DeviceGone) as taken:
            line(far.port).open(WILL)
        port = far.port
    assert not isinstance(taken.value, DeviceAbsent)
    with pytest.raises(DeviceAbsent):
        line(port).open(WILL)


@PROTOCOLS
@pytest.mark.parametrize("size", [LARGEST_BYTES + 1, 200 * MB, 268_000_000])
def test_a_packet_larger_than_any_of_ours_ends_the_connection_and_takes_no_memory(rig, protocol, size):
    before = peak_kb()
    with BadBroker(publish_of(size)) as far:
        error = end_of(line(far.port, protocol))
    assert f"{LARGEST_BYTES}" in str(error)
    assert peak_kb() - before < 10 * 1024


@PROTOCOLS
def test_what_is_not_too_large_is_read_past(rig, protocol):
    with BadBroker(publish_of(LARGEST_BYTES - 100)) as far:
        driver = line(far.port, protocol)
        driver.open(WILL)
        for _ in range(50):
            assert driver.acknowledged(0.1) == []
        driver.close()


@PROTOCOLS
def test_messages_that_would_be_kept_until_they_are_released_are_not(rig, protocol):
    before = peak_kb()
    with BadBroker(publish_of(100_000, qos=2)) as far:
        assert "QoS 2" in str(end_of(line(far.port, protocol)))
    assert peak_kb() - before < 10 * 1024


def test_an_mqtt_5_broker_is_asked_for_no_larger_packet(rig):
    with BadBroker(hang_up) as far:
        end_of(line(far.port, "5"))
        # 3.1.2.11.4: property 27, four bytes.
        assert bytes([0x27]) + LARGEST_BYTES.to_bytes(4, "big") in far.connect_packets[0]


def test_two_kiosks_with_one_name_are_told_as_that(rig):
    with BadBroker(take_over) as far:
        error = end_of(line(far.port))
    assert isinstance(error, DeviceBusy)
    assert "another client goes by our name, wy-0352-a" in str(error)


def test_a_broker_that_gives_our_line_away_without_a_word_is_told_with_advice(rig, wires):
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with MosquittoBroker(wires) as broker:
        first, second = line(broker.port), line(broker.port)
        first.open(WILL)
        second.open(WILL)
        assert "our name, wy-0352-a" in str(heard_out(first))
        second.close()


@PROTOCOLS
def test_a_broker_that_does_not_let_us_hear_is_told_of(rig, protocol):
    with BadBroker(deny_subscription) as far:
        driver = line(far.port, protocol)
        driver.open(WILL, ["sampling/#", HEARS])
        end = time.monotonic() + 20
        while HEARS not in driver.denied and time.monotonic() < end:
            driver.acknowledged(0.1)
        assert HEARS in driver.denied
        driver.close()


def test_a_broker_that_takes_the_subscription_and_tells_nothing_is_told_of(rig, wires, monkeypatch):
    """As mosquitto does where its acl_file lets a kiosk write and not read."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    acl = wires / "acl"
    monkeypatch.setattr("kiosk.engine.publisher.ECHO_NS", 300_000_000)
    sheet = Message(OWN.topic(f"people/{'0' * 32}/0"), 1, b"{}")

    def configuration(port: int) -> str:
        return f"listener {port} 127.0.0.1\nallow_anonymous true\nacl_file {acl}\n"

    for rights, deaf in (("topic write #", True), ("topic readwrite #", False)):
        acl.write_text(f"{rights}\n")
        acl.chmod(0o644)
        with MosquittoBroker(wires, given=configuration) as broker:
            inbox = Inbox()
            publisher = Publisher(
                "broker", inbox, line(broker.port), OWN, status_of, time.monotonic_ns, hears_tables=True
            )
            publisher.offer([sheet])
            publisher.start()
            told: list[bool] = []
            end = time.monotonic() + (20 if deaf else 2)
            while not any(told) and time.monotonic() < end:
                try:
                    item = inbox.get(0.1)
                except queue.Empty:
                    continue
                told += [item.deaf] if isinstance(item, DeviceNews) else []
            publisher.stop()
            publisher.join(5)
        assert told == ([False, True] if deaf else [False])


def attended_for(seconds: float, far: BadBroker) -> list[DeviceNews]:
    """What a publisher at this broker tells the engine meanwhile."""
    inbox, news, end = Inbox(), [], time.monotonic() + seconds
    publisher = Publisher("broker", inbox, line(far.port), OWN, status_of, time.monotonic_ns)
    publisher.start()
    while (left := end - time.monotonic()) > 0:
        try:
            item = inbox.get(left)
        except queue.Empty:
            break
        assert isinstance(item, DeviceNews)
        news.append(item)
    publisher.stop()
    publisher.join(5)
    return news


HANGS_UP: list[tuple[Behaviour, bool]] = [(hang_up, True), (hang_up, False)]


@pytest.mark.parametrize(("behave", "answer"), HANGS_UP, ids=["after-connack", "at-once"])
def test_a_broker_that_hangs_up_is_knocked_at_ever_less_and_told_of_once_a_second_at_most(
    rig, behave, answer, monkeypatch
):
    monkeypatch.setattr("random.random", lambda: 0.0)
    with BadBroker(behave, answer) as far:
        news = attended_for(7.0, far)
    assert news[-1].up is False
    assert len(news) <= 2 * 7
    # After 0, 1, 3 and 7 s; where CONNECT has no answer, each time with both protocols.
    assert len(far.connects) <= (4 if answer else 8)


def test_two_publishers_with_one_name_soon_leave_each_other_in_peace(rig, wires):
    """Seven seconds were 140 changes of the line."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with MosquittoBroker(wires) as broker:
        inboxes = Inbox(), Inbox()
        both = [Publisher("broker", inbox, line(broker.port), OWN, status_of, time.monotonic_ns) for inbox in inboxes]
        for publisher in both:
            publisher.start()
        threading.Event().wait(7.0)
        for publisher in both:
            publisher.stop()
        for publisher in both:
            publisher.join(5)
        told = [count(inbox) for inbox in inboxes]
    assert max(told) <= 2 * 7
    log = broker.log_path.read_text(encoding="utf-8")
    assert log.count("already connected, closing old connection") <= 20


def count(inbox: Inbox) -> int:
    told = 0
    try:
        while True:
            inbox.get(0)
            told += 1
    except queue.Empty:
        return told
