"""Counts cost so many bytes a minute and no more, and the last of them is always said."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.budget import BURST_MIN, WIRE_BYTES, budget

SECOND = 1_000_000_000


@given(st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 120)), max_size=60), st.integers(60, 5000))
def test_over_any_time_no_more_is_said_than_was_saved_and_one_message(turns, a_minute):
    now, spent, purse = 0, 0, budget(a_minute)
    for size, seconds in turns:
        now += seconds * SECOND
        after = purse.spent(size, now)
        if after is not None:
            purse = after
            spent += size + WIRE_BYTES
    largest = max((size for size, _ in turns), default=0) + WIRE_BYTES
    assert spent <= a_minute * (BURST_MIN + now / (60 * SECOND)) + largest


def test_after_a_silence_several_are_said_at_once_and_then_one_by_one():
    purse, said = budget(600), []
    for second in range(600):
        after = purse.spent(440, second * SECOND)
        if after is not None:
            purse = after
            said.append(second)
    assert said[:5] == [0, 1, 2, 3, 4]
    assert said[5:8] == [48, 96, 144]


@given(st.integers(1, 10**6))
def test_whatever_its_size_a_message_is_said_once_the_purse_is_full(size):
    assert budget(60).spent(size, 0) is not None
