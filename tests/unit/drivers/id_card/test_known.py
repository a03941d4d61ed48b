"""What is told of a card: once if it was never read, never if it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card.known import Absent, Known, Read, Told, Trying, due, failed, news, read

BORNE = [(3, [False, False, True]), (2, [False, True]), (1, [True])]


@pytest.mark.parametrize(("bearable", "told"), BORNE)
def test_a_card_is_told_when_it_can_be_borne_no_longer(bearable, told):
    known: Known = Absent()
    seen = []
    for _ in told:
        before, known = known, failed(known, bearable, 10.0)
        seen.append(news(before, known))
    assert seen == told
    assert known == Told(bearable, 11.0)


def test_while_nobody_was_told_it_is_tried_at_each_look():
    assert due(Absent(), 0.0)
    assert due(failed(Absent(), 3, 10.0), 10.0)


@pytest.mark.parametrize("known", [Told(3, 11.0), Read(0.2, 11.0)])
def test_a_card_that_was_told_or_read_is_tried_again_a_second_later(known):
    assert not due(known, 10.9)
    assert due(known, 11.0)


def test_a_card_that_could_not_be_read_again_is_soon_tried_again_and_then_each_second():
    known: Known = read(0.2, 10.0)
    tries = []
    for now in (11.0, 11.4, 11.8, 12.8):
        assert due(known, now)
        known = failed(known, 3, now)
        assert isinstance(known, Read)
        tries.append(known.again_s)
    assert tries == [11.0, 11.0, 12.8, 13.8]


@given(st.lists(st.one_of(st.none(), st.integers(1, 3)), max_size=30))
def test_whatever_happens_a_card_is_told_at_most_once_and_never_after_it_was_read(tries):
    """None: it was read; a number: it was not, and so often that is borne."""
    known: Known = Absent()
    told, was_read = 0, False
    for now, bearable in enumerate(tries):
        before = known
        known = read(0.1, now) if bearable is None else failed(known, bearable, now)
        was_read = was_read or bearable is None
        told += news(before, known)
        assert not (was_read and news(before, known))
        assert isinstance(known, Read) == was_read
        assert isinstance(known, Trying) == (not was_read and told == 0)
    assert told <= 1
