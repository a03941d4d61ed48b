"""Function B data to symbols that a reader reads."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.virtual.printer import code128
from kiosk.virtual.printer.code128 import Symbol, encode


def symbol(data: bytes) -> Symbol:
    found = encode(data)
    assert found is not None
    return found


def read(modules: tuple[bool, ...]) -> str:
    row = Image.new("L", (len(modules) + 20, 1), 255)
    for place, bar in enumerate(modules):
        row.putpixel((place + 10, 0), 0 if bar else 255)
    (found,) = zxingcpp.read_barcodes(row.resize((row.width * 2, 60)))
    return str(found.text)


def test_the_table_is_a_table_of_code_128() -> None:
    assert len(set(code128.WIDTHS)) == 106
    assert {sum(map(int, widths)) for widths in code128.WIDTHS} == {11}
    # Bars of a symbol cover an even number of modules (ISO/IEC 15417).
    assert {sum(map(int, widths[::2])) % 2 for widths in code128.WIDTHS} == {0}


def test_a_hand_worked_symbol() -> None:
    # Start C 105, value 12, check (105 + 12) mod 103 = 14, stop.
    widths = "211232" + "112232" + "122231" + "2331112"
    bars = "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(widths))
    assert "".join("1" if bar else "0" for bar in symbol(b"{C\x0c").modules) == bars


@pytest.mark.parametrize(
    ("data", "content", "modules"),
    [
        (b"{BSZ000012345678", "SZ000012345678", 11 * 16 + 13),
        (b"{BSZ{C\x00\x00\x0c\x22\x38\x4e", "SZ000012345678", 11 * 11 + 13),
        (b"{C\x23\x34\x00\x01\x02\x61\x63", "35520001029799", 11 * 9 + 13),
        (b"{Ba{{b", "a{b", 11 * 5 + 13),
    ],
)
def test_symbols_of_the_manuals_widths(data: bytes, content: str, modules: int) -> None:
    found = symbol(data)
    assert (found.content, len(found.modules), read(found.modules)) == (content, modules, content)


def test_set_a_and_the_shift() -> None:
    assert read(symbol(b"{AAB\x0dC").modules) == "AB\rC"
    assert read(symbol(b"{BaB{S\x0dc").modules) == "aB\rc"


@pytest.mark.parametrize(
    "data", [b"", b"{B", b"123456", b"{X12", b"{Babc{", b"{C\x64", b"{Aabc", b"{B\x80", b"{C\x01{4", b"{Bab{Q"]
)
def test_data_that_the_printer_refuses(data: bytes) -> None:
    assert encode(data) is None


@given(st.text(alphabet=[chr(code) for code in range(32, 127)], min_size=1, max_size=16))
def test_any_text_of_set_b_is_read_back(text: str) -> None:
    found = symbol(b"{B" + text.replace("{", "{{").encode("ascii"))
    assert read(found.modules) == text


@given(st.lists(st.integers(0, 99), min_size=2, max_size=10))
def test_any_pairs_of_set_c_are_read_back(pairs: list[int]) -> None:
    assert read(symbol(b"{C" + bytes(pairs)).modules) == "".join(f"{pair:02d}" for pair in pairs)


@given(st.binary(max_size=30))
def test_noise_never_raises(data: bytes) -> None:
    encode(b"{" + data)
