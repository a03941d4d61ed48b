"""Strips to dots on paper. Pixels: 0 black, 255 white; 8 dots a millimetre."""

import time
from collections.abc import Iterable
from functools import lru_cache

import qrcode
from PIL import Image, ImageChops
from qrcode.util import QRData

from kiosk.virtual.printer.strips import Bars, Bits, Character, Columns, Ink, QrSymbol, Strip, Style
from kiosk.virtual.printer.typeface import magnified

# Section 3: 30 L, 31 M, 32 Q, 33 H, as the last four numbers of the library.
LEVELS = {48: 1, 49: 0, 50: 3, 51: 2}
# Every mask is legal and every reader knows it; to weigh all eight would take six times as long.
MASK = 3


def draw(strips: Iterable[tuple[int, int, Strip]], width: int, rows: int) -> Image.Image:
    """A one-bit image of `rows` rows; each strip comes with its first row and how many of its rows were burnt."""
    paper = Image.new("1", (width, rows), 1)
    for top, burnt, strip in strips:
        if strip.ink and burnt > 0:
            paper.paste(0, (0, top), _strip(strip, width).crop((0, 0, width, burnt)))
            # An answer that is due goes out between two strips, not after the interpreter's switch interval.
            time.sleep(0)
    return paper


def black_rows(paper: Image.Image) -> tuple[int, int] | None:
    """The first and the last row with a black dot."""
    box = ImageChops.invert(paper.convert("L")).getbbox()
    return (box[1], box[3] - 1) if box else None


def qr_side(data: bytes, level: int) -> int | None:
    """Modules a side of the smallest symbol that holds the data; None if none does."""
    code = _code(data, level)
    try:
        version: int = code.best_fit(start=1)
    except (ValueError, qrcode.exceptions.DataOverflowError):
        return None
    return 17 + 4 * version


def _strip(strip: Strip, width: int) -> Image.Image:
    mask = Image.new("1", (width, strip.rows), 0)
    for placed in strip.ink:
        ink = mask_of(placed.ink)
        mask.paste(255, (placed.x, placed.y), ink)
    return mask.transpose(Image.Transpose.ROTATE_180) if strip.upside_down else mask


def mask_of(ink: Ink) -> Image.Image:
    match ink:
        case Character():
            return _character(ink)
        case Bits(data, width, height, across, down):
            bits = Image.frombytes("1", (width, height), data)
            return bits if across == down == 1 else bits.resize((width * across, height * down))
        case Columns():
            return _columns(ink)
        case Bars(modules, module, height):
            row = Image.new("1", (len(modules), 1))
            row.putdata([255 if bar else 0 for bar in modules])
            return row.resize((len(modules) * module, height))
        case QrSymbol(data, level, module, side):
            symbol = _qr(data, level)
            return symbol.resize((side * module, side * module))


@lru_cache(maxsize=1024)
def _character(ink: Character) -> Image.Image:
    style = ink.style
    mask = magnified(ink.char, ink.font, style.across, style.down)
    if style.bold:
        # A bold dot is burnt once more, one dot to the right.
        shifted = Image.new("1", mask.size, 0)
        shifted.paste(mask, (1, 0))
        mask = ImageChops.logical_or(mask, shifted)
    if style.rotate:
        mask = mask.transpose(Image.Transpose.ROTATE_270)
    wide = Image.new("1", (ink.left_space + mask.width + ink.right_space, mask.height), 0)
    wide.paste(mask, (ink.left_space, 0))
    return _dressed(wide, style)


def _dressed(mask: Image.Image, style: Style) -> Image.Image:
    if style.underline:
        mask.paste(255, (0, mask.height - style.underline, mask.width, mask.height))
    return ImageChops.invert(mask) if style.invert else mask


def _columns(ink: Columns) -> Image.Image:
    high = 8 * ink.per_column
    count = len(ink.data) // ink.per_column
    # Packed columns are packed rows of the picture laid on its side.
    lying = Image.frombytes("1", (high, count), ink.data)
    return lying.transpose(Image.Transpose.TRANSPOSE).resize((count * ink.across, high * ink.down))


@lru_cache(maxsize=64)
def _qr(data: bytes, level: int) -> Image.Image:
    code = _code(data, level)
    code.make(fit=True)
    modules = code.get_matrix()
    image = Image.new("1", (len(modules), len(modules)))
    image.putdata([255 if dark else 0 for row in modules for dark in row])
    return image


def _code(data: bytes, level: int) -> "qrcode.QRCode[object]":
    code = qrcode.QRCode(error_correction=LEVELS.get(level, 1), border=0, mask_pattern=MASK)
    code.add_data(QRData(data))
    return code
