"""What a symbol holds: its character sets as a scanner tells them, and whether it is one of several."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera.payloads import TEXT_MODE, Extent, extent
from drivers.camera.reader import FrameReader
from drivers.camera.symbols import SymbolReader
from drivers.camera.zbar import ZBar
from kiosk.credentials import Forms, Pattern, Rejected, text_of, understand
from kiosk.model import Refusal
from kiosk.ports import TextScan
from qr_symbols import Bits, appended, capitals, character_set, drawn, octets, symbol

Frame = npt.NDArray[np.uint8]
TURNS: dict[str, Callable[[Frame], Frame]] = {
    "upright": lambda frame: frame,
    "on its side": np.rot90,
    "upside down": lambda frame: np.rot90(frame, 2),
    "in a mirror": np.fliplr,
    "in a mirror, on its side": lambda frame: np.rot90(np.fliplr(frame)),
    "light on dark": lambda frame: 255 - frame,
}


@pytest.fixture(scope="module")
def reader() -> Iterator[SymbolReader]:
    reader = SymbolReader()
    yield reader
    reader.close()


def extents(frame: Frame) -> list[Extent]:
    found = zxingcpp.read_barcodes(np.ascontiguousarray(frame), text_mode=TEXT_MODE)
    return [extent(each) for each in found if each.valid]


@pytest.mark.parametrize(
    ("eci", "encoding", "text"),
    [
        (3, "iso8859-1", "Müller \\ 12"),
        (26, "utf-8", "Müller 采样 \\000026"),
        (29, "gb2312", "小测试\\"),
        (32, "gb18030", "小𠮷"),
        (20, "shift_jis", "テスト"),
        (28, "big5", "測試"),
        (23, "cp1252", "100 €"),
        (25, "utf-16-be", "AB测"),
        (3, "iso8859-1", "AB12"),
    ],
)
def test_a_symbols_character_set_gives_the_text_that_a_serial_scanner_gives(reader, eci, encoding, text):
    data = text.encode(encoding)
    bits = [*character_set(eci), *octets(data)]
    [found] = reader.read(drawn(symbol(bits))).symbols
    by_serial_scanner = b"]Q2\\%06d" % eci + data.replace(b"\\", b"\\\\")
    assert text_of(found.data) == text_of(by_serial_scanner) == text


def test_two_character_sets_in_one_symbol(reader):
    bits = [*octets(b"AB12\\"), *character_set(29), *octets("小".encode("gb2312"))]
    [found] = reader.read(drawn(symbol(bits))).symbols
    assert text_of(found.data) == "AB12\\小"


def test_without_a_character_set_the_bytes_are_those_of_the_symbol(reader):
    for data in (b"\\000029AB", b"]Q2\\000003AB", "姓名".encode("gb18030"), b"\x00\xff"):
        [found] = reader.read(drawn(symbol(octets(data)))).symbols
        assert found.data == data


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("place", [0, 1])
def test_one_of_several_codes_is_known_however_it_is_held(turn, place):
    frame = turn(drawn(symbol([*appended(place, 2), *octets(b"110199199001010010")])))
    assert extents(frame) == [Extent.PART]


@pytest.mark.parametrize("mask", range(8))
@pytest.mark.parametrize("version", [1, 4, 7, 20, 40])
def test_each_mask_and_size(version, mask):
    for bits in (octets(b"AB12", version), capitals("AB12", version)):
        assert extents(drawn(symbol(bits, version, mask), 3)) == [Extent.WHOLE]
        assert extents(drawn(symbol([*appended(1, 3), *bits], version, mask), 3)) == [Extent.PART]


@settings(max_examples=60)
@given(
    st.booleans(), st.sampled_from([1, 3, 5, 9]), st.sets(st.tuples(st.integers(1, 5), st.integers(1, 2)), max_size=5)
)
def test_a_damaged_corner_never_makes_a_part_a_whole_code_nor_the_other_way(is_part, version, damaged):
    text: Bits = capitals("AB12", version)
    modules = symbol([*appended(0, 2), *text] if is_part else text, version)
    for row, column in damaged:
        modules[-row, -column] ^= True
    assert set(extents(drawn(modules))) <= {Extent.PART if is_part else Extent.WHOLE, Extent.UNSURE}


def test_two_halves_of_a_token_are_refused_once_each_and_nobody(reader):
    halves = [drawn(symbol([*appended(place, 2), *octets(b"A1B2" * 8)])) for place in range(2)]
    forms = Forms((), Pattern("TB[0-9]{10}"), "0352", {})
    for half in halves:
        frames = FrameReader(reader)
        told = [each for at in range(5) for each in frames.read(half, float(at))]
        assert told == [TextScan(b"A1B2" * 8, part=True)]
        assert understand(TextScan(b"A1B2" * 8, part=True), forms, None) == Rejected(Refusal.ONE_OF_PARTS)


def test_a_half_alone_does_not_end_the_child_of_zbar():
    zbar = ZBar()
    try:
        half = drawn(symbol([*appended(0, 2), *octets(b"A1B2" * 8)]))
        whole = drawn(symbol(octets(b"A1B2" * 8)))
        assert zbar.read(half, True) == []
        assert [each.data for each in zbar.read(whole, True)] == [b"A1B2" * 8]
    finally:
        zbar.close()


def test_telling_it_costs_little_beside_reading_it():
    frame = np.pad(drawn(symbol(octets(b"A1B2" * 8))), 150, constant_values=255)
    reading, telling = [], []
    for _ in range(20):
        start = time.perf_counter()
        [found] = zxingcpp.read_barcodes(frame, text_mode=TEXT_MODE)
        middle = time.perf_counter()
        assert extent(found) is Extent.WHOLE
        reading.append(middle - start)
        telling.append(time.perf_counter() - middle)
    assert min(telling) < 0.2 * min(reading)
