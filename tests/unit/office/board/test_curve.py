"""People by minute, whole people, none lost."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.office.board.curve import per_hour, spread, stretches


@given(st.floats(0, 2e9), st.floats(0, 1e5), st.integers(-500, 5000))
def test_all_of_them_came_between_the_two_words(before_s, passed_s, people):
    minutes = spread(before_s, before_s + passed_s, people)
    assert sum(minutes.values()) == people
    assert all(before_s // 60 <= minute <= (before_s + passed_s) // 60 for minute in minutes)


def test_a_clock_that_was_years_behind_costs_the_board_no_years():
    """Each minute of four years for each message: a board that stands still."""
    minutes = spread(1_653_000_000, 1_795_000_000, 5000)
    assert sum(minutes.values()) == 5000
    assert len(minutes) == 36 * 60 + 1


def test_a_word_that_comes_out_of_order_counts_where_it_is():
    assert spread(600, 300, 4) == {5: 4}


def test_the_rate_is_of_the_last_quarter_of_an_hour():
    assert per_hour(dict.fromkeys(range(100), 2), 99 * 60 + 59) == 120


def test_the_curve_has_a_bar_for_each_stretch_from_the_first():
    assert stretches({0: 5, 14: 1, 45: 7}, 15, 0, 3599) == [(0, 6), (900, 0), (1800, 0), (2700, 7)]
