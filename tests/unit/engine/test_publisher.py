"""From the outbox to a broker that may be away."""

import contextlib
import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from kiosk.engine.inbox import Delivered, DeviceNews, Inbox, Item
from kiosk.engine.publisher import Publisher
from kiosk.messages import Address
from kiosk.ports import DeviceAbsent, DeviceGone, Message

OWN = Address("cn", "r2", "p", "a")
TOPICS = tuple(map(OWN.topic, ("counts/e", "health", "units")))


def status_of(state: str, n: int) -> Message:
    body = {"state": state, "epoch": "e", "connection": n}
    return Message(OWN.topic("status"), 999_999 if state == "offline" else 1, json.dumps(body).encode())


FAREWELL, BIRTH, SECOND = status_of("offline", 1), status_of("online", 1), status_of("online", 2)


class Away:
    """A broker that is not there until it is `there`; takes all over at once."""

    denied: frozenset[str] = frozenset()
    protocol = "5"
    recalled = True

    def __init__(self) -> None:
        self.there = threading.Event()
        self.taken: list[Message] = []
        self.said: list[tuple[str, bytes]] = []
        self.wills: list[Message] = []
        self.opened = 0
        self._answered, self._woken = 0, threading.Event()

    def open(
        self,
        will: Message,
        hears: Sequence[str] = (),  # noqa: ARG002
        recalls: Sequence[str] = (),  # noqa: ARG002
        of_others: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        if not self.there.is_set():
            raise DeviceAbsent("broker: nobody listens")
        self.opened += 1
        self.wills.append(will)

    def publish(self, message: Message) -> None:
        self.taken.append(message)

    def acknowledged(self, timeout: float) -> list[Message]:
        self._woken.wait(timeout)
        self._woken.clear()
        done, self._answered = self.taken[self._answered :], len(self.taken)
        return done

    def refused(self) -> list[tuple[Message, str]]:
        return []

    def heard(self) -> list[tuple[str, bytes]]:
        said, self.said = self.said, []
        return said

    def leave(self, hears: str) -> None: ...

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None: ...


@pytest.fixture
def away():
    return Away()


@pytest.fixture
def publisher(away):
    publisher = Publisher("broker", Inbox(), away, OWN, status_of, time.monotonic_ns)
    yield publisher
    publisher.stop()
    publisher.join(5)


def test_offline_the_last_message_of_each_topic_is_kept_and_nobody_waits(publisher, away):
    publisher.start()
    begun = time.monotonic()
    for seq in range(100_000):
        publisher.offer([Message(TOPICS[seq % 3], seq, b"")])
    assert time.monotonic() - begun < 5
    kept = publisher._latest | publisher._offered  # noqa: SLF001
    assert sorted(message.seq for message in kept.values()) == [99_997, 99_998, 99_999]
    away.there.set()
    end = time.monotonic() + 5
    while len(away.taken) < 4 and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.3)
    assert sorted(message.seq for message in away.taken) == [1, 99_997, 99_998, 99_999]


def test_the_last_words_are_said_and_waited_for(publisher, away):
    away.there.set()
    publisher.start()
    publisher.offer([Message(OWN.topic("counts/e"), 5, b"")])
    publisher.stop()
    publisher.join(5)
    assert away.taken[-1] == FAREWELL
    assert Message(OWN.topic("counts/e"), 5, b"") in away.taken


def test_a_full_inbox_that_nobody_empties_does_not_keep_it_from_stopping(away):
    inbox = Inbox()
    publisher = Publisher("broker", inbox, away, OWN, status_of, time.monotonic_ns)
    away.there.set()
    for up in [True, False] * 16:
        inbox.put(DeviceNews("broker", up))
    publisher.start()
    time.sleep(0.5)
    publisher.stop()
    publisher.join(5)
    assert not publisher.alive


def test_what_is_to_be_heard_again_opens_the_line_anew_once(away):
    publisher = Publisher("broker", Inbox(), away, OWN, status_of, time.monotonic_ns)
    away.there.set()
    publisher.offer([Message("sampling/v1/cn/r2/p/a/counts/e", 5, b"")])
    publisher.start()
    wait_until(lambda: len(away.taken) == 2)
    publisher.hear_again()
    wait_until(lambda: len(away.taken) == 4)
    time.sleep(0.3)
    counts = Message(OWN.topic("counts/e"), 5, b"")
    assert (away.opened, sorted(away.taken[:2], key=_seq), away.taken[2:]) == (2, [BIRTH, counts], [SECOND, counts])
    publisher.stop()
    publisher.join(5)


