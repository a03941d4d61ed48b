"""Characters as a printer gets them: from its ROM, else drawn, else another that stands for it."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from escpos.constants import CTL_LF

from drivers.escpos.abilities import Abilities
from drivers.escpos.glyphs import CELL, Glyphs
from drivers.escpos.line_fitting import characters, fit
from drivers.escpos.raster import columns_24, raster
from kiosk.ports import Text, columns

if TYPE_CHECKING:
    from PIL import Image

MISSING = "〓"
"""Stands for a character that neither the printer's ROM nor a font has: never a raw four-byte sequence."""
HALF_CELL = CELL // 2
WIDE = 2
"""Columns of a Chinese character."""
LINE = "─"


class Lettering:
    """One model's characters, each in the ROM's charset or drawn from fonts."""

    def __init__(self, abilities: Abilities) -> None:
        self._charset, self._columns = abilities.charset, abilities.columns
        self._glyphs = Glyphs(abilities.fonts)
        self._native = lru_cache(maxsize=4096)(self._in_rom)
        self._width = lru_cache(maxsize=4096)(self._columns_of)

    def lines(self, text: Text) -> list[list[str]]:
        """The cells of each line that the text takes on this paper, indents as blanks."""
        full, indent = self._columns // text.width, text.indent // text.width
        first, *others = fit(characters(text.text), full, indent, self._width)
        return [first, *([" "] * indent + line for line in others)]

    def line(self, cells: list[str], across: int, down: int) -> Iterator[bytes]:
        """Native text; a magnified line with a character that the ROM lacks is a picture as a whole."""
        magnified = (across, down) != (1, 1)
        picture = self._picture(cells) if magnified and not all(map(self._has, cells)) else None
        if picture is None:
            yield b"".join(self._cell(cell, not magnified) for cell in cells) + CTL_LF
        else:
            yield from raster(picture, across, down)

    def words(self, text: str) -> bytes:
        """A part of a line."""
        return b"".join(self._cell(cell, drawable=True) for cell in characters(text))

    def width(self, text: str) -> int:
        """Columns at magnification 1."""
        return sum(map(self._width, characters(text)))

    def has_all(self, text: str) -> bool:
        """Whether nothing in it needs drawing."""
        return all(map(self._has, characters(text)))

    def rule(self) -> bytes:
        """A line across the paper. Not a picture: one that is cut off in its height would feed metres of paper."""
        return (self._native(LINE) or b"--") * (self._columns // 2)

    def _cell(self, character: str, drawable: bool) -> bytes:
        """One character in the ROM's charset, or drawn into the line."""
        native = self._native(character)
        if native is not None:
            return native
        cell = self._glyphs.cell(character, self._width(character) * HALF_CELL) if drawable else None
        return columns_24(cell) if cell is not None else self._native(self._stand_in(character)) or b"?"

    def _stand_in(self, character: str) -> str:
        """What is printed for a character that nobody has, no wider than it: a letter without its marks."""
        bare = unicodedata.normalize("NFD", character)[0]
        if bare.isalpha() and self._has(bare) and self._width(bare) <= self._width(character):
            return bare
        return MISSING if self._width(character) == WIDE else "?"

    def _has(self, character: str) -> bool:
        return self._native(character) is not None

    def _in_rom(self, character: str) -> bytes | None:
        """None also for a letter with marks that have no code together: a ROM sets them side by side."""
        if len(character) > 1:
            return None
        try:
            return _gb2312(character) if self._charset == "gb2312" else character.encode(self._charset)
        except UnicodeError:
            return None

    def _columns_of(self, character: str) -> int:
        """Columns: what a Chinese ROM has beside ASCII takes two there."""
        if character.isascii():
            return 1
        return WIDE if self._has(character) else columns(character[0])

    def _picture(self, cells: Sequence[str]) -> "Image.Image | None":
        """The line at magnification 1; None if no font is there to draw it."""
        from PIL import Image

        drawn = [self._drawn(cell) for cell in cells]
        found = [cell for cell in drawn if cell is not None]
        if len(found) < len(drawn):
            return None
        line = Image.new("1", (sum(cell.width for cell in found), CELL))
        at = 0
        for cell in found:
            line.paste(cell, (at, 0))
            at += cell.width
        return line

    def _drawn(self, character: str) -> "Image.Image | None":
        width = self._width(character) * HALF_CELL
        return self._glyphs.cell(character, width) or self._glyphs.cell(self._stand_in(character), width)


def _gb2312(character: str) -> bytes:
    """GB 2312 as printers read it, where A1A4 is the middle dot of names and A1AA the dash: Python's own codec knows
    them as Japanese characters. Raises UnicodeError."""
    code = character.encode("gbk")
    code.decode("gb2312")
    return code
