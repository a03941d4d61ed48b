"""What a scan means; every person is fictitious."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials import (
    Forms,
    Identity,
    Pattern,
    PatternForm,
    Rejected,
    StaffCode,
    TubeCode,
    VoucherCode,
    id_check_digit,
    mask_name,
    mask_number,
    person,
    staff_codes,
    tube_code,
    understand,
    voucher_number,
)
from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.model import Refusal, StaffAction
from kiosk.ports import CardKind, CardScan, TextScan

TODAY = date(2022, 5, 20)
STAFF = staff_codes(b"a staff key of tests")
FORMS = Forms((PatternForm("health", Pattern("[A-Z0-9]{40}")),), Pattern("TB[0-9]{10}"), "0352", STAFF)

SIGNED = (
    "KV1:RRQXO8P600GKQR836WQASIC6C80NF6PF63W5NW6SJE106GEF946SW6O:5XD0L7TVQHTE5646$96WY0MKCN8PH-0 10$.UZFO27B1V44+BHB"
    "SMRJK/0JQI3TH+R3Q.SRC436L4Y6MP3XQJI4ER%DLAWN-7K02GXM+MO6:MS4WPCU+8NS R+5UD+3H816*TU4V:OQ"
)
"""V0352000000158, by a key that this kiosk has never seen."""


def text(data: str | bytes, today: date | None = TODAY) -> object:
    return understand(TextScan(data.encode() if isinstance(data, str) else data), FORMS, today)


@pytest.mark.parametrize(
    ("first17", "check"),
    [("11010519491231002", "X"), ("44052418800101001", "4"), ("11019919900101001", "0")],
)
def test_check_digit_of_gb_11643(first17, check):
    assert id_check_digit(first17) == check


def test_numbers_of_a_block():
    assert tube_code("0352", 1) == "035200000104"
    assert voucher_number("0352", 1) == "V0352000000158"


@given(st.integers(1, 999_999), st.integers(1, 999_999))
def test_no_two_serials_share_a_code_and_each_is_valid(one, other):
    assert is_mod_97_10(tube_code("0352", one))
    assert (tube_code("0352", one) == tube_code("0352", other)) == (one == other)


@given(st.integers(1, 999_999), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial, at, by):
    code = tube_code("0352", serial)
    wrong = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
    assert text(wrong) == Rejected(Refusal.WRONG_CHECK_DIGIT)


def test_our_own_codes_are_ours_even_where_suppliers_use_twelve_digits():
    forms = Forms(FORMS.codes, Pattern("[0-9]{12}"), "0352", STAFF)
    assert understand(TextScan(b"035200000104"), forms, TODAY) == TubeCode("035200000104", preprinted=False)
    assert understand(TextScan(b"123456789012"), forms, TODAY) == TubeCode("123456789012", preprinted=True)


def test_a_lease_that_is_used_up_is_an_error_not_a_wrong_code():
    with pytest.raises(ValueError, match="used up"):
        tube_code("0352", 1_000_000)


@pytest.mark.parametrize(
    ("scan", "meaning"),
    [
        ("110199199001010010", Identity("id:110199199001010010", "")),
        ("11010519491231002x", Identity("id:11010519491231002X", "")),
        ("１１０１９９１９９００１０１００１０", Identity("id:110199199001010010", "")),
        ("110199199001010010\r\n", Identity("id:110199199001010010", "")),
        ("810000190001010018", Identity("id:810000190001010018", "")),
        ("911999190001010021", Identity("id:911999190001010021", "")),
        ("110199199001010011", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        ("11019919900101001A", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        ("110199199002300012", Rejected(Refusal.WRONG_BIRTH_DATE)),
        ("V0352000000158", VoucherCode("V0352000000158")),
        ("V0352000000159", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        (SIGNED, VoucherCode("V0352000000158")),
        (f"{SIGNED}\r\n", VoucherCode("V0352000000158")),
        (SIGNED.lower(), VoucherCode("V0352000000158")),
        (SIGNED[:-1], Rejected(Refusal.TORN)),
        (SIGNED + "0" * 400, Rejected(Refusal.TOO_LONG)),
        (SIGNED.replace("K", "Ｋ"), Rejected(Refusal.UNKNOWN_CODE)),
        (SIGNED[:-1] + "Ｑ", Rejected(Refusal.TORN)),
        ("035200000104", TubeCode("035200000104", preprinted=False)),
        ("TB0000000001", TubeCode("TB0000000001", preprinted=True)),
        ("A" * 40, Identity("health:" + "A" * 40, "")),
        ("https://pay.example/x", Rejected(Refusal.UNKNOWN_CODE)),
        ("", Rejected(Refusal.UNKNOWN_CODE)),
        ("A" * 600, Rejected(Refusal.TOO_LONG)),
        ("\x1b@\x1bi", Rejected(Refusal.CONTROL_BYTES)),
        ("110199199001010010\x1b@", Rejected(Refusal.CONTROL_BYTES)),
        ("110199\x00199001010010", Rejected(Refusal.CONTROL_BYTES)),
    ],
)
def test_each_form(scan, meaning):
    found = text(scan)
    if isinstance(meaning, Rejected) and meaning.reason is Refusal.WRONG_BIRTH_DATE:
        scan = scan[:17] + id_check_digit(scan[:17])
        found = text(scan)
    assert found == meaning


def test_a_birth_date_in_the_future_is_refused_only_by_a_trusted_clock():
    number = "11019920220521001" + id_check_digit("11019920220521001")
    assert text(number) == Rejected(Refusal.WRONG_BIRTH_DATE)
    assert text(number, today=None) == Identity(f"id:{number}", "")


def test_chinese_in_gb18030_is_understood_as_text_and_refused():
    assert text("测试".encode("gb18030")) == Rejected(Refusal.UNKNOWN_CODE)


def test_a_card_and_the_same_number_as_text_are_one_person():
    card = understand(CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲"), FORMS, TODAY)
    code = text("110199199001010010")
    assert isinstance(card, Identity)
    assert isinstance(code, Identity)
    assert person(card, b"key").key == person(code, b"key").key
    assert person(card, b"key").key != person(card, b"other key").key
    assert (person(card, b"key").name, person(card, b"key").number) == ("测**", "**************0010")


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        ("UTO119900010116", Identity("prc:UTO119900010116", "N")),
        ("KAZ110090123105", Identity("prc:KAZ110090123105", "N")),
        ("KAZ110090123106", Rejected(Refusal.WRONG_CHECK_DIGIT)),
        ("KAZ11009012310X", Rejected(Refusal.WRONG_CHECK_DIGIT)),
    ],
)
def test_foreigners_card_of_2017(number, meaning):
    assert understand(CardScan(CardKind.FOREIGNER_2017, number, "N"), FORMS, TODAY) == meaning


def test_a_signed_voucher_is_one_whatever_a_health_code_may_look_like():
    forms = Forms((PatternForm("health", Pattern(".{32,}")),), Pattern(".+"), "0352", STAFF)
    assert understand(TextScan(SIGNED.encode()), forms, TODAY) == VoucherCode("V0352000000158")
    assert understand(TextScan(SIGNED[:-1].encode()), forms, TODAY) == Rejected(Refusal.TORN)


def test_only_the_points_own_staff_codes_act():
    code = next(text for text, action in STAFF.items() if action is StaffAction.SEAL)
    assert text(code) == StaffCode(StaffAction.SEAL)
    other = next(text for text, action in staff_codes(b"another point's key").items() if action is StaffAction.SEAL)
    assert text(other) == Rejected(Refusal.OLD_STAFF_CODE)
    assert text("seal") == Rejected(Refusal.UNKNOWN_CODE)


SHORT_NAMES = [
    ("甲", "*"),
    ("测试", "测*"),
    ("测 试", "测 *"),
    ("测　试", "测 *"),
    ("测试 甲", "测* *"),
    ("O J", "O *"),
    ("A B C", "A * *"),
]


@pytest.mark.parametrize(
    ("name", "masked"), [("测试甲", "测**"), ("TEST, PERSON ONE", "T**** P***** O**"), ("", ""), *SHORT_NAMES]
)
def test_masked_names(name, masked):
    assert mask_name(name) == masked


@given(st.text(min_size=1, max_size=300))
def test_a_masked_number_never_shows_more_than_a_quarter(number):
    shown = mask_number(number).replace("*", "", 14)
    assert len(shown) <= max(4, len(number)) // 4 + number.count("*")


@given(st.text())
def test_a_masked_name_shows_one_character_a_word_and_never_all(name):
    masked = mask_name(name).split()
    for word, shown in zip(name.split(), masked, strict=True):
        assert shown[0] in (word[0], "*")
        assert set(shown[1:]) <= {"*"}
    assert not masked or any("*" in shown for shown in masked)


def test_an_identity_shows_nothing_of_itself():
    shown = repr(text("110199199001010010")) + repr(TextScan(b"110199199001010010"))
    assert "1101" not in shown


@given(st.one_of(st.binary(max_size=700), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_understood_or_refused_and_never_raise(data):
    found = understand(TextScan(data), FORMS, TODAY)
    if isinstance(found, Identity):
        assert not any(unicodedata.category(character) == "Cc" for character in found.canonical)
