"""How text is broken into lines."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.line_fitting import characters, fit


def width(character: str) -> int:
    return 1 if character.isascii() else 2


def test_marks_stay_with_their_letter():
    assert characters("e\u0301x\u0323") == ["é", "x̣"]


def test_blanks_of_every_kind_are_ascii_blanks_as_wide_as_they_were():
    assert characters("张\u3000三\u00a0b") == ["张", " ", " ", "三", " ", "b"]


def test_an_ideograph_younger_than_the_tables_of_this_python_is_a_character():
    assert characters("\U000323ff") == ["\U000323ff"]


def test_what_is_no_character_is_a_question_mark():
    assert characters("a\x1b\n") == ["a", "?", "?"]


def test_a_blank_at_the_break_is_left_out():
    assert fit(list("ab cd"), 2, 0, width) == [["a", "b"], ["c", "d"]]


def test_a_word_goes_on_in_the_next_line_as_a_whole_with_its_accents():
    assert fit("ANA FERNÁNDEZ", 12, 2, len) == [list("ANA"), list("FERNÁNDEZ")]


def test_a_word_that_no_line_can_take_is_broken_where_the_line_ends():
    assert fit(list("a BBB"), 4, 2, width) == [["a", " ", "B", "B"], ["B"]]


def test_a_blank_behind_a_full_line_makes_no_empty_line():
    assert fit(list("abcd "), 4, 0, width) == [["a", "b", "c", "d"]]


@given(st.text(st.sampled_from("aB1 ·测甲㛃é")), st.integers(4, 48), st.integers(0, 2))
def test_no_line_is_too_long_and_nothing_but_blanks_is_lost(text, full, indent):
    lines = fit(characters(text), full, indent, width)
    assert sum(map(width, lines[0])) <= full
    assert all(sum(map(width, line)) <= full - indent for line in lines[1:])
    assert "".join("".join(line) for line in lines).replace(" ", "") == text.replace(" ", "")
