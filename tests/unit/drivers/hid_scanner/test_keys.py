"""What a keyboard-wedge scanner types; key numbers are those of the kernel's input-event-codes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hid_scanner.keys import KeyReader, Lost
from drivers.hid_scanner.layouts import LAYOUTS
from drivers.scan_frames import TooLong, Torn

KEY, SYN, REPORT, DROPPED = 1, 0, (0, 0, 0), (0, 3, 0)
ENTER, KEYPAD_ENTER, TAB, SHIFT, CAPS, CONTROL, ALT, ALT_GR = 28, 96, 15, 42, 58, 29, 56, 100
KEYPAD = dict(zip("7894561230", (71, 72, 73, 75, 76, 77, 79, 80, 81, 82), strict=True))
PRINTABLE = string.ascii_letters + string.digits + "-=[];'`\\,./ !@#$%^&*()_+{}:\"~|<>?"
ROWS = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./", 57: " "}
UPPER = dict(zip("1234567890-=[];'`\\,./", '!@#$%^&*()_+{}:"~|<>?', strict=True))


def down(*codes):
    return [(KEY, code, 1) for code in codes]


def up(*codes):
    return [(KEY, code, 0) for code in codes]


def stroke(code, *modifiers):
    return [*down(*modifiers, code), *up(code, *modifiers), REPORT]


def keys(text):
    """What a scanner set to the US layout sends: every key down and up, shift around each character that needs it."""
    plain = {char: start + at for start, row in ROWS.items() for at, char in enumerate(row)}
    shifted = {UPPER.get(char, char.upper()): code for char, code in plain.items() if char != " "}
    return [
        event for char in text for event in (stroke(plain[char]) if char in plain else stroke(shifted[char], SHIFT))
    ]


def alt_code(number):
    digits = [event for digit in str(number) for event in stroke(KEYPAD[digit])]
    return [*down(ALT), *digits, *up(ALT), REPORT]


def typed(events, reader=None):
    reader = reader or KeyReader()
    return [found for event in events if (found := reader.event(*event)) is not None]


def line(events, layout="us"):
    """The one scan that these events and Enter make."""
    (found,) = typed([*events, *stroke(ENTER)], KeyReader(LAYOUTS[layout]))
    return found


@given(st.text(PRINTABLE, min_size=1))
def test_everything_printable_arrives(text):
    assert line(keys(text)) == text.encode()


def test_digits_of_the_keypad_and_its_enter():
    assert typed([*stroke(79), *stroke(82), *stroke(KEYPAD_ENTER)]) == [b"10"]


def test_key_repeat_types_nothing():
    assert line([*down(30), (KEY, 30, 2), (KEY, 30, 2), *up(30)]) == b"a"


def test_a_repeated_shift_is_still_one_shift():
    assert line([*down(SHIFT), (KEY, SHIFT, 2), *stroke(30), *up(SHIFT), *stroke(30)]) == b"Aa"


def test_caps_lock_turns_letters_and_not_digits():
    assert line([*stroke(CAPS), *keys("a1A"), *stroke(CAPS), *keys("a")]) == b"A1aa"


@pytest.mark.parametrize(("code", "control"), [(27, b"\x1d"), (30, b"\x01"), (44, b"\x1a")])
def test_control_characters_come_with_control(code, control):
    assert line(stroke(code, CONTROL)) == control


@pytest.mark.parametrize("code", [50, 36])
def test_control_m_and_control_j_are_enter(code):
    assert typed([*keys("A1"), *stroke(code, CONTROL)]) == [b"A1"]


def test_control_with_what_has_no_control_character_types_nothing():
    assert line([*stroke(3, CONTROL), *keys("A1")]) == b"A1"


def test_chinese_comes_as_alt_and_the_number_of_its_gbk_bytes():
    # 测 is B2E2 = 45794, 试 is CAD4 = 51924.
    assert line([*keys("A"), *alt_code(45794), *alt_code(51924), *keys("1")]) == "A测试1".encode("gbk")


def test_a_number_below_256_is_one_byte_so_that_two_of_them_are_a_character_too():
    assert line([*alt_code("0178"), *alt_code("0226"), *alt_code(65)]) == "测A".encode("gbk")


def test_keys_under_alt_that_are_no_keypad_digits_type_nothing():
    assert line([*down(ALT), *stroke(30), *up(ALT), *keys("A1")]) == b"A1"


@pytest.mark.parametrize(
    ("layout", "events", "text"),
    [
        ("de", [*stroke(21), *stroke(44), *stroke(12), *stroke(53)], "zyß-"),
        ("de", [*stroke(39), *stroke(40), *stroke(26), *stroke(39, SHIFT), *stroke(3, SHIFT)], 'öäüÖ"'),
        ("de", [*stroke(16, ALT_GR), *stroke(9, ALT_GR), *stroke(8, CONTROL, ALT), *stroke(86, ALT_GR)], "@[{|"),
        ("de", [*stroke(41), *stroke(57), *stroke(13), *stroke(18), *stroke(13, SHIFT), *stroke(30)], "^éà"),
        ("de", [*stroke(41), *stroke(2)], "^1"),
        ("de", [*stroke(CAPS), *stroke(39), *stroke(2), *stroke(12)], "Ö1ß"),
        ("fr", [event for code in range(2, 12) for event in stroke(code, SHIFT)], "1234567890"),
        ("fr", [*stroke(CAPS), *stroke(2), *stroke(16), *stroke(CAPS), *stroke(2), *stroke(16)], "1A&a"),
        ("fr", [*stroke(30), *stroke(44), *stroke(39), *stroke(50), *stroke(51, SHIFT), *stroke(52, SHIFT)], "qwm,./"),
        ("fr", [*stroke(11, ALT_GR), *stroke(12, ALT_GR), *stroke(4, ALT_GR), *stroke(9, ALT_GR)], "@]#\\"),
        ("fr", [*stroke(26), *stroke(18), *stroke(26, SHIFT), *stroke(23)], "êï"),
        ("us", [*stroke(86), *stroke(86, SHIFT)], "\\|"),
        ("uk", [*stroke(3, SHIFT), *stroke(40, SHIFT), *stroke(4, SHIFT), *stroke(43), *stroke(43, SHIFT)], '"@£#~'),
        ("uk", [*stroke(86), *stroke(86, SHIFT), *stroke(27), *stroke(40), *stroke(41)], "\\|]'`"),
        ("uk", [*stroke(5, ALT_GR), *stroke(18, ALT_GR), *stroke(CAPS), *stroke(16), *stroke(3)], "€éQ2"),
    ],
)
def test_the_layouts_that_a_scanner_may_be_set_to(layout, events, text):
    assert line(events, layout) == text.encode()


@pytest.mark.parametrize("layout", ["us", "de", "fr", "uk"])
def test_a_layout_has_all_of_ascii_and_no_character_in_two_ways(layout):
    found = LAYOUTS[layout]
    characters = [*found.plain.values(), *found.shifted.values(), *found.alt_gr.values()]
    assert set(PRINTABLE) <= set(characters)
    assert {len(character) for character in characters} == {1}


def test_an_accent_at_the_end_stands_by_itself():
    assert line([*stroke(30), *stroke(41)], "de") == b"a^"


def test_lost_events_spoil_the_scan_under_way_to_its_end_and_no_other():
    reader = KeyReader()
    events = [*keys("1101"), DROPPED, *keys("9")[:2], REPORT, *keys("0010"), *stroke(ENTER), *keys("b"), *stroke(ENTER)]
    lost, scan = typed(events, reader)
    assert isinstance(lost, Lost)
    assert scan == b"b"


def test_a_shift_whose_end_was_lost_is_not_held_for_ever():
    events = [*down(SHIFT), DROPPED, REPORT, *stroke(ENTER), *keys("b"), *stroke(ENTER)]
    assert typed(events)[1:] == [b"b"]


def test_a_pause_ends_what_was_spoiled_too():
    reader = KeyReader(by_silence=True)
    typed([*keys("1101"), DROPPED, REPORT, *keys("99")], reader)
    assert reader.inside
    assert reader.silence() is None
    assert typed([*keys("b"), *stroke(ENTER)], reader) == [b"b"]


def test_a_pause_ends_a_code_and_drops_a_key_that_was_touched():
    reader = KeyReader(by_silence=True)
    typed(keys("A123"), reader)
    assert reader.silence() == b"A123"
    typed(keys("A12"), reader)
    assert reader.silence() is None
    assert not reader.inside


@pytest.mark.parametrize("end", [ENTER, KEYPAD_ENTER, TAB])
def test_a_pause_within_a_code_makes_no_code_of_either_part(end):
    reader = KeyReader()
    assert typed(keys("A7kQ" * 8), reader) == []
    assert reader.silence() == Torn()
    assert not reader.inside
    assert typed([*keys("b9Zw" * 8), *stroke(end), *keys("A1"), *stroke(end)], reader) == [b"A1"]


def test_a_code_that_pauses_twice_is_told_twice():
    reader = KeyReader()
    found = []
    for part in ("k3Zp9QxW", "0aLr7Tn", "Vb2Yc"):
        typed(keys(part), reader)
        found.append(reader.silence())
    assert found == [Torn(1), Torn(2), Torn(3)]
    assert typed([*stroke(ENTER), *keys("A1"), *stroke(ENTER)], reader) == [b"A1"]


def test_a_torn_code_is_read_when_it_is_shown_again_and_any_when_its_rest_does_not_come():
    reader = KeyReader()
    typed(keys("11019919"), reader)
    reader.silence()
    assert typed([*keys("110199199001010010"), *stroke(ENTER)], reader) == [b"110199199001010010"]
    typed(keys("11019919"), reader)
    reader.silence()
    reader.forget_torn()
    assert typed([*keys("A1"), *stroke(ENTER)], reader) == [b"A1"]


def test_without_an_end_a_long_code_is_told_once_and_its_rest_is_none():
    reader = KeyReader()
    typed(keys("x") * 5000, reader)
    assert reader.silence() == TooLong()
    assert typed([*keys("k3Zp9QxW"), *stroke(ENTER), *keys("b"), *stroke(ENTER)], reader) == [b"b"]


def test_more_keys_than_any_code_has_are_refused_and_the_next_code_is_read():
    events = [*(keys("x") * 5000), *stroke(ENTER), *keys("b"), *stroke(ENTER)]
    assert typed(events) == [TooLong(), b"b"]


def test_enter_alone_is_no_scan():
    assert typed(stroke(ENTER)) == []


@given(
    st.integers(0, 2**128 - 1),
    st.text(PRINTABLE, min_size=1, max_size=12),
    st.text(PRINTABLE, min_size=1, max_size=12),
)
def test_two_scanners_that_type_at_once_do_not_mix(turns, first, second):
    """Each bit of `turns` says whose event is next."""
    waiting = {"a": [*keys(first), *stroke(ENTER)], "b": [*keys(second), *stroke(ENTER)]}
    readers, found = {"a": KeyReader(), "b": KeyReader()}, {}
    while waiting["a"] or waiting["b"]:
        turns, turn = turns >> 1, "ab"[turns & 1]
        name = turn if waiting[turn] else "ab".replace(turn, "")
        scan = readers[name].event(*waiting[name].pop(0))
        if scan is not None:
            found[name] = scan
    assert found == {"a": first.encode(), "b": second.encode()}


def test_what_is_typed_does_not_show_in_repr():
    reader = KeyReader()
    typed(keys("110199"), reader)
    assert "1" not in repr(reader).partition(" at ")[0]


@given(
    st.sampled_from(["us", "de", "fr", "uk"]),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 767), st.integers(0, 2))),
)
def test_no_events_raise_and_the_next_code_is_read(layout, events):
    reader = KeyReader(LAYOUTS[layout], by_silence=True)
    typed(events, reader)
    # The keys that are still down come up, the report ends, and there is a pause.
    typed([(KEY, code, 0) for code in (SHIFT, 54, CONTROL, 97, ALT, ALT_GR)] + [REPORT], reader)
    typed([(KEY, code, 0) for code in (SHIFT, 54, CONTROL, 97, ALT, ALT_GR)], reader)
    reader.silence()
    assert typed([*stroke(KEYPAD["1"]), *stroke(ENTER)], reader) == [b"1"]


@pytest.mark.parametrize("end", [ENTER, TAB])
def test_enter_and_tab_end_a_scan(end):
    assert typed([*keys("x"), *stroke(end)]) == [b"x"]
