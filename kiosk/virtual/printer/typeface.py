"""The printer's character ROM: one-bit glyphs of 12 x 24, 9 x 17 and 24 x 24 dots."""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT_FILE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FONT_PACKAGE = "fonts-wqy-microhei"

# Cell in dots, size of the outline in pixels, index in the collection (1 is mono), rows above the base line.
CELLS: dict[str, tuple[int, int, int, int, int]] = {
    "A": (12, 24, 20, 1, 19),
    "B": (9, 17, 15, 1, 13),
    "chinese": (24, 24, 24, 0, 20),
}
THRESHOLD = 112
LAST_CONTROL = 0x1F


class FontMissing(Exception):  # noqa: N818
    """The outlines of the character ROM are not on this machine."""


def cell_size(font: str) -> tuple[int, int]:
    """Width and height in dots of a character of font `A`, `B` or `chinese`."""
    return CELLS[font][:2]


def check() -> None:
    """FontMissing if the character ROM cannot be drawn."""
    for font in CELLS:
        _outlines(font)


@lru_cache(maxsize=4096)
def glyph(char: str, font: str) -> Image.Image:
    """The character as a one-bit mask, ink 255; a blank box where the ROM has none. FontMissing."""
    width, height, _, _, _ = CELLS[font]
    if char.isspace():
        return Image.new("1", (width, height), 0)
    drawn = _drawn(char, font)
    if not char or ord(char) <= LAST_CONTROL or drawn.tobytes() == _notdef(font):
        return _box(width, height)
    return drawn


@lru_cache(maxsize=512)
def magnified(char: str, font: str, across: int, down: int) -> Image.Image:
    base = glyph(char, font)
    return base if across == down == 1 else base.resize((base.width * across, base.height * down))


def _drawn(char: str, font: str) -> Image.Image:
    width, height, _, _, base = CELLS[font]
    outlines = _outlines(font)
    grey = Image.new("L", (width, height), 0)
    left = (width - outlines.getlength(char)) / 2
    ImageDraw.Draw(grey).text((round(left), base), char, fill=255, font=outlines, anchor="ls")
    return grey.point(lambda level: 255 if level >= THRESHOLD else 0).convert("1")


@lru_cache(maxsize=4)
def _notdef(font: str) -> bytes:
    # U+FFFF is no character, so no font has it.
    return _drawn("\uffff", font).tobytes()


def _box(width: int, height: int) -> Image.Image:
    box = Image.new("1", (width, height), 0)
    ImageDraw.Draw(box).rectangle((1, 2, width - 3, height - 4), outline=255)
    return box


@lru_cache(maxsize=4)
def _outlines(font: str) -> ImageFont.FreeTypeFont:
    _, _, size, index, _ = CELLS[font]
    try:
        return ImageFont.truetype(FONT_FILE, size, index=index, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise FontMissing(f"{FONT_FILE} cannot be read: install the Debian package {FONT_PACKAGE}") from error
