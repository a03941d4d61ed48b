"""What each life of a journal has counted stands at the broker once, and the later word of two."""

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from kiosk.engine.back_off import BackOff
from kiosk.engine.budget import Budget, budget
from kiosk.engine.inbox import Delivered, Inbox
from kiosk.engine.publisher import PLENTY, Publisher
from kiosk.messages import Address
from kiosk.ports import DeviceGone, Message

OWN = Address("cn", "r2", "p", "a")
FORMER = Address("cn", "r1", "p", "a")


def status_of(state: str, n: int) -> Message:
    return Message(OWN.topic("status"), n, json.dumps({"state": state, "epoch": "e2", "connection": n}).encode())


def counts(epoch: str, seq: int, samples: int = 0, place: Address = OWN) -> Message:
    body = {"epoch": epoch, "seq": seq, "samples": samples}
    return Message(place.topic(f"counts/{epoch}"), seq, json.dumps(body).encode())


class Keeping:
    """A broker that keeps the last word of each topic, and tells what stands on `recalls` a while after its opening."""

    denied: frozenset[str] = frozenset()
    protocol = "5"

    def __init__(self, *stands: Message) -> None:
        self.stands = {message.topic: message for message in stands}
        self.said: list[Message] = []
        self.recalled, self.opened, self.hangs_up = False, 0, False
        self._recalls: Sequence[str] = ()
        self._turns = 0
        self._owed: list[Message] = []

    def open(
        self,
        will: Message,  # noqa: ARG002
        hears: Sequence[str] = (),  # noqa: ARG002
        recalls: Sequence[str] = (),
        of_others: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        self._recalls, self.recalled, self._turns, self.hangs_up = recalls, False, 0, False
        self.opened += 1

    def publish(self, message: Message) -> None:
        self.said.append(message)
        self.stands[message.topic] = message
        self._owed.append(message)

    def acknowledged(self, timeout: float) -> list[Message]:
        if self.hangs_up:
            raise DeviceGone("broker: hung up")
        time.sleep(min(timeout, 0.01))
        self._turns += 1
        done, self._owed = self._owed, []
        return done

    def refused(self) -> list[tuple[Message, str]]:
        return []

    def heard(self) -> list[tuple[str, bytes]]:
        if self._turns < 3 or self.recalled:
            return []
        self.recalled = True
        asked = [re.compile(re.escape(each).replace(r"\+", "[^/]*")) for each in self._recalls]
        standing = [(topic, each.payload) for topic, each in self.stands.items()]
        return [(topic, payload) for topic, payload in standing if any(each.fullmatch(topic) for each in asked)]

    def leave(self, hears: str) -> None: ...

    def wake(self) -> None: ...

    def close(self) -> None: ...


Serve = Callable[..., Inbox]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Publisher] = []

    def start(broker: Keeping, *offered: Message, counts_budget: Budget = PLENTY) -> Inbox:
        inbox = Inbox()
        publisher = Publisher("broker", inbox, broker, OWN, status_of, time.monotonic_ns, counts_budget=counts_budget)
        running.append(publisher)
        publisher.offer(offered)
        publisher.start()
        return inbox

    yield start
    for publisher in running:
        publisher.stop()
        publisher.join(5)


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def opened_again(broker: Keeping, times: int) -> None:
    wait_until(lambda: broker.opened >= times)


def settled(broker: Keeping) -> dict[str, int]:
    """By topic the seq that stands there, once the line has rested for a while."""
    wait_until(lambda: broker.recalled)
    threading.Event().wait(0.3)
    return {topic.partition("/p/a/")[2]: each.seq for topic, each in broker.stands.items() if "/counts/" in topic}


def delivered(inbox: Inbox) -> list[Message]:
    found: list[Message] = []
    while True:
        try:
            item = inbox.get(timeout=0)
        except queue.Empty:
            return found
        if isinstance(item, Delivered):
            found += item.messages


def test_a_life_that_ended_offline_is_said_beside_the_one_that_followed(serve):
    broker = Keeping(counts("e1", 4))
    serve(broker, counts("e1", 9), counts("e2", 12))
    assert settled(broker) == {"counts/e1": 9, "counts/e2": 12}


def test_a_journal_that_was_put_back_does_not_overwrite_what_it_had_told_before(serve):
    broker = Keeping(counts("e1", 50))
    inbox = serve(broker, counts("e1", 30), counts("e2", 31))
    assert settled(broker) == {"counts/e1": 50, "counts/e2": 31}
    assert counts("e1", 30) in delivered(inbox), "it is not owed any more"


def test_what_a_lost_journal_had_told_is_given_to_a_broker_that_has_lost_it_too(serve):
    broker = Keeping(counts("e1", 50))
    serve(broker, counts("e2", 3))
    assert settled(broker) == {"counts/e1": 50, "counts/e2": 3}
    broker.stands.clear()
    broker.hangs_up = True
    wait_until(lambda: broker.opened == 2)
    assert settled(broker) == {"counts/e1": 50, "counts/e2": 3}


