"""Pauses between the keys of a wedge scanner, in virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hid_scanner.pauses import TypedCodes
from drivers.scan_frames import Torn

A_TO_H, ENTER = (30, 48, 46, 32, 18, 33, 34, 35), 28


def typed(*script: tuple[int, ...] | float, by_pause: bool = False) -> list[object]:
    """Keys and seconds of pause, as the driver tells them."""
    codes, now_s = TypedCodes(by_pause=by_pause), 100.0
    found: list[object] = []
    for each in script:
        if isinstance(each, tuple):
            found += codes.feed([(1, key, value) for key in each for value in (1, 0)], now_s)
            continue
        if codes.patience is not None and each >= codes.patience:
            found += codes.fallen_silent(now_s + codes.patience)
        now_s += each
    return found


def test_a_short_pause_is_none():
    assert typed(A_TO_H[:4], 0.49, (*A_TO_H[4:], ENTER)) == [b"abcdefgh"]


def test_the_rest_of_a_code_that_broke_off_is_no_code():
    assert typed(A_TO_H[:4], 0.5, (*A_TO_H[4:], ENTER), (*A_TO_H, ENTER)) == [Torn(), b"abcdefgh"]


@pytest.mark.parametrize(("pause_s", "found"), [(5.4, []), (5.6, [b"efgh"])])
def test_what_comes_long_after_a_code_that_broke_off_is_a_new_one(pause_s, found):
    assert typed(A_TO_H[:4], pause_s, (*A_TO_H[4:], ENTER)) == [Torn(), *found]


def test_without_an_enter_a_pause_ends_a_code():
    assert typed(A_TO_H, 0.09, A_TO_H[:4], 0.1, A_TO_H, 0.1, by_pause=True) == [b"abcdefghabcd", b"abcdefgh"]


@given(st.integers(1, 7), st.floats(0.5, 4.9))
def test_no_pause_makes_a_part_of_a_code_a_code(at, pause_s):
    found = typed(A_TO_H[:at], pause_s, (*A_TO_H[at:], ENTER), 6.0, (*A_TO_H, ENTER))
    assert [code for code in found if isinstance(code, bytes)] == [b"abcdefgh"]


def opened_amid(rest: tuple[int, ...], stall_s: float, by_pause: bool) -> list[object]:
    """What comes of the rest of a code, and of the next one, when the device was opened amid the first."""
    codes, now_s = TypedCodes(by_pause=by_pause), 100.0
    codes.opened(now_s)
    found: list[object] = []
    for keys, pause_s in ((rest, stall_s), ((*A_TO_H, ENTER), 6.0), ((), 6.0)):
        if codes.patience is not None and pause_s >= codes.patience:
            found += codes.fallen_silent(now_s + codes.patience)
        now_s += pause_s
        found += codes.feed([(1, key, value) for key in keys for value in (1, 0)], now_s)
    return found


@given(st.integers(1, 8), st.floats(0.0, 0.49))
def test_the_rest_of_a_code_amid_which_the_device_was_opened_is_no_code(at, stall_s):
    assert opened_amid((*A_TO_H[at:], ENTER), stall_s, by_pause=False) == [b"abcdefgh"]


@given(st.integers(1, 7), st.floats(0.0, 0.09))
def test_the_same_where_a_pause_ends_a_code(at, stall_s):
    assert opened_amid((*A_TO_H[at:],), stall_s, by_pause=True) == [b"abcdefgh"]


@pytest.mark.parametrize(("pause_s", "by_pause"), [(0.51, False), (0.11, True)])
def test_what_comes_after_a_silent_opening_is_a_code(pause_s, by_pause):
    assert opened_amid((*A_TO_H, ENTER), pause_s, by_pause) == [b"abcdefgh"] * 2
