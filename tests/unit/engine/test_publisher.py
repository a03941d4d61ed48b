"""From the outbox to a broker that may be away."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from kiosk.engine.inbox import DeviceNews, Inbox
from kiosk.engine.publisher import Publisher
from kiosk.ports import DeviceAbsent, DeviceGone, Message

TOPICS = ("counts", "health", "status")
WILL, FAREWELL = Message("status", 1, b"lost"), Message("status", 999_999, b"offline")


class Away:
    """A broker that is not there until it is `there`; takes all over at once."""

    denied = False

    def __init__(self) -> None:
        self.there = threading.Event()
        self.taken: list[Message] = []
        self.said: list[tuple[str, bytes]] = []
        self.hears: str | None = None
        self.opened = 0
        self._answered, self._woken = 0, threading.Event()

    def open(self, _will: Message, hears: str | None = None) -> None:
        self.hears = hears
        if not self.there.is_set():
            raise DeviceAbsent("broker: nobody listens")
        self.opened += 1

    def publish(self, message: Message) -> None:
        self.taken.append(message)

    def acknowledged(self, timeout: float) -> list[Message]:
        self._woken.wait(timeout)
        self._woken.clear()
        done, self._answered = self.taken[self._answered :], len(self.taken)
        return done

    def heard(self) -> list[tuple[str, bytes]]:
        said, self.said = self.said, []
        return said

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None: ...


@pytest.fixture
def away():
    return Away()


@pytest.fixture
def publisher(away):
    publisher = Publisher("broker", Inbox(), away, WILL, lambda: FAREWELL, time.monotonic_ns)
    yield publisher
    publisher.stop()
    publisher.join(5)


def test_offline_the_last_message_of_each_topic_is_kept_and_nobody_waits(publisher, away):
    publisher.start()
    begun = time.monotonic()
    for seq in range(100_000):
        publisher.offer([Message(TOPICS[seq % 3], seq, b"")])
    assert time.monotonic() - begun < 5
    assert [message.seq for message in publisher._offered.values()] == [99_999, 99_997, 99_998]  # noqa: SLF001
    away.there.set()
    end = time.monotonic() + 5
    while len(away.taken) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.3)
    assert sorted(message.seq for message in away.taken) == [99_997, 99_998, 99_999]


def test_the_last_words_are_said_and_waited_for(publisher, away):
    away.there.set()
    publisher.start()
    publisher.offer([Message("counts", 5, b"")])
    publisher.stop()
    publisher.join(5)
    assert away.taken[-1] == FAREWELL
    assert Message("counts", 5, b"") in away.taken


def test_a_full_inbox_that_nobody_empties_does_not_keep_it_from_stopping(away):
    inbox = Inbox()
    publisher = Publisher("broker", inbox, away, WILL, lambda: FAREWELL, time.monotonic_ns)
    away.there.set()
    for up in [True, False] * 16:
        inbox.put(DeviceNews("broker", up))
    publisher.start()
    time.sleep(0.5)
    publisher.stop()
    publisher.join(5)
    assert not publisher.alive


def test_what_is_to_be_heard_again_opens_the_line_anew_once(away):
    will = Message("sampling/v1/cn/r2/p/a/status", 1, b"lost")
    publisher = Publisher("broker", Inbox(), away, will, lambda: will, time.monotonic_ns)
    away.there.set()
    publisher.offer([Message("sampling/v1/cn/r2/p/a/counts", 5, b"")])
    publisher.start()
    wait_until(lambda: away.taken)
    publisher.hear_again()
    wait_until(lambda: len(away.taken) == 2)
    time.sleep(0.3)
    assert (away.opened, [message.seq for message in away.taken]) == (2, [5, 5])
    publisher.stop()
    publisher.join(5)


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    assert holds()


class Restless(Away):
    """Hangs up as soon as it has taken all that it was told, three times."""

    def __init__(self) -> None:
        super().__init__()
        self.there.set()
        self.breaks = 0

    def acknowledged(self, timeout: float) -> list[Message]:
        done = super().acknowledged(timeout)
        if not done and self.taken and self.breaks < 3:
            self.breaks += 1
            raise DeviceGone("broker: hung up")
        return done


def test_after_each_break_all_is_said_again_but_of_a_round_that_is_closed():
    broker = Restless()
    will = Message("sampling/v1/cn/r2/p/a/status", 1, b"lost")
    publisher = Publisher("broker", Inbox(), broker, will, lambda: will, time.monotonic_ns)
    topics = ("r1/p/a/status", "r1/p/a/counts", "r2/p/a/status", "r2/p/a/counts")
    publisher.offer([Message(f"sampling/v1/cn/{topic}", 5, b"") for topic in topics])
    publisher.start()
    end = time.monotonic() + 30
    while (broker.breaks < 3 or len(broker.taken) < 10) and time.monotonic() < end:
        time.sleep(0.05)
    said = Counter(message.topic.removeprefix("sampling/v1/cn/") for message in broker.taken)
    publisher.stop()
    publisher.join(5)
    assert said == dict.fromkeys(topics[:2], 1) | dict.fromkeys(topics[2:], 4)


class Resting(Away):
    """Says nothing, and waits for as long as nobody wakes it."""

    def acknowledged(self, timeout: float) -> list[Message]:  # noqa: ARG002 - nothing comes of itself
        return super().acknowledged(50)


def test_a_message_and_the_end_find_a_resting_broker_at_once():
    broker = Resting()
    broker.there.set()
    publisher = Publisher("broker", Inbox(), broker, WILL, lambda: FAREWELL, time.monotonic_ns)
    publisher.start()
    publisher.offer([Message(TOPICS[0], 1, b"")])
    publisher.stop()
    for _ in range(20):
        broker.wake()
        publisher.join(0.1)
    assert not publisher.alive
    assert [message.seq for message in broker.taken][:1] == [1]
