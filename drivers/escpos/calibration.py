"""The calibration slip, pure: ten numbered trials, each harmless to a printer that lacks what it tries."""

from collections.abc import Iterator

from escpos.constants import CTL_LF
from PIL import Image

from drivers.escpos.abilities import Abilities
from drivers.escpos.encoder import CUT, FILL, SlipEncoder
from drivers.escpos.raster import columns_24, raster
from kiosk.ports import Barcode, Document, Element, QrCode, Space, Text

DIGITS = "484950515253"
"""In code set C these are the bytes 012345: a printer that does not know the command prints digits."""
QR_TEXT = "KIOSK"
CROSS = (
    "11111111",
    "11000011",
    "10100101",
    "10011001",
    "10011001",
    "10100101",
    "11000011",
    "11111111",
)
SCALE, SMALL_SCALE = 16, 3
"""Dots a side of each of the cross's squares, in the picture and in the column image, where eight must make 24. Neither
makes a byte that begins another command."""
NARROW = "8<---------- 58 mm, 32 -------->"
WIDE = "8<------------------- 80 mm, 48 --------------->"
MIDDLE = "9<---------------- 80 mm, 42 ------------>"
ENDING = Space(120)
"""Past the tear bar of a printer that knows no cut."""


def calibration_slip() -> bytes:
    """Trials 1-3 Chinese of GB2312, GBK and GB18030; 4 Code 128; 5 QR; 6 GS v 0; 7 ESC *; 8 and 9 rulers; 10 GS V.

    The tenth feeds before it cuts: its line is out on either model, and only a hand parts a slip that was not cut.
    """
    return b"".join(trial + FILL for trial in _trials())


def _trials() -> Iterator[bytes]:
    for text in ("1 核酸采样 .", "2 堃镕 .", "3 㛃𠮷 ."):
        yield _drawn(Text(text))
    yield _drawn(Text("4 Code 128"), Barcode(DIGITS, 88, 2))
    yield _drawn(Text("5 QR"), QrCode(QR_TEXT, 6))
    cross = _cross()
    # A white row below: without it the last band would have 16 rows, and 16 is DLE.
    above_white = cross.crop((0, 0, cross.width, cross.height + 1))
    yield _drawn(Text("6 GS v 0")) + b"".join(raster(above_white, SCALE, SCALE))
    small = cross.resize((cross.width * SMALL_SCALE, cross.height * SMALL_SCALE), Image.Resampling.NEAREST)
    yield _drawn() + b"7 " + (columns_24(small) + b" ") * 3 + CTL_LF
    yield b"".join((_drawn(), NARROW.encode(), CTL_LF, WIDE.encode(), CTL_LF))
    yield b"".join((_drawn(), MIDDLE.encode(), CTL_LF))
    yield _drawn(Text("10 GS V"), ENDING) + CUT


def _drawn(*elements: Element) -> bytes:
    """As the kiosk itself would print it; begins by clearing what the trial before may have left in the line."""
    encoder = SlipEncoder(Abilities(charset="gb18030", fonts=()))
    *pieces, _cut = encoder.pieces(Document("trial", elements))
    return b"".join(pieces)


def _cross() -> Image.Image:
    """A square with a cross in it, ink white."""
    picture = Image.new("1", (len(CROSS[0]), len(CROSS)))
    picture.putdata([255 if dot == "1" else 0 for row in CROSS for dot in row])
    return picture
