"""Each life of a journal tells what came to it: whatever becomes of the file, all lives add up to everybody once."""

import json
import shutil
from collections import Counter

import pytest

from kiosk.messages import Address


@pytest.fixture
def card(make_bench):
    """The same card at each start."""
    return lambda: make_bench(address=Address("cn", "r1", "wy-0352", "a")).start()


def told(*benches):
    """Samples by life, as the newest word of each topic has it."""
    newest = {}
    for bench in benches:
        for message in bench.published:
            if "/counts/" in message.topic:
                newest[message.topic] = json.loads(message.payload)
    return [each["samples"] for each in newest.values()], Counter(
        {name: sum(each[name] for each in newest.values()) for name in ("samples", "voided", "exempt", "vouchers")}
    )


def test_a_power_cut_begins_a_life_that_counts_nobody_twice(card, number):
    first = card()
    for n in range(3):
        first.scan(number(n))
        first.finish()
    first.journal.abandon()
    (first.path.parent / "journal.mark").unlink()
    second = card()
    assert second.state.counters.epoch != first.state.counters.epoch
    second.scan(number(3))
    second.finish()
    assert second.state.counters.totals.samples == 4
    assert told(first, second)[0] == [3, 1]


def test_a_lost_journal_leaves_what_it_had_told(card, number):
    first = card()
    for n in range(3):
        first.scan(number(n))
        first.finish()
    first.journal.close()
    first.path.unlink()
    second = card()
    second.scan(number(0))
    assert told(first, second) == ([3, 1], Counter(samples=4, voided=0, exempt=0, vouchers=4))


def test_a_journal_that_was_put_back_counts_from_there_only_what_comes(card, number):
    first = card()
    first.scan(number(0))
    first.finish()
    first.journal.close()
    copy = first.path.with_name("copy")
    shutil.copy(first.path, copy)
    second = card()
    for n in (1, 2):
        second.scan(number(n))
        second.finish()
    second.journal.close()
    shutil.copy(copy, second.path)
    third = card()
    third.scan(number(5))
    lives, _ = told(first, second, third)
    assert lives[-1] == 1
    assert third.state.counters.totals.samples == 2


def test_what_other_lives_counted_is_said_at_each_start_though_the_broker_has_it(card, number):
    first = card()
    first.scan(number(0))
    first.journal.acknowledge(first.published)
    first.finish()
    first.journal.abandon()
    (first.path.parent / "journal.mark").unlink()
    second = card()
    epochs = {message.topic.rpartition("/")[2] for message in second.published if "/counts/" in message.topic}
    assert epochs == {first.state.counters.epoch, second.state.counters.epoch}
