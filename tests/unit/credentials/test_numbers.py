"""Numbers of identity and residence cards; areas 110199 and nations 999 and UTO do not exist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import Identity, Rejected, id_check_digit
from kiosk.credentials.numbers import checked_number, old_number
from kiosk.model import Refusal

TODAY = date(2022, 5, 20)
WRONG = Rejected(Refusal.WRONG_CHECK_DIGIT)
NO_DATE = Rejected(Refusal.WRONG_BIRTH_DATE)


def with_check(body: str) -> str:
    return body + id_check_digit(body)


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        ("110199199001010010", Identity("id:110199199001010010", "")),
        ("11010519491231002X", Identity("id:11010519491231002X", "")),
        ("810000190001010018", Identity("id:810000190001010018", "")),
        (with_check("82000019900101001"), Identity("id:" + with_check("82000019900101001"), "")),
        (with_check("83000019900101001"), Identity("id:" + with_check("83000019900101001"), "")),
        ("911999190001010021", Identity("id:911999190001010021", "")),
        (with_check("00000019900101001"), WRONG),
        (with_check("01019919900101001"), WRONG),
        (with_check("90099919000101002"), WRONG),
        (with_check("99199919000101002"), WRONG),
        (with_check("91100019000101002"), WRONG),
        (with_check("91115619000101002"), WRONG),
        ("11019919900101001A", WRONG),
        ("44052418800101001" + "4", NO_DATE),
        (with_check("11019918930520001"), Identity("id:" + with_check("11019918930520001"), "")),
        (with_check("11019918920520001"), NO_DATE),
        (with_check("11019918920521001"), Identity("id:" + with_check("11019918920521001"), "")),
        (with_check("11019920220520001"), Identity("id:" + with_check("11019920220520001"), "")),
        (with_check("11019920220521001"), NO_DATE),
        (with_check("11019919900230001"), NO_DATE),
        (with_check("11019920000229001"), Identity("id:" + with_check("11019920000229001"), "")),
        (with_check("11019919000229001"), NO_DATE),
        ("UTO119900010116", Identity("prc:UTO119900010116", "")),
        ("KAZ110090123105", Identity("prc:KAZ110090123105", "")),
        ("KAZ110090123106", WRONG),
        ("UTO119900133113", WRONG),
        ("UTO119900133112", NO_DATE),
        ("11019919900101001", None),
        ("1101991990010100100", None),
        ("110199900101001", None),
        ("", None),
    ],
)
def test_each_number(number, meaning):
    assert checked_number(number, "", TODAY) == meaning


def test_no_birth_is_in_the_future_of_a_clock_that_nobody_trusts():
    assert checked_number(with_check("11019920990101001"), "", None) is not None
    assert checked_number(with_check("11010001010101001"), "", None) == NO_DATE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("110199900101001", "110199199001010010"),
        ("110105491231002", "11010519491231002X"),
    ],
)
def test_the_old_form_is_the_person_of_the_new_one(old, new):
    assert old_number(old, TODAY) == checked_number(new, "", TODAY)


@pytest.mark.parametrize("text", ["110199900230001", "010199900101001", "910199900101001", "11019990010100", "x" * 15])
def test_what_is_no_old_number(text):
    assert old_number(text, TODAY) is None


NUMBERS = st.builds(
    lambda day, serial: with_check(f"110199{day:%Y%m%d}{serial:03d}"),
    st.dates(date(1900, 1, 1), date(2022, 5, 20)),
    st.integers(0, 999),
)


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_noticed(number, at, other):
    wrong = number[:at] + other + number[at + 1 :]
    if wrong != number:
        assert not isinstance(checked_number(wrong, "", TODAY), Identity)


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_noticed(number, at):
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if wrong != number:
        assert not isinstance(checked_number(wrong, "", TODAY), Identity)
