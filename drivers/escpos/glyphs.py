"""Characters that a printer's ROM lacks, drawn from outline fonts into cells 24 dots high, 12 or 24 wide."""

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


def fault_of(font: Path) -> str:
    """Why a font file cannot be used; empty if it can."""
    try:
        ImageFont.truetype(str(font), CELL)
    except OSError as error:
        return error.strerror or ("is no outline font" if font.exists() else "No such file or directory")
    return ""


class Glyphs:
    """Draws with the first of `fonts` that is on this machine and has the character."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._fonts = [ImageFont.truetype(str(font), CELL) for font in fonts if font.exists()]
        self.cell = lru_cache(maxsize=256)(self._cell)

    def _cell(self, character: str, width: int) -> Image.Image | None:
        """The character in a cell `width` dots wide, ink white; None if no font has it. A letter may bear marks."""
        font = next((font for font in self._fonts if _has(font, character[0])), None)
        if font is None:
            return None
        cell = Image.new("L", (width, CELL), 0)
        left = (width - font.getlength(character)) / 2
        ImageDraw.Draw(cell).text((round(left), BASE), character, fill=255, font=font, anchor="ls")
        return cell.point(lambda level: 255 if level >= THRESHOLD else 0).convert("1")


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(NOBODY))
