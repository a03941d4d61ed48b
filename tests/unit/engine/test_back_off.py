"""How often a device is knocked at: seldom where it was reached and did not serve, soon where it was not there."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.back_off import AT_HAND, AWAY, BROKER, IN_A_PROCESS, ON_THE_NETWORK, BackOff

KINDS = st.sampled_from([AT_HAND, IN_A_PROCESS, ON_THE_NETWORK, BROKER])
CHANCES = st.floats(0, 1)
LIVES = st.lists(st.one_of(st.none(), st.floats(0, 1000)), max_size=60)
"""What became of each opening: None where nothing was there, else for how many seconds it served before it failed."""


def lived(back_off: BackOff, life: list[float | None]) -> BackOff:
    for served_s in life:
        back_off = back_off.not_there() if served_s is None else back_off.failed(served_s)
    return back_off


@given(KINDS, LIVES, CHANCES)
def test_no_pause_is_longer_than_what_was_said_and_none_is_nothing(kind, life, chance):
    back_off = lived(kind, life)
    longest_s = kind.look_s if life and life[-1] is None else kind.longest_s
    assert back_off.pause_s(chance) <= longest_s
    if life:
        assert back_off.pause_s(chance) >= kind.first_s * (1 - kind.jitter)


@given(KINDS, LIVES, st.floats(0, 4.9), CHANCES)
def test_each_failure_without_real_service_makes_the_pause_longer_until_it_is_the_longest(kind, life, served_s, chance):
    before = lived(kind, [*life, 0])
    after = before.failed(served_s)
    assert after.pause_s(chance) == pytest.approx(
        min(2 * before.pause_s(chance), kind.longest_s * (1 - kind.jitter * chance))
    )


@given(KINDS, LIVES, CHANCES)
def test_real_service_forgets_what_was_before(kind, life, chance):
    assert lived(kind, [*life, kind.service_s]).pause_s(chance) == kind.failed(0).pause_s(chance)


@given(KINDS, LIVES)
def test_what_was_away_and_comes_back_is_not_made_to_wait_for_what_was_before(kind, life):
    assert lived(kind, [*life, *[None] * AWAY]).failed(0) == kind.failed(0)


def test_a_printer_that_serves_after_thirty_seconds_of_peace_gets_them_within_two_minutes():
    """Whatever chance says; each try takes a second until the silence is noticed."""
    for chance in (0.0, 0.5, 1.0):
        back_off, at_s = ON_THE_NETWORK, 0.0
        pauses: list[float] = []
        while not pauses or pauses[-1] < 30:
            back_off = back_off.failed(0)
            pauses.append(back_off.pause_s(chance))
            at_s += 1 + pauses[-1]
        assert at_s <= 130
        assert len(pauses) <= 11


def test_two_kiosks_with_one_name_change_places_some_three_times_a_minute():
    """Whoever knocks throws the other out, who then waits for its own pause."""
    due, since, kinds, in_office, at_s, changes = [0.0, 0.05], [0.0, 0.0], [BROKER, BROKER], -1, 0.0, []
    for chance in itertools.islice(itertools.cycle((0.1, 0.7, 0.4, 0.9, 0.0)), 400):
        kiosk = 0 if due[0] <= due[1] else 1
        at_s = due[kiosk]
        if in_office >= 0 and in_office != kiosk:
            kinds[in_office] = kinds[in_office].failed(at_s - since[in_office])
            due[in_office] = at_s + kinds[in_office].pause_s(chance)
            changes.append(at_s)
        in_office, since[kiosk], due[kiosk] = kiosk, at_s, float("inf")
    later = [change for change in changes if change > 600]
    assert len(later) / (at_s - 600) <= 1 / 15


def test_a_camera_that_is_away_all_day_costs_two_processes_a_minute_and_one_that_died_once_a_moment():
    away: list[float | None] = [0.0] * 12
    assert lived(IN_A_PROCESS, away).pause_s(1.0) > 20
    assert lived(IN_A_PROCESS, [*away, 6.0]).pause_s(0.0) == 0.1
