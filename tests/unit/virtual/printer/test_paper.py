"""What stands on the paper: rows, sizes, Chinese, symbols read back by a decoder."""

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageOps

from kiosk.virtual.printer import FontMissing, typeface
from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Slip, Torn, drawn

TEAR = 96


def slip_of(data: bytes, **changes: object) -> Slip:
    """The slip of one job; a cut follows the data."""
    torn: list[Torn] = []
    settings = PrinterSettings(**changes)  # type: ignore[arg-type]
    machine = Machine(settings, lambda _at, _answer: None, torn.append)
    machine.take(data + b"\x1dVB\x00", 1.0)
    machine.advance(1000.0)
    return drawn(torn[0], settings.width)


def black(image: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.invert(image.convert("L")).getbbox()


def cell(image: Image.Image, x: int, y: int, width: int, height: int) -> bytes:
    return image.crop((x, y, x + width, y + height)).tobytes()


def read(image: Image.Image) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(ImageOps.expand(image.convert("L"), 40, 255)))


def blank_box(width: int) -> bytes:
    return typeface.glyph("", "chinese" if width == 24 else "A").tobytes()


def test_rows_of_text_lines() -> None:
    slip = slip_of(b"H\nH\n\x1b3\x28H\nH\n\x1b2\x1bJ\x64H\n")
    tops = []
    image = slip.image.convert("L")
    for row in range(1, image.height):
        line, before = (not ImageChops.invert(image.crop((0, y, 384, y + 1))).getbbox() for y in (row, row - 1))
        tops += [row - TEAR] if before and not line else []
    gap = tops[0]
    assert [top - gap for top in tops] == [0, 30, 60, 100, 140 + 100]
    assert slip.image.height == TEAR + 30 + 30 + 40 + 40 + 100 + 30


def test_columns_of_a_line_58_and_80() -> None:
    assert slip_of(b"x" * 33 + b"\n").lines == (b"x" * 32, b"x")
    assert slip_of(b"x" * 49 + b"\n", paper_mm=80).lines == (b"x" * 48, b"x")
    assert slip_of("国".encode("gbk") * 17 + b"\n").lines == ("国".encode("gbk") * 16, "国".encode("gbk"))


def test_a_break_never_splits_a_chinese_character() -> None:
    text = b"x" * 31 + "国".encode("gbk") + b"\n"
    assert slip_of(text).lines == (b"x" * 31, "国".encode("gbk"))


def test_alignment() -> None:
    for align, left in ((0, 0), (1, 186), (2, 372)):
        box = black(slip_of(b"\x1ba" + bytes((align,)) + b"\x1dB\x01 \n").image)
        assert box == (left, TEAR, left + 12, TEAR + 24)


def test_alignment_only_at_the_line_start() -> None:
    assert black(slip_of(b"\x1dB\x01 \x1ba\x02 \n").image) == (0, TEAR, 24, TEAR + 24)


@pytest.mark.parametrize(
    ("command", "text", "size"),
    [
        (b"\x1d!\x00", b" ", (12, 24)),
        (b"\x1d!\x21", b" ", (36, 48)),
        (b"\x1b!\x30", b" ", (24, 48)),
        (b"\x1b!\x10", b" ", (12, 48)),
        (b"\x1bM\x01", b" ", (9, 17)),
        (b"", b"\xa1\xa1", (24, 24)),
        (b"\x1d!\x11", b"\xa1\xa1", (48, 48)),
        (b"\x1c!\x04", b"\xa1\xa1", (48, 24)),
        (b"\x1c!\x08", b"\xa1\xa1", (24, 48)),
        (b"\x1cW\x01", b"\xa1\xa1", (48, 48)),
        (b"\x1cS\x02\x03", b"\xa1\xa1", (29, 24)),
    ],
)
def test_sizes(command: bytes, text: bytes, size: tuple[int, int]) -> None:
    box = black(slip_of(b"\x1dB\x01" + command + text + b"\n").image)
    assert box == (0, TEAR, size[0], TEAR + size[1])


def test_small_and_large_stand_on_one_line() -> None:
    image = slip_of(b"\x1dB\x01 \x1d!\x11 \n").image
    assert black(image) == (0, TEAR, 36, TEAR + 48)
    assert black(image.crop((0, 0, 12, TEAR + 48))) == (0, TEAR + 24, 12, TEAR + 48)


def test_underline_and_bold() -> None:
    assert black(slip_of(b"\x1b-\x01 \n").image) == (0, TEAR + 23, 12, TEAR + 24)
    assert black(slip_of(b"\x1b-\x02 \n").image) == (0, TEAR + 22, 12, TEAR + 24)
    plain, bold = (slip_of(mode + b"H\n").image.convert("L").histogram()[0] for mode in (b"", b"\x1bE\x01"))
    assert bold > plain * 1.2


