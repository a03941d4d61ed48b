"""Expressions as automata, held to what `re` itself fits."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials.characters import FIRST
from kiosk.credentials.expressions import Language, TooLargeError
from kiosk.credentials.languages import common, covers

LEAVES = st.sampled_from(["a", "b", "B", ".", "[ab]", "[^a]", "[a-c]", r"\d", "0", r"\.", "[0-9B]", "", "ab"])
EXACT = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "??"])),
        st.builds("(?i:{})".format, inner),
    ),
    max_leaves=8,
)
WIDENED = st.builds("{}{}{}".format, EXACT, st.sampled_from([r"\w", r"[^\s]", "é", "[a-é]", r"[^\W_]"]), EXACT)
TEXTS = st.text("aAbBcC0.", max_size=6)


def fits(language: Language, text: str) -> bool:
    states = language.start
    for character in text:
        states = language.step(states, language.row(1 << (ord(character) - FIRST)))
    return language.fits(states)


@given(EXACT, TEXTS)
def test_an_automaton_fits_what_the_expression_fits(expression, text):
    assert fits(Language(expression), text) == (re.fullmatch(expression, text) is not None)


@given(WIDENED, TEXTS)
def test_what_cannot_be_followed_makes_it_wider_and_never_narrower(expression, text):
    language = Language(expression)
    assert fits(language, text) or not re.fullmatch(expression, text)
    assert not language.exact


@given(EXACT, EXACT)
def test_a_common_text_is_fitted_by_both(one, other):
    text = common(Language(one), Language(other))
    if text is not None:
        assert re.fullmatch(one, text)
        assert re.fullmatch(other, text)


@given(EXACT, EXACT, TEXTS)
def test_what_both_fit_is_found(one, other, text):
    if re.fullmatch(one, text) and re.fullmatch(other, text):
        assert common(Language(one), Language(other)) is not None


@given(EXACT, EXACT, TEXTS)
def test_what_is_covered_fits_the_wider_one_too(wide, narrow, text):
    if covers(Language(wide), Language(narrow)) and re.fullmatch(narrow, text):
        assert re.fullmatch(wide, text)


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered"),
    [
        ("[0-9A-F]{8}", "[0-9]{8}", True),
        ("[0-9]{8}", "[0-9A-F]{8}", False),
        ("[A-Z]+", "[A-Z]{3}|[A-Z]{5}", True),
        ("(?i)[a-f]{4}", "[A-F]{4}", True),
        (".{4}", "[一-龥]{4}", True),
        ("[一-龥]{4}", "[а-я]{4}", False),
        (r"\w{4}", "[一-龥]{4}", False),
        ("^[A-Z]{4}$", "[A-Z]{4}", True),
        (r"[\x20-\x7e]{4}", "[A-Z]{4}", True),
        (r"[^\D]{4}", "[0-9]{4}", True),
        (r"[^\D]{4}", "[一-龥]{4}", False),
    ],
)
def test_covers_only_what_is_certain(wide, narrow, is_covered):
    assert covers(Language(wide), Language(narrow)) == is_covered


@pytest.mark.parametrize("expression", ["([A-Z]{1,90}-){1,90}", "(x{400}){400}", "(" * 90 + "a" + "){2}" * 90])
def test_an_expression_that_would_take_too_long_is_said_to(expression):
    with pytest.raises(TooLargeError):
        Language(expression)


def test_a_comparison_that_would_take_too_long_is_said_to():
    with pytest.raises(TooLargeError):
        common(Language(".*A.{20}"), Language(".*B.{20}C"))
