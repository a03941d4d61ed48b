"""What is sent to an ESC/POS printer, byte by byte."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos_bytes import RARE_FONTS, SlipEncoder
from kiosk.ports import Align, Barcode, Document, QrCode, Space, Text

START = bytes.fromhex("1B40 1C26 1C530000")
CUT = bytes.fromhex("1D564200")


def encoded(*elements: object) -> bytes:
    return SlipEncoder().encode(Document("test", elements))  # type: ignore[arg-type]


def text_bytes(text: str, **settings: object) -> bytes:
    """The bytes of one line, without what begins and ends it."""
    data = SlipEncoder(**settings).encode(Document("test", (Text(text),)))  # type: ignore[arg-type]
    return data.removeprefix(START).removesuffix(b"\n" + CUT)


needs_rare_fonts = pytest.mark.skipif(
    not any(font.exists() for font in RARE_FONTS), reason="no font for rare names (Debian package fonts-hanazono)"
)


def test_a_slip_begins_initialised_in_chinese_and_ends_cut():
    assert encoded() == START + CUT


def test_text_is_gbk_and_modes_are_sent_only_when_they_change():
    big = Text("核酸", width=2, height=2, bold=True, align=Align.CENTRE)
    assert encoded(big, big, Text("A")) == (
        START
        + bytes.fromhex("1B6101 1D2111 1B4501 BACBCBE10A BACBCBE10A")
        + bytes.fromhex("1B6100 1D2100 1B4500 410A")
        + CUT
    )


def test_code_128_is_function_b_in_set_c_with_values_not_digits():
    assert encoded(Barcode("035200000104", 88, 3)) == (
        START + bytes.fromhex("1B6101 1D6858 1D7703 1D4800 1D6B49 08 7B43 03 34 00 00 01 04") + CUT
    )


def test_qr_is_native_model_2_level_m():
    assert encoded(QrCode("V0352000000158", 6)) == (
        START
        + bytes.fromhex("1B6101 1D286B0400314132 00 1D286B0300314306 1D286B0300314531 1D286B1100315030")
        + b"V0352000000158"
        + bytes.fromhex("1D286B0300315130")
        + CUT
    )


def test_long_feeds_are_split():
    assert encoded(Space(300)) == START + bytes.fromhex("1B4AFF 1B4A2D") + CUT


def test_a_barcode_wider_than_the_paper_is_refused_before_it_prints_nothing():
    with pytest.raises(ValueError, match="does not fit 384 dots"):
        encoded(Barcode("035200000104", 88, 4))


def test_a_profile_without_native_codes_is_refused():
    with pytest.raises(ValueError, match="POS-5890 has no native"):
        SlipEncoder("POS-5890")


def test_a_glyph_that_no_font_has_is_a_geta_mark_never_four_bytes():
    assert text_bytes("𠮷㛃镕", fonts=()) == bytes.fromhex("A1FE A1FE E946")


def test_a_printer_with_gb18030_gets_four_bytes():
    assert text_bytes("𠮷㛃", charset="gb18030") == bytes.fromhex("9534B235 8230B731")


@needs_rare_fonts
def test_a_rare_character_is_drawn_into_its_line():
    data = text_bytes("㛃*")
    assert data.startswith(bytes.fromhex("1B2A211800"))
    assert len(data) == 5 + 72 + 1
    assert data.endswith(b"*")
    assert sum(byte.bit_count() for byte in data[5:77]) > 60


@needs_rare_fonts
def test_two_rare_characters_are_drawn_differently_and_a_second_time_the_same():
    assert text_bytes("㛃") != text_bytes("𠮷")
    assert text_bytes("㛃") == text_bytes("㛃")


def test_a_magnified_line_takes_no_picture():
    assert b"\x1b*" not in encoded(Text("㛃", width=2, height=2))


@given(st.text())
def test_nothing_scanned_is_ever_a_command(text):
    data = text_bytes(text, fonts=())
    assert not re.search(rb"[\x00-\x1f\x7f]", data)
