"""The demo's residents: the same seed tells the same story, whatever the seed."""

from collections import Counter
from itertools import islice

import pytest

from kiosk.credentials import id_check_digit
from kiosk.virtual.demo.crowd import ACCEPTED, Kind, crowd


@pytest.mark.parametrize("residents", [0, 1, 3, 7, 8, 9, 30, 60])
def test_as_many_come_as_were_asked_for(residents):
    for seed in range(300):
        assert len(list(crowd(residents, seed))) == residents


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    assert list(crowd(30, 7)) == list(crowd(30, 7))
    assert list(crowd(30, 7)) != list(crowd(30, 8))


def test_every_kind_comes_among_thirty():
    assert set(Counter(visit.kind for visit in crowd(30, 7))) == set(Kind)


def test_who_comes_again_was_accepted_before():
    visits = list(islice(crowd(None, 3), 200))
    for visit in visits:
        if visit.repeats is not None:
            first = visits[visit.repeats]
            assert first.index < visit.index
            assert first.kind in ACCEPTED
            assert (first.number, first.code) == (visit.number, visit.code)


def test_numbers_are_valid_but_for_the_wrong_ones():
    for visit in crowd(60, 7):
        if visit.number:
            right = visit.number[17] == id_check_digit(visit.number[:17])
            assert right == (visit.kind is not Kind.WRONG_NUMBER)
