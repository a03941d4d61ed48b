"""Characters that a printer's ROM lacks, drawn from outline fonts into cells 24 dots high, 12 or 24 wide.

Pillow is loaded with the fonts, when first one is drawn or somebody asks before: a start needs neither.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFont

CELL = 24
BASE = 20
"""Rows above the base line, as Chinese printers' ROMs have it."""
THRESHOLD = 48
"""Low, as the thin strokes of a Song face fall between the dots."""
NOBODY = "\U0010ffff"
"""No font has this one: what it draws is what it draws for every character that it lacks."""


def fault_of(font: Path) -> str:
    """Why a font file cannot be used; empty if it can."""
    from PIL import ImageFont

    try:
        ImageFont.truetype(str(font), CELL)
    except OSError as error:
        return error.strerror or ("is no outline font" if font.exists() else "No such file or directory")
    return ""


class Glyphs:
    """Draws with the first of `fonts` that is on this machine and has the character."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._files = fonts
        self.cell = lru_cache(maxsize=256)(self._cell)

    @cached_property
    def fonts(self) -> "list[ImageFont.FreeTypeFont]":
        """Those that can be used, loaded."""
        from PIL import ImageFont

        return [ImageFont.truetype(str(font), CELL) for font in self._files if not fault_of(font)]

    def _cell(self, character: str, width: int) -> "Image.Image | None":
        """The character in a cell `width` dots wide, ink white; None if no font has it. A letter may bear marks."""
        from PIL import Image, ImageDraw

        font = next((font for font in self.fonts if _has(font, character[0])), None)
        if font is None:
            return None
        cell = Image.new("L", (width, CELL), 0)
        left = (width - font.getlength(character)) / 2
        ImageDraw.Draw(cell).text((round(left), BASE), character, fill=255, font=font, anchor="ls")
        return cell.point(lambda level: 255 if level >= THRESHOLD else 0).convert("1")


def _has(font: "ImageFont.FreeTypeFont", character: str) -> bool:
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(NOBODY))
