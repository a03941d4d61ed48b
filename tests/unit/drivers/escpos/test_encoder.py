"""What is sent to an ESC/POS printer, byte by byte."""

import re
import struct
from functools import lru_cache

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from drivers.escpos.abilities import RARE_FONTS, Abilities, own_codes
from drivers.escpos.encoder import SlipEncoder
from kiosk.ports import Align, Barcode, Document, Pair, QrCode, Rule, Space, Text

START = bytes.fromhex("1B40 1C26 1C530000")
ASCII_START = bytes.fromhex("1B40")
CUT = bytes.fromhex("1D564200")


encoder = lru_cache(SlipEncoder)
"""One a model: to open its fonts for each slip would take longer than all else."""


def encoded(*elements: object, **abilities: object) -> bytes:
    return encoder(Abilities(**abilities)).encode(Document("test", elements))  # type: ignore[arg-type]


def printed(*elements: object, **abilities: object) -> bytes:
    """What stands between the beginning and the end of a slip."""
    start = ASCII_START if abilities.get("charset") == "ascii" else START
    return encoded(*elements, **abilities).removeprefix(start).removesuffix(CUT)


def text_bytes(text: str, **abilities: object) -> bytes:
    """The bytes of one line."""
    return printed(Text(text), **abilities).removesuffix(b"\n")


def lines(text: str, **settings: object) -> list[str]:
    """The lines that a text takes on 58 mm."""
    return printed(Text(text, **settings)).decode("gbk").removesuffix("\n").split("\n")  # type: ignore[arg-type]


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


def test_models_that_draw_no_codes_are_known():
    assert own_codes("POS-5890") == (False, False)
    assert own_codes("default") == (True, True)


def picture(data: bytes) -> Image.Image:
    """What the raster commands of `data` print, with a quiet zone."""
    rows: list[Image.Image] = []
    while data:
        head, doubling, width, height = struct.unpack_from("<3sBHH", data)
        assert head == b"\x1dv0"
        size = width * height
        band = Image.frombytes("1", (8 * width, height), data[8 : 8 + size])
        rows.append(band.resize((band.width * (1 + (doubling & 1)), band.height * (1 + (doubling >> 1)))))
        data = data[8 + size :]
    whole = Image.new("L", (rows[0].width + 80, sum(row.height for row in rows) + 80), 255)
    top = 40
    for row in rows:
        whole.paste(ImageOps.invert(row.convert("L")), (40, top))
        top += row.height
    return whole


@pytest.mark.parametrize(
    ("code", "size", "read"),
    [
        (Barcode("035200000104", 88, 3), 2 * 8 + 44 * 38, "035200000104"),
        (QrCode("V0352000000158", 6), 3 * 8 + 63 * 8, "V0352000000158"),
    ],
)
def test_a_printer_that_draws_no_codes_gets_small_pictures_of_them(code, size, read):
    data = printed(code, own_barcode=False, own_qr=False).removeprefix(bytes.fromhex("1B6101"))
    assert len(data) == size
    assert [found.text for found in zxingcpp.read_barcodes(picture(data))] == [read]


def test_a_qr_code_too_wide_for_the_paper_gets_smaller_modules():
    assert bytes.fromhex("1D286B0300314306") in encoded(QrCode("1" * 30, 6))
    assert bytes.fromhex("1D286B0300314305") in encoded(QrCode("1" * 300, 6), paper_mm=58)
    assert bytes.fromhex("1D286B0300314306") in encoded(QrCode("1" * 300, 6), paper_mm=80)


def test_text_goes_on_in_a_new_line_where_the_paper_ends():
    assert lines("核酸已采样凭证核酸已采样凭证核酸已采样凭证") == ["核酸已采样凭证核酸已采样凭证核酸", "已采样凭证"]
    assert lines("a" + "核" * 16) == ["a" + "核" * 15, "核"]
    assert lines("核酸已采样凭证", width=4, height=4) == ["\x1d!3核酸已采", "样凭证"]


def test_words_are_broken_at_blanks_and_lines_go_on_indented():
    assert lines("MARIA-FERNANDA GUADALUPE DE LOS SANTOS", indent=4) == [
        "MARIA-FERNANDA GUADALUPE DE LOS",
        "    SANTOS",
    ]
    assert lines("阿卜杜热合曼·买买提艾力·阿卜杜拉", indent=8) == ["阿卜杜热合曼·买买提艾力·阿卜杜", "        拉"]