def test_margin_width_tab_and_moves() -> None:
    assert black(slip_of(b"\x1dL\x10\x00\x1dB\x01 \n").image) == (16, TEAR, 28, TEAR + 24)
    assert black(slip_of(b"\t\x1dB\x01 \n").image) == (96, TEAR, 108, TEAR + 24)
    assert black(slip_of(b"\x1b$\x64\x00\x1b\\\xfe\xff\x1dB\x01 \n").image) == (98, TEAR, 110, TEAR + 24)
    assert slip_of(b"\x1dW\x30\x00xxxxx\n").lines == (b"xxxx", b"x")


def test_upside_down_and_rotated() -> None:
    assert black(slip_of(b"\x1b{\x01\x1dB\x01 \n").image) == (372, TEAR + 6, 384, TEAR + 30)
    assert black(slip_of(b"\x1bV\x01\x1dB\x01 \n").image) == (0, TEAR, 24, TEAR + 12)


def test_chinese_off_prints_code_page_characters() -> None:
    text = "国".encode("gbk")
    assert slip_of(b"\x1dB\x01\xa1\xa1\n").image.tobytes() != slip_of(b"\x1c.\x1dB\x01\xa1\xa1\n").image.tobytes()
    assert slip_of(b"\x1c." + text * 16 + b"x\n").lines == (text * 16, b"x")
    off = slip_of(text + b"\n", chinese_at_start=False).image
    assert off.tobytes() == slip_of(b"\x1c." + text + b"\n").image.tobytes()
    on = slip_of(b"\x1c&" + text + b"\n", chinese_at_start=False).image
    assert on.tobytes() == slip_of(text + b"\n").image.tobytes()


def test_a_chinese_character_fills_the_middle_of_its_cell() -> None:
    box = black(slip_of("国".encode("gbk") + b"\n").image)
    assert box is not None
    left, top, right, bottom = box
    assert abs(left - (24 - right)) <= 2
    assert abs((top - TEAR) - (24 - (bottom - TEAR))) <= 2
    assert right - left >= 18


def test_four_bytes_on_a_gbk_rom_are_rubbish_two_boxes() -> None:
    image = slip_of(bytes.fromhex("8230b731") + b"H\n").image
    assert cell(image, 0, TEAR, 24, 24) == cell(image, 24, TEAR, 24, 24)
    box = ImageChops.invert(image.crop((0, TEAR, 24, TEAR + 24)).convert("L")).convert("1")
    assert box.tobytes() == blank_box(24)
    assert black(image.crop((48, TEAR, 60, TEAR + 24))) is not None


def test_four_bytes_on_a_gb18030_rom_are_one_character() -> None:
    kong = "㔾".encode("gb18030")
    assert len(kong) == 4
    image = slip_of(kong + b"\x1dB\x01 \n", charset="gb18030").image
    assert black(image.crop((24, 0, 384, image.height))) == (0, TEAR, 12, TEAR + 24)


def test_gbk_characters_of_the_notes_are_in_the_rom() -> None:
    for pair in ("88d2", "e946"):
        image = slip_of(bytes.fromhex(pair) + b"\n").image.crop((0, TEAR, 24, TEAR + 24))
        assert ImageChops.invert(image.convert("L")).convert("1").tobytes() != blank_box(24)


def test_a_command_after_half_a_character_prints_the_rest_right() -> None:
    assert slip_of(b"\xb9\x1b@H\n").lines == (b"H",)
    assert slip_of(b"\xb9\nH\n").lines == (b"H",)


def test_barcode_is_read_back_with_its_text() -> None:
    slip = slip_of(b"\x1ba\x01\x1dh\x50\x1dw\x02\x1dH\x02\x1dkI\x0c{BSZ{C\x00\x00\x0c\x22\x38\x4e")
    assert slip.barcodes == ("SZ000012345678",)
    assert [found.text for found in read(slip.image)] == ["SZ000012345678"]
    assert slip.image.height == TEAR + 80 + 26
    assert black(slip.image.crop((0, TEAR, 384, TEAR + 80))) == (58, 0, 58 + 2 * 134, 80)
    assert black(slip.image.crop((0, TEAR + 80, 384, TEAR + 106))) is not None


def test_barcode_text_above() -> None:
    slip = slip_of(b"\x1dh\x50\x1dw\x02\x1dH\x01\x1dkI\x04{C\x0c\x22")
    assert slip.image.height == TEAR + 26 + 80
    assert black(slip.image.crop((0, TEAR + 26, 384, TEAR + 106))) == (0, 0, 2 * 57, 80)


