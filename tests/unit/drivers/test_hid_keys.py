"""What a keyboard-wedge scanner types; key numbers are those of the kernel's input-event-codes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hid_keys import KeyReader

ENTER, KEYPAD_ENTER, SHIFT, CAPS, CONTROL = 28, 96, 42, 58, 29
PRINTABLE = string.ascii_letters + string.digits + "-=[];'`\\,./ !@#$%^&*()_+{}:\"~|<>?"
ROWS = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./", 57: " "}
UPPER = dict(zip("1234567890-=[];'`\\,./", '!@#$%^&*()_+{}:"~|<>?', strict=True))


def keys(text: str) -> list[tuple[int, int]]:
    """What a scanner set to the US layout sends: every key down and up, shift around each character that needs it."""
    events = []
    plain = {char: start + at for start, row in ROWS.items() for at, char in enumerate(row)}
    shifted = {UPPER.get(char, char.upper()): code for char, code in plain.items() if char != " "}
    for char in text:
        code = plain.get(char) or shifted[char]
        stroke = [(code, 1), (code, 0)]
        events += stroke if char in plain else [(SHIFT, 1), *stroke, (SHIFT, 0)]
    return events


def typed(events: list[tuple[int, int]], reader: KeyReader | None = None) -> list[bytes]:
    reader = reader or KeyReader()
    return [scan for code, value in events if (scan := reader.key(code, value)) is not None]


@given(st.text(PRINTABLE, min_size=1))
def test_everything_printable_arrives(text):
    assert typed([*keys(text), (ENTER, 1), (ENTER, 0)]) == [text.encode()]


def test_digits_of_the_keypad_and_its_enter():
    assert typed([(79, 1), (79, 0), (82, 1), (82, 0), (KEYPAD_ENTER, 1)]) == [b"10"]


def test_key_repeat_types_nothing():
    assert typed([(30, 1), (30, 2), (30, 2), (30, 0), (ENTER, 1)]) == [b"a"]


def test_caps_lock_turns_letters_and_not_digits():
    assert typed([(CAPS, 1), (CAPS, 0), *keys("a1"), (ENTER, 1)]) == [b"A1"]


def test_group_separator_comes_as_control_bracket():
    assert typed([(CONTROL, 1), (27, 1), (27, 0), (CONTROL, 0), (ENTER, 1)]) == [b"\x1d"]


def test_lost_events_spoil_only_the_scan_under_way():
    reader = KeyReader()
    typed([(SHIFT, 1), (30, 1)], reader)
    reader.lost()
    assert typed([*keys("b"), (ENTER, 1)], reader) == [b"b"]


def test_enter_alone_is_no_scan():
    assert typed([(ENTER, 1), (ENTER, 0)]) == []


def test_what_is_typed_does_not_show_in_repr():
    reader = KeyReader()
    typed(keys("110199"), reader)
    assert "1" not in repr(reader).replace("_", "")


@given(st.lists(st.tuples(st.integers(0, 767), st.integers(0, 2))))
def test_no_key_raises(events):
    typed(events)


@pytest.mark.parametrize("end", [ENTER, 15])
def test_enter_and_tab_end_a_scan(end):
    assert typed([*keys("x"), (end, 1)]) == [b"x"]
