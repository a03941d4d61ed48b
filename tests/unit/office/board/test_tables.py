"""One table as the board hears it: newest by life and commit, ends by connection, twins and clocks."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from district_words import A, at, counted, heard, stated
from kiosk.office.board.tables import Table, after


def told(*said):
    table = Table(A)
    for each in said:
        table = after(table, each)
    return table


def test_lives_add_up_and_what_was_taken_back_is_not_counted():
    table = told(heard(counted(30, seq=40, voided=2)), heard(counted(5, seq=6, epoch="e2")))
    assert table.samples == 33


@given(st.permutations([(1, 5), (2, 9), (3, 9), (4, 20), (1, 5), (4, 20)]))
def test_repeated_late_and_disordered_counts_change_nothing(order):
    assert told(*(heard(counted(samples, seq=seq)) for seq, samples in order)).samples == 20


def test_the_end_of_another_connection_ends_nothing():
    for state in ("lost", "offline"):
        table = told(heard(stated("online", 7)), heard(stated(state, 6)))
        assert table.state == "online"
        assert told(heard(stated("online", 7)), heard(stated(state, 7))).state == state


def test_a_will_of_an_earlier_life_that_comes_late_ends_nothing():
    assert told(heard(stated("online", 1, epoch="e2")), heard(stated("lost", 9, epoch="e1"))).state == "online"


def test_a_later_connection_is_there_again_and_an_earlier_birth_is_no_news():
    assert told(heard(stated("online", 7)), heard(stated("lost", 7)), heard(stated("online", 8))).state == "online"
    table = told(heard(stated("online", 8)))
    assert after(table, heard(stated("online", 7))) is table


def test_two_kiosks_of_one_name_are_told_by_boots_that_take_turns():
    births = [heard(stated("online", n, when=at(boot=boot))) for n, boot in enumerate(("b1", "b2", "b1"))]
    assert told(*births[:2]).twin_s is None, "a table that was started anew"
    assert told(*births).twin_s is not None


def test_two_kiosks_of_one_name_are_told_by_lives_that_grow_by_turns():
    said = [
        heard(counted(n, seq=10 + n, epoch=epoch)) for n, epoch in enumerate(itertools.islice(itertools.cycle("xy"), 5))
    ]
    assert told(*said[:4]).twin_s is None, "an earlier life that ended offline speaks once more"
    assert told(*said).twin_s is not None


def test_who_says_more_of_a_life_than_the_kiosk_that_lives_it_is_told_of():
    """A stranger's counts stand as they came, as nobody here can tell whose are true; that there are two is said."""
    forged = heard(counted(9_000, seq=10**6, when=at(0)), live=False)
    table = told(forged, heard(counted(31, seq=41, when=at(5)), 5))
    assert (table.samples, table.twin_s) == (9_000, 1_650_000_005)
    late = told(heard(counted(31, seq=41, when=at(5)), 5), heard(counted(30, seq=40, when=at(4)), 6))
    assert (late.samples, late.twin_s) == (31, None), "a message that comes late"


def test_what_stood_there_makes_no_twins():
    said = [heard(counted(n, seq=10 + n, epoch=e), live=False) for n, e in enumerate("xyxyxyxy")]
    assert told(*said).twin_s is None


def test_a_clock_from_the_future_is_told_and_a_word_that_waited_is_not():
    assert told(heard(counted(1, when=at(3600)))).clock_off_s == 3600
    assert told(heard(counted(1, when=at(-7200)))).clock_off_s == 0
    assert told(heard(counted(1, when=at(3600))), heard(counted(2, seq=2, when=at(1)), 1)).clock_off_s == 0


def test_what_stood_there_is_as_old_as_it_says():
    assert told(heard(counted(1, when=at(-600)), live=False)).counted_s == 1_649_999_400
    assert told(heard(counted(1, when=at(-600, trusted=False)), live=False)).counted_s == 1_650_000_000


def test_a_table_that_came_back_and_was_lost_while_the_board_was_away_is_lost():
    """Of the connections between, a board that was away hears nothing: what stands there is the last word."""
    for state in ("lost", "offline"):
        assert told(heard(stated("online", 7)), heard(stated(state, 9), live=False)).state == state
        other_life = heard(stated(state, 1, epoch="e2"), live=False)
        assert told(heard(stated("online", 7)), other_life).state == state


def test_a_later_connection_that_is_lost_is_lost_though_its_birth_was_not_heard():
    assert told(heard(stated("online", 7)), heard(stated("lost", 8))).state == "lost"