def test_of_a_round_that_was_left_the_later_word_stands(serve):
    broker = Keeping(counts("e1", 50, place=FORMER), counts("e0", 5, place=FORMER))
    serve(broker, counts("e1", 30, place=FORMER), counts("e0", 7, place=FORMER), counts("e2", 1))
    settled(broker)
    assert broker.stands[FORMER.topic("counts/e1")].seq == 50
    assert broker.stands[FORMER.topic("counts/e0")].seq == 7


def test_nonsense_that_stands_there_is_no_count(serve):
    nonsense = [b"", b"{", b"[1]", b'{"epoch":"e1","seq":"9"}', b'{"epoch":"e3","seq":9}', b'{"epoch":"e1","seq":-1}']
    for payload in nonsense:
        broker = Keeping(Message(OWN.topic("counts/e1"), 99, payload))
        serve(broker, counts("e1", 9))
        assert settled(broker) == {"counts/e1": 9}, payload


def test_what_stands_there_already_costs_no_second_message(serve):
    broker = Keeping(counts("e1", 9))
    serve(broker, counts("e1", 9), counts("e2", 12))
    settled(broker)
    assert [message.topic.rpartition("/")[2] for message in broker.said] == ["status", "e2"]


def test_counts_that_come_too_fast_are_said_as_one_and_the_last_is_said_at_the_end():
    broker = Keeping()
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, time.monotonic_ns, counts_budget=budget(60))
    publisher.start()
    wait_until(lambda: broker.recalled)
    for seq in range(1, 60):
        publisher.offer([counts("e1", seq)])
        threading.Event().wait(0.02)
    said = [message.seq for message in broker.said if "/counts/" in message.topic]
    assert 1 <= len(said) < 4, "of sixty"
    publisher.stop()
    publisher.join(10)
    assert broker.stands[OWN.topic("counts/e1")].seq == 59
    assert json.loads(broker.stands[OWN.topic("status")].payload)["state"] == "offline"


def test_a_broker_that_lost_all_hears_at_once_what_each_of_many_lives_counted(serve):
    """By its bytes a kiosk would speak for an hour, and whoever adds its lives up would miss people meanwhile."""
    broker = Keeping()
    serve(broker, *(counts(f"e{n}", n) for n in range(1, 41)), counts_budget=budget(60))
    assert settled(broker) == {f"counts/e{n}": n for n in range(1, 41)}
    broker.said.clear()
    broker.stands.clear()
    broker.hangs_up = True
    wait_until(lambda: broker.opened == 2)
    assert settled(broker) == {f"counts/e{n}": n for n in range(1, 41)}


def test_what_was_told_of_a_tube_just_before_a_break_is_told_again_after_it():
    """A broker that saves each ten seconds has acknowledged it, and lost it."""
    broker, passed_ns = Keeping(), [0]
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, lambda: time.monotonic_ns() + passed_ns[0])
    early, late = (Message(OWN.topic(f"tubes/{code}"), 1, b"{}") for code in ("early", "late"))
    publisher.offer([early])
    publisher.start()
    wait_until(lambda: early in broker.said)
    threading.Event().wait(0.1)
    passed_ns[0] += 61 * 10**9
    publisher.offer([late])
    wait_until(lambda: late in broker.said)
    threading.Event().wait(0.1)
    broker.said.clear()
    broker.stands.clear()
    broker.hangs_up = True
    wait_until(lambda: broker.opened == 2 and late in broker.said)
    publisher.stop()
    publisher.join(10)
    assert early not in broker.said


def test_a_broker_that_tells_of_other_lives_at_each_connection_fills_no_memory():
    """Each is kept for a broker that loses it; somebody who may write there makes up as many as he likes."""
    broker, inbox, at_once = Keeping(), Inbox(), BackOff(0.1, 5)
    publisher = Publisher("broker", inbox, broker, OWN, status_of, time.monotonic_ns, back_off=at_once)
    publisher.offer([counts("e1", 3)])
    for n in range(4):
        broker.stands.clear()
        made_up = [counts(f"x{n}-{each}", 9) for each in range(60)]
        broker.stands |= {message.topic: message for message in made_up}
        if n:
            broker.hangs_up = True
        else:
            publisher.start()
        opened_again(broker, n + 1)
        settled(broker)
    broker.stands.clear()
    broker.said.clear()
    broker.hangs_up = True
    wait_until(lambda: broker.opened == 5)
    found = settled(broker)
    publisher.stop()
    publisher.join(10)
    assert found["counts/e1"] == 3, "its own is said whatever was made up"
    assert len(found) == 64


def test_counts_that_are_held_back_by_what_stands_there_are_told(monkeypatch):
    """Somebody else speaks for this life: it is not written over, and not kept quiet."""
    told: list[str] = []
    monkeypatch.setattr("kiosk.engine.publisher.say", lambda what, **_: told.append(what))
    broker = Keeping(counts("e1", 5_000))
    publisher = Publisher("broker", Inbox(), broker, OWN, status_of, time.monotonic_ns)
    publisher.offer([counts("e1", 9)])
    publisher.start()
    settled(broker)
    publisher.offer([counts("e1", 10)])
    wait_until(lambda: "counts-held-back" in told)
    publisher.stop()
    publisher.join(10)
    assert broker.stands[OWN.topic("counts/e1")].seq == 5_000
