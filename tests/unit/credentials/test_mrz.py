"""Machine-readable zones; Utopia (UTO) is ICAO's own example of a state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import Forms, Identity, Pattern, Rejected, TubeCode, person, understand
from kiosk.credentials.mrz import zone_identity
from kiosk.credentials.numbers import weighted_731
from kiosk.model import Refusal
from kiosk.ports import TextScan

PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
HOLDER = Identity("passport:L898902C3:740812", "ERIKSSON ANNA MARIA", "*******C3")
WRONG = Rejected(Refusal.WRONG_CHECK_DIGIT)
UNREAD = Rejected(Refusal.UNREADABLE)
NO_DATE = Rejected(Refusal.WRONG_BIRTH_DATE)
FORMS = Forms((), Pattern("TB[0-9]{10}"), "0352", {})


def passport(number="L898902C3", birth="740812", expiry="120415", optional="ZE184226B<<<<<", names=PASSPORT[0][5:]):
    """Both lines with their check digits."""
    fields = [part + str(weighted_731(part)) for part in (number, birth, expiry, optional)]
    return (
        f"P<UTO{names}"
        + fields[0]
        + "UTO"
        + fields[1]
        + "F"
        + fields[2]
        + fields[3]
        + str(weighted_731("".join(fields)))
    )


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "", " \r\n"])
def test_a_passport_whatever_ends_its_lines(end):
    assert zone_identity(end.join(PASSPORT)) == HOLDER
    assert understand(TextScan((end.join(PASSPORT) + "\r\n").encode()), FORMS, None) == HOLDER


@pytest.mark.parametrize("end", ["\r\n", "\n", ""])
def test_a_card(end):
    assert zone_identity(end.join(CARD)) == Identity("card:D23145890:740812", "ERIKSSON ANNA MARIA", "*******90")


def test_a_number_of_more_than_nine_characters():
    assert zone_identity("".join(LONG)) == Identity("card:D23145890734:340712", "STEVENSON PETER JOHN", "*********734")
    assert zone_identity("".join(LONG).replace("7349", "7359")) == WRONG
    assert zone_identity("".join(LONG).replace("<7349", "<<<<<")) == WRONG


def test_small_letters_and_full_width_ones_are_the_same_person():
    wide = "".join(PASSPORT).replace("L898902C36", "Ｌ８９８９０２Ｃ３６")
    assert understand(TextScan(wide.lower().encode()), FORMS, None) == HOLDER


@pytest.mark.parametrize(
    ("right", "misread"),
    [("7408122F", "74O8I2ZF"), ("F1204159", "FI2O4IS9"), ("<<<<<10", "<<<<<IO"), ("ANNA<MARIA", "ANNA<MAR1A")],
)
def test_a_letter_where_only_digits_stand_is_that_digit_and_the_reverse(right, misread):
    text = "".join(PASSPORT)
    assert right in text
    assert zone_identity(text.replace(right, misread)) == HOLDER


def test_what_is_misread_in_the_number_is_refused_as_both_may_stand_there():
    assert zone_identity("".join(PASSPORT).replace("L898902C36", "L8989O2C36")) == WRONG


@pytest.mark.parametrize("masked", [("L898902C36", "L8989**C36"), ("7408122F", "74****2F"), ("ZE184226B", "ZE1*****B")])
def test_what_a_reader_has_masked_is_refused(masked):
    assert zone_identity("".join(PASSPORT).replace(*masked)) == WRONG


@pytest.mark.parametrize(
    ("changes", "meaning"),
    [
        ({}, HOLDER),
        ({"optional": "<" * 14}, HOLDER),
        ({"expiry": "990228"}, HOLDER),
        ({"expiry": "220230"}, HOLDER),
        ({"expiry": "<<<<<<"}, HOLDER),
        ({"birth": "741312"}, NO_DATE),
        ({"birth": "000229"}, Identity("passport:L898902C3:000229", "ERIKSSON ANNA MARIA", "*******C3")),
        ({"birth": "010229"}, NO_DATE),
        ({"birth": "7408<<"}, Identity("passport:L898902C3:7408<<", "ERIKSSON ANNA MARIA", "*******C3")),
        ({"birth": "74<<<<"}, Identity("passport:L898902C3:74<<<<", "ERIKSSON ANNA MARIA", "*******C3")),
        ({"birth": "7414<<"}, NO_DATE),
        ({"birth": "74<<12"}, NO_DATE),
        ({"number": "<<<<<<<<<"}, UNREAD),
        ({"number": "L898<<<<<"}, Identity("passport:L898:740812", "ERIKSSON ANNA MARIA", "***8")),
        ({"names": "ERIKSSON".ljust(39, "<")}, Identity("passport:L898902C3:740812", "ERIKSSON", "*******C3")),
        ({"names": "<ERIKSSON<<ANNA".ljust(39, "<")}, UNREAD),
        ({"names": "ERIKSSON<<<ANNA".ljust(39, "<")}, UNREAD),
    ],
)
def test_fields_of_a_passport(changes, meaning):
    assert zone_identity(passport(**changes)) == meaning


def test_an_empty_optional_field_may_have_a_filler_for_its_digit():
    filled = passport(optional="<" * 14)
    assert filled[-16:-1] == "<" * 14 + "0"
    assert zone_identity(filled[:-2] + "<" + filled[-1]) == HOLDER


@pytest.mark.parametrize(
    "text",
    [
        "".join(PASSPORT)[:-1],
        "".join(PASSPORT) + "0",
        PASSPORT[1] + PASSPORT[0],
        "".join(PASSPORT).replace("P<UTO", "V<UTO"),
        "".join(CARD).replace("I<UTO", "P<UTO"),
        "".join(PASSPORT).replace("P<UTO", "P<<UT"),
    ],
)
def test_what_is_torn_or_no_travel_document_is_refused(text):
    assert isinstance(zone_identity(text), Rejected)


@pytest.mark.parametrize(
    "text",
    [
        "".join(PASSPORT).replace("P<UTO", "V<UTO"),
        "".join(CARD).replace("I<UTO", "P<UTO"),
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<" + "D231458907UTO7408122F1204159<<<<<<<6",
    ],
)
def test_visas_and_cards_of_other_sizes_are_not_asked_for_again(text):
    assert zone_identity(text) == Rejected(Refusal.UNKNOWN_CODE)


@pytest.mark.parametrize("text", ["", "110199199001010010", "A" * 88, "P<UTO<<", "L898902C36UTO7408122F\n1204159"])
def test_what_is_no_zone(text):
    assert zone_identity(text) is None


def test_lines_of_something_else_are_refused_as_before():
    assert understand(TextScan(b"110199199001010010\n110199199001010010"), FORMS, None) == Rejected(
        Refusal.CONTROL_BYTES
    )
    assert understand(TextScan(b"TB0000000001\r\n"), FORMS, None) == TubeCode("TB0000000001", preprinted=True)


def test_the_mask_shows_a_part_of_the_number_and_no_birthday():
    holder = zone_identity("".join(PASSPORT))
    assert isinstance(holder, Identity)
    shown = person(holder, b"key")
    assert (shown.name, shown.number) == ("E******* A*** M****", "*******C3")
    assert "898902" not in repr(holder)


def value(character: str) -> int:
    return 0 if character == "<" else int(character, 36)


@given(
    st.sampled_from([PASSPORT, CARD, LONG]),
    st.integers(0, 89),
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"),
)
def test_one_wrong_character_makes_nobody_else(zone, at, other):
    """It is refused, or stands where it does not matter who it is; but for what no check digit of 7 3 1 can see."""
    text = "".join(zone)
    at %= len(text)
    if (value(other) - value(text[at])) % 10:
        found = zone_identity(text[:at] + other + text[at + 1 :])
        right = zone_identity(text)
        assert isinstance(right, Identity)
        assert not isinstance(found, Identity) or found.canonical == right.canonical


@given(st.sampled_from([PASSPORT, CARD, LONG]), st.data())
def test_any_zone_of_the_right_size_is_read_or_refused(zone, data):
    text = "".join(zone)
    marks = data.draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.sampled_from("AZ09<*\n")), max_size=30))
    for at, mark in marks:
        text = text[:at] + mark + text[at + 1 :]
    assert isinstance(zone_identity(text), (Identity, Rejected, type(None)))