def _seq(message: Message) -> int:
    return message.seq


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


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
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, time.monotonic_ns)
    topics = ("r1/p/a/status", "r1/p/a/counts/e", "r2/p/a/health", "r2/p/a/counts/e")
    publisher.offer([Message(f"sampling/v1/cn/{topic}", 5, b"") for topic in topics])
    publisher.start()
    end = time.monotonic() + 30
    while (broker.breaks < 3 or len(broker.taken) < 14) and time.monotonic() < end:
        time.sleep(0.05)
    said = Counter(message.topic.removeprefix("sampling/v1/cn/") for message in broker.taken)
    publisher.stop()
    publisher.join(5)
    assert said == dict.fromkeys(topics[:2], 1) | dict.fromkeys((*topics[2:], "r2/p/a/status"), 4)


class Resting(Away):
    """Says nothing, and waits for as long as nobody wakes it."""

    def acknowledged(self, timeout: float) -> list[Message]:  # noqa: ARG002 - nothing comes of itself
        return super().acknowledged(50)


@pytest.mark.parametrize(("other_s", "deaf"), [(0.2, False), (None, True)], ids=["a flood", "silence"])
def test_whose_own_sheet_comes_behind_a_flood_of_others_hears_and_is_not_told_that_it_does_not(
    away, monkeypatch, other_s, deaf
):
    """On a slow line, or to a kiosk that writes them meanwhile, thousands of sheets take longer than an echo may."""
    monkeypatch.setattr("kiosk.engine.publisher.ECHO_NS", 500_000_000)
    inbox = Inbox()
    publisher = Publisher("broker", inbox, away, OWN, status_of, time.monotonic_ns, hears_tables=True)
    away.there.set()
    publisher.offer([Message(OWN.topic(f"people/{'0' * 32}/0"), 1, b"{}")])
    publisher.start()
    for n in range(8):
        time.sleep(0.2)
        if other_s is not None:
            away.said.append((f"sampling/v1/cn/r2/p/b/people/{'1' * 32}/{n}", b"{}"))
            away.wake()
    time.sleep(0.1)
    news = _emptied(inbox)
    publisher.stop()
    publisher.join(10)
    assert any(each.deaf for each in news if isinstance(each, DeviceNews)) is deaf


def test_a_message_and_the_end_find_a_resting_broker_at_once():
    broker = Resting()
    broker.there.set()
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, time.monotonic_ns)
    publisher.start()
    publisher.offer([Message(TOPICS[0], 1, b"")])
    publisher.stop()
    for _ in range(20):
        broker.wake()
        publisher.join(0.1)
    assert not publisher.alive
    assert broker.taken[-2:] == [Message(TOPICS[0], 1, b""), FAREWELL]


class Mute(Away):
    """Takes everything and acknowledges nothing."""

    def acknowledged(self, timeout: float) -> list[Message]:
        super().acknowledged(min(timeout, 0.02))
        return []


def test_of_a_topic_one_message_is_on_its_way_and_a_broker_that_owes_for_it_is_left(monkeypatch):
    monkeypatch.setattr("kiosk.engine.publisher.PUBACK_NS", 500_000_000)
    broker, inbox = Mute(), Inbox()
    broker.there.set()
    publisher = Publisher("broker", inbox, broker, OWN, status_of, time.monotonic_ns)
    publisher.start()
    for seq in range(5):
        publisher.offer([Message(TOPICS[1], seq, b"")])
        time.sleep(0.05)
    wait_until(lambda: broker.opened == 2)
    assert Counter(message.topic for message in broker.taken)[TOPICS[1]] == 2, "one each time"
    why = [item.why for item in _emptied(inbox) if isinstance(item, DeviceNews) and not item.up]
    assert why == ["broker: has not acknowledged a message for 0 s"]
    publisher.stop()
    publisher.join(5)


class Slow(Away):
    """Acknowledges one message each while, in their order; one topic never, if it has `lost` that."""

    def __init__(self, lost: str = "") -> None:
        super().__init__()
        self.there.set()
        self._lost = lost

    def acknowledged(self, timeout: float) -> list[Message]:  # noqa: ARG002
        time.sleep(0.1)
        done, self._answered = self.taken[self._answered : self._answered + 1], self._answered + 1
        return [message for message in done if message.topic != self._lost]