def test_barcode_wider_than_the_paper_prints_nothing_but_feeds() -> None:
    slip = slip_of(b"\x1dh\x50\x1dw\x03\x1dkI\x10{BSZ000012345678")
    assert (black(slip.image), slip.image.height, slip.barcodes) == (None, TEAR + 80, ())
    assert (slip.limit_s, slip.last_dot_at) == (0.0, slip.ended_at)
    # 189 modules of 3 dots are 567: more than 384, less than 576.
    on_80 = slip_of(b"\x1dh\x50\x1dw\x03\x1dkI\x10{BSZ000012345678", paper_mm=80)
    assert on_80.barcodes == ("SZ000012345678",)
    assert slip_of(b"\x1dh\x50\x1dw\x02\x1dkI\x10{BSZ000012345678").barcodes == ("SZ000012345678",)


def test_barcode_needs_an_empty_line() -> None:
    slip = slip_of(b"x\x1dkI\x04{C\x0c\x22\n")
    assert (slip.barcodes, slip.lines) == ((), (b"x",))


QR = b"https://voucher.example/v/0352a/000123/9f8e7d6c5b4a392817"


def qr_job(data: bytes, module: int, level: int = 0x31) -> bytes:
    store = b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    setup = b"\x1d(k\4\x001A2\0\x1d(k\3\x001C" + bytes((module,)) + b"\x1d(k\3\x001E" + bytes((level,))
    return setup + store + b"\x1d(k\3\x001Q0"


def test_qr_is_read_back_and_has_the_size_of_the_notes() -> None:
    slip = slip_of(b"\x1ba\x01" + qr_job(QR, 6))
    assert slip.qrs == (QR,)
    (found,) = read(slip.image)
    assert (found.text.encode(), found.format) == (QR, zxingcpp.BarcodeFormat.QRCode)
    # Section 3: a 58-byte URL at level M is version 4, 33 modules.
    assert black(slip.image) == ((384 - 198) // 2, TEAR, (384 + 198) // 2, TEAR + 198)


def test_qr_with_bytes_that_are_no_text_is_read_back() -> None:
    data = bytes(range(128, 190))
    (found,) = read(slip_of(qr_job(data, 4, 0x33)).image)
    assert found.bytes == data


def test_qr_too_wide_or_too_long_prints_nothing() -> None:
    assert black(slip_of(qr_job(QR, 12)).image) is None
    assert slip_of(qr_job(b"\xff" * 3000, 1)).qrs == ()


def test_qr_is_forgotten_by_initialise() -> None:
    job = qr_job(QR, 4)
    assert slip_of(job + b"\x1b@\x1d(k\3\x001Q0").qrs == (QR,)


def test_raster_and_its_scales() -> None:
    dots = b"\x02\x00\x02\x00" + b"\x80\x01\xff\xff"
    for mode, size in ((0, (16, 2)), (1, (32, 2)), (2, (16, 4)), (3, (32, 4))):
        slip = slip_of(b"\x1dv0" + bytes((mode,)) + dots)
        assert black(slip.image) == (0, TEAR, size[0], TEAR + size[1])
        assert slip.image.height == TEAR + size[1]
    image = slip_of(b"\x1dv0\0" + dots).image.convert("L")
    assert [image.getpixel((x, TEAR)) for x in (0, 1, 14, 15)] == [0, 255, 255, 0]


def test_graphics_are_stored_and_printed() -> None:
    body = b"0p0\x02\x011\x09\x00\x02\x00" + b"\x80\x00\x00\x80"
    stored = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    assert black(slip_of(stored).image) is None
    image = slip_of(stored + b"\x1d(L\2\x0002").image
    assert black(image) == (0, TEAR, 18, TEAR + 2)
    long = b"\x1d8L" + len(body).to_bytes(4, "little") + body
    assert slip_of(long + b"\x1d(L\2\x0002").image.tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("mode", "data", "box"),
    [
        (0, b"\x80\xff", (0, 0, 4, 24)),
        (1, b"\x80\x00", (0, 0, 1, 3)),
        (32, b"\x80\0\0\0\0\x01", (0, 0, 4, 24)),
        (33, b"\0\x80\0\0\0\0", (0, 8, 1, 9)),
    ],
)
def test_column_images(mode: int, data: bytes, box: tuple[int, int, int, int]) -> None:
    image = slip_of(b"\x1b*" + bytes((mode, 2, 0)) + data + b"\x1bJ\x18").image
    assert black(image) == (box[0], TEAR + box[1], box[2], TEAR + box[3])
    assert image.height == TEAR + 24


def test_deselected_printer_prints_nothing() -> None:
    assert slip_of(b"\x1b=\x00gone\n\x1b=\x01here\n").lines == (b"here",)


def test_a_missing_font_names_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(typeface, "FONT_FILE", f"{tmp_path}/none.ttc")
    typeface._outlines.cache_clear()  # noqa: SLF001
    with pytest.raises(FontMissing, match="fonts-wqy-microhei"):
        typeface.check()
    typeface._outlines.cache_clear()  # noqa: SLF001
