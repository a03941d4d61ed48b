"""Characters that a printer's ROM lacks, drawn from outline fonts as 24 x 24 dots."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL = 24
BASE = 20
"""Rows above the base line, as Chinese printers' ROMs have it."""
THRESHOLD = 48
"""Low, as the thin strokes of a Song face fall between the dots."""
NOBODY = "\U0010ffff"
"""No font has this one: what it draws is what it draws for every character that it lacks."""


class Glyphs:
    """Draws with the first of `fonts` that is on this machine and has the character."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._fonts = [ImageFont.truetype(str(font), CELL) for font in fonts if font.exists()]
        self.columns = lru_cache(maxsize=256)(self._columns)

    def _columns(self, character: str) -> bytes | None:
        """72 bytes, three a column from the left, the top dot in the highest bit; None if no font has it."""
        font = next((font for font in self._fonts if _has(font, character)), None)
        if font is None:
            return None
        cell = Image.new("L", (CELL, CELL), 0)
        left = (CELL - font.getlength(character)) / 2
        ImageDraw.Draw(cell).text((round(left), BASE), character, fill=255, font=font, anchor="ls")
        upright = cell.point(lambda level: 255 if level >= THRESHOLD else 0).convert("1")
        # A column of the cell is a row of its transpose, and rows are what an image's bytes are.
        return upright.transpose(Image.Transpose.TRANSPOSE).tobytes()


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    return bytes(font.getmask(character)) != bytes(font.getmask(NOBODY))