@pytest.mark.parametrize(("lost", "opened"), [("", 1), (OWN.topic("tubes/3"), 2)])
def test_a_slow_line_is_given_its_time_and_one_that_loses_an_answer_is_not(monkeypatch, lost, opened):
    monkeypatch.setattr("kiosk.engine.publisher.PUBACK_NS", 600_000_000)
    broker = Slow(lost)
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, time.monotonic_ns)
    publisher.offer([Message(OWN.topic(f"tubes/{n}"), n, b"") for n in range(20)])
    publisher.start()
    time.sleep(2.8)
    assert broker.opened >= opened if lost else broker.opened == 1
    publisher.stop()
    publisher.join(10)


class Choosy(Away):
    """Takes no counts, and says so."""

    refuses = TOPICS[0]

    def acknowledged(self, timeout: float) -> list[Message]:
        answers = super().acknowledged(min(timeout, 0.1))
        self._not_taken = [message for message in answers if message.topic == self.refuses]
        return [message for message in answers if message not in self._not_taken]

    def refused(self) -> list[tuple[Message, str]]:
        return [(message, "Not authorized") for message in self._not_taken]


def delivered_in(inbox: Inbox) -> list[Message]:
    return [message for item in _emptied(inbox) if isinstance(item, Delivered) for message in item.messages]


def test_what_a_broker_refuses_is_told_in_words_and_is_never_delivered(said):
    broker, inbox = Choosy(), Inbox()
    broker.there.set()
    publisher = Publisher("broker", inbox, broker, OWN, status_of, time.monotonic_ns)
    publisher.offer([Message(TOPICS[0], 1, b""), Message(TOPICS[1], 1, b"")])
    publisher.start()
    wait_until(lambda: len(broker.taken) == 3)
    publisher.offer([Message(TOPICS[0], 2, b"")])
    wait_until(lambda: len(broker.taken) == 4)
    time.sleep(1.3)
    publisher.stop()
    publisher.join(5)
    items = _emptied(inbox)
    delivered = [message.topic for item in items if isinstance(item, Delivered) for message in item.messages]
    assert sorted(set(delivered)) == sorted([TOPICS[1], OWN.topic("status")])
    assert [item.refusing for item in items if isinstance(item, DeviceNews)] == [False, True]
    refused = [(line["topic"], line["why"]) for line in said() if line["event"] == "broker-refused"]
    assert refused == [(TOPICS[0], "Not authorized")], "once, however often"


def test_rights_that_somebody_gives_later_are_found_without_a_break(monkeypatch):
    monkeypatch.setattr("kiosk.engine.publisher.RIGHTS_NS", 500_000_000)
    monkeypatch.setattr("kiosk.engine.publisher.SETTLED_NS", 500_000_000)
    broker, inbox = Choosy(), Inbox()
    broker.there.set()
    publisher = Publisher("broker", inbox, broker, OWN, status_of, time.monotonic_ns)
    publisher.offer([Message(TOPICS[0], 1, b"")])
    publisher.start()
    wait_until(lambda: broker.opened == 2)
    broker.refuses = ""
    wait_until(lambda: any(message.topic == TOPICS[0] for message in delivered_in(inbox)))
    publisher.stop()
    publisher.join(5)


def test_an_earlier_connections_will_that_comes_after_the_birth_is_answered_and_its_own_echo_is_not(away):
    away.there.set()
    publisher = Publisher("broker", Inbox(), away, OWN, status_of, time.monotonic_ns)
    publisher.start()
    wait_until(lambda: away.taken == [BIRTH])
    away.said = [(BIRTH.topic, BIRTH.payload)]
    time.sleep(1.5)
    assert away.taken == [BIRTH]
    away.said = [(BIRTH.topic, status_of("lost", 0).payload)]
    wait_until(lambda: away.taken == [BIRTH, BIRTH])
    assert [json.loads(will.payload)["state"] for will in away.wills] == ["lost"]
    publisher.stop()
    publisher.join(5)


def _emptied(inbox: Inbox) -> list[Item]:
    found = []
    with contextlib.suppress(queue.Empty):
        while True:
            found.append(inbox.get(0))
    return found