def test_two_texts_stand_at_the_two_edges_or_one_under_the_other():
    assert printed(Pair(Text("10混1", 2, 2), Text("12号楼"))) == (
        b"\x1d!\x1110" + "混".encode("gbk") + b"1" + b"\x1d!\x00" + b" " * 16 + "12号楼".encode("gbk") + b"\n"
    )
    assert printed(Pair(Text("a" * 20), Text("b" * 12))) == b"a" * 20 + b"\n" + b"b" * 12 + b"\n"


def test_a_rule_is_drawn_with_characters():
    """As a picture that lost the second byte of its height it would feed metres of paper."""
    assert printed(Rule()) == "─".encode("gbk") * 16 + b"\n"
    assert printed(Rule(), paper_mm=80) == "─".encode("gbk") * 24 + b"\n"
    assert printed(Rule(), charset="ascii") == b"-" * 32 + b"\n"


def test_a_glyph_that_no_font_has_is_a_geta_mark_never_four_bytes():
    assert text_bytes("𠮷㛃镕", fonts=()) == bytes.fromhex("A1FE A1FE E946")


def test_a_printer_with_gb18030_gets_four_bytes():
    assert text_bytes("𠮷㛃", charset="gb18030") == bytes.fromhex("9534B235 8230B731")


def test_a_gb_2312_rom_has_the_middle_dot_and_the_dash_of_names():
    assert text_bytes("古·丽—", charset="gb2312", fonts=()) == bytes.fromhex("B9C5 A1A4 C0F6 A1AA")
    assert text_bytes("・―", charset="gb2312", fonts=()) == bytes.fromhex("A1FE A1FE")


def test_a_latin_letter_that_nobody_has_loses_its_marks_and_nothing_stands_in_for_one_that_is_wider():
    assert text_bytes("Núñez Nguyễn x\u0323 ɓ", fonts=()) == "Núnez Nguyen x ?".encode("gbk")
    assert text_bytes("王\u0301ά", fonts=()) == "王?".encode("gbk")
    assert text_bytes("ɓ" * 33, fonts=()) == b"?" * 32 + b"\n?"


def test_a_letter_with_marks_that_have_no_code_together_is_one_cell_on_any_rom():
    assert text_bytes("x\u0323王", charset="gb18030", fonts=()) == "x王".encode("gbk")


@needs_rare_fonts
def test_a_large_line_is_drawn_even_where_one_of_its_characters_is_in_no_font():
    """Extension G is in Debian's fonts-babelstone-han only."""
    fonts = tuple(font for font in RARE_FONTS if "hanazono" in str(font))
    drawn = printed(Text("㛃\U00030000", width=2, height=2), fonts=fonts)
    assert drawn == printed(Text("㛃〓", width=2, height=2), fonts=fonts)
    assert drawn.startswith(bytes.fromhex("1D2111 1D763003 0600 1800"))


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


@needs_rare_fonts
def test_a_magnified_line_with_a_rare_character_is_a_picture_and_the_next_is_text_again():
    data = printed(Text("王㛃", width=2, height=2), Text("王", width=2, height=2))
    assert data.startswith(bytes.fromhex("1D2111 1D763003 0600 1800"))
    assert data.endswith("王\n".encode("gbk"))
    assert len(data) == 3 + 8 + 24 * 6 + 3


@needs_rare_fonts
def test_a_latin_letter_that_the_rom_lacks_takes_one_column():
    assert text_bytes("ñ")[:5] == bytes.fromhex("1B2A210C00")
    assert len(text_bytes("ñ")) == 5 + 36


def test_a_printer_without_chinese_is_sent_no_command_of_chinese():
    assert b"\x1c" not in encoded(Text("A"), Rule(), charset="ascii")


def test_a_printer_without_a_cutter_feeds_each_slip_to_where_it_can_be_torn():
    assert encoded(cuts=False) == START + bytes.fromhex("1B4AA0")
    assert SlipEncoder(Abilities(cuts=False)).part == bytes.fromhex("1B4AA0")


def test_of_two_printers_of_80_mm_one_has_fewer_columns():
    assert printed(Rule(), paper_mm=80, own_columns=42) == "─".encode("gbk") * 21 + b"\n"
    assert Abilities(paper_mm=80, own_columns=42).dots == 504


def test_a_printer_without_chinese_gets_drawn_characters_or_question_marks():
    assert text_bytes("A核", charset="ascii", fonts=()) == b"A?"


def test_variation_selectors_leave_no_mark():
    assert text_bytes("葛\U000e0100") == "葛".encode("gbk")


@given(st.text(max_size=16))
def test_nothing_scanned_is_ever_a_command(text):
    """Sixteen characters fit any line, so that even a line feed would be one that was scanned."""
    assert not re.search(rb"[\x00-\x1f\x7f]", text_bytes(text, fonts=()))
