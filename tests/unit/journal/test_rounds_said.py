"""What the broker is told of a round that is over: that it is closed, once, and what it never took."""

import json
import sqlite3
from contextlib import closing

import pytest

from kiosk.messages import Address


@pytest.fixture
def in_round(make_bench):
    """A kiosk that serves this round; the same card each time."""
    return lambda round_id: make_bench(round_id=round_id, address=Address("cn", round_id, "wy-0352", "a"))


def said(bench, since=0):
    """Round, topic and, of a status, its state."""
    found = []
    for message in bench.published[since:]:
        round_id, _, _, leaf = message.topic.split("/")[3:7]
        found.append((round_id, leaf, json.loads(message.payload).get("state", "")))
    return found


def takes_all(bench):
    """The broker acknowledges all that it was told, and it is noted."""
    bench.journal.acknowledge(bench.published)
    bench.finish()


def test_an_old_round_is_said_to_be_closed_once(in_round, number):
    first = in_round("r1").start()
    first.scan(number(1))
    first.journal.acknowledge(first.published)
    second = in_round("r2").start()
    assert [each for each in said(second) if each[0] == "r1"] == [("r1", "status", "closed")]
    assert ("r2", "status", "online") in said(second)
    takes_all(second)
    for _ in range(2):
        assert {round_id for round_id, *_ in said(in_round("r2").start())} == {"r2"}


def test_rounds_leave_nothing_behind_in_the_outbox(in_round, number):
    for n in range(1, 6):
        bench = in_round(f"r{n}").start()
        bench.scan(number(n))
        takes_all(bench)
    bench = in_round("r5")
    assert bench.journal.outbox() == ()
    with closing(sqlite3.connect(bench.path)) as database:
        kept = [topic for (topic,) in database.execute("SELECT topic FROM outbox ORDER BY topic")]
    assert [topic.split("/")[3:7] for topic in kept] == [
        ["r5", "wy-0352", "a", leaf] for leaf in ("counts", "health", "status")
    ]


def test_counts_that_the_broker_never_took_are_said_until_it_does(in_round, number):
    first = in_round("r1").start()
    first.scan(number(1))
    first.finish()
    for _ in range(2):
        bench = in_round("r2").start()
        told = [each for each in said(bench) if each[0] == "r1"]
        assert sorted(told) == [("r1", "counts", ""), ("r1", "health", ""), ("r1", "status", "closed")]
    counts = next(m for m in bench.published if "r1/wy-0352/a/counts/" in m.topic)
    assert json.loads(counts.payload)["samples"] == 1
    takes_all(bench)
    assert {round_id for round_id, *_ in said(in_round("r2").start())} == {"r2"}


def test_what_was_said_of_a_closed_round_keeps_its_time_while_no_broker_is_there(in_round):
    in_round("r1").start()
    closed = [m for m in in_round("r2").start().published if b'"closed"' in m.payload]
    assert len(closed) == 1
    assert [m for m in in_round("r2").start().published if b'"closed"' in m.payload] == closed


def test_a_round_that_is_taken_up_again_is_online_again(in_round):
    in_round("r1").start()
    takes_all(in_round("r2").start())
    assert [each for each in said(in_round("r1").start()) if each[1] == "status"] == [
        ("r1", "status", "online"),
        ("r2", "status", "closed"),
    ]


def test_a_kiosk_that_goes_by_another_name_closes_the_one_before(make_bench):
    """The same round at another table or point: nobody is there under the old name."""
    make_bench(address=Address("cn", "r1", "wy-0352", "a")).start()
    bench = make_bench(address=Address("cn", "r1", "wy-0352", "b")).start()
    closed = [message.topic for message in bench.published if b'"closed"' in message.payload]
    assert closed == ["sampling/v1/cn/r1/wy-0352/a/status"]
    takes_all(bench)
    bench = make_bench(address=Address("cn", "r1", "wy-0352", "b")).start()
    assert {message.topic.split("/")[5] for message in bench.published} == {"b"}


def standing(bench, stands):
    """What a broker that keeps the last word of each topic has of people, once it has heard this too."""
    for message in bench.published:
        if "/counts/" in message.topic:
            stands[message.topic] = json.loads(message.payload)["samples"]


def test_a_kiosk_that_goes_by_another_name_in_a_round_counts_nobody_twice(make_bench, number):
    """What was said under the old name stands at the broker, and every reader adds it up."""
    stands: dict[str, int] = {}
    for name, people in (("a", (1, 2)), ("b", (3,)), ("b", (4,)), ("a", (5,))):
        bench = make_bench(address=Address("cn", "r1", "wy-0352", name)).start()
        for n in people:
            bench.scan(number(n))
        standing(bench, stands)
        takes_all(bench)
    assert sum(stands.values()) == 5
    assert sorted(stands.values()) == [1, 2, 2]


def test_a_cut_in_the_first_start_under_another_name_counts_nobody_twice(make_bench, number):
    stands: dict[str, int] = {}
    first = make_bench(address=Address("cn", "r1", "wy-0352", "a")).start()
    first.scan(number(1))
    standing(first, stands)
    make_bench(address=Address("cn", "r1", "wy-0352", "b"))  # and the plug is pulled before its first commit
    bench = make_bench(address=Address("cn", "r1", "wy-0352", "b")).start()
    bench.scan(number(2))
    standing(bench, stands)
    assert sum(stands.values()) == 2


def test_what_the_broker_took_is_noted_with_the_next_commit_and_by_an_orderly_stop(make_bench, number):
    bench = make_bench().start()
    bench.journal.acknowledge(bench.published)
    bench.journal.abandon()
    bench.journal.close = lambda: None
    bench = make_bench()
    assert bench.journal.unacknowledged() == 3, "a pulled plug: it is said once more"
    bench.start()
    bench.journal.acknowledge(bench.published)
    bench.journal.close()
    bench.journal.close = lambda: None
    bench = make_bench()
    assert bench.journal.unacknowledged() == 0
