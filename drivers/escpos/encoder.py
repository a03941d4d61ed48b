"""A Document as ESC/POS bytes, pure: commands and printer profiles from python-escpos, text encoding ours.

python-escpos' own text() sends a whole string as GB18030 without entering Chinese mode, and barcode() writes to
standard output; so text and barcodes are put together here from its constants.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from escpos.constants import (
    BARCODE_HEIGHT,
    BARCODE_TXT_OFF,
    BARCODE_TYPES,
    BARCODE_WIDTH,
    CTL_LF,
    ESC,
    GS,
    HW_INIT,
    QR_ECLEVEL_M,
    TXT_STYLE,
)
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import BIT_LIMIT_TABLE

from drivers.escpos.glyphs import CELL, Glyphs
from drivers.escpos.library import CAPABILITIES, Escpos, get_profile
from drivers.escpos.line_fitting import characters, fit
from drivers.escpos.raster import CODE_128_QUIET, code_128_bars, columns_24, qr_modules, raster
from kiosk.ports import COLUMNS, Align, Barcode, Document, Element, Pair, QrCode, Rule, Space, Text, columns

CHINESE_ON = b"\x1c\x26"
CHINESE_SPACING_0 = b"\x1c\x53\x00\x00"
CUT = GS + b"V\x42\x00"
"""Function B: feed to the cutter or tear bar, then cut where there is a cutter."""
FILL = b"\x7f" + bytes(63)
"""Ends whatever command was cut off. The first byte is no digit of code set C, so no barcode can be completed with
wrong digits; the rest is nothing where text is expected."""
MISSING = "〓"
"""Stands for a character that neither the printer's ROM nor a font has: never a raw four-byte sequence."""
RARE_FONTS = (
    Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
"""Where Debian's packages fonts-babelstone-han and fonts-hanazono put the characters of rare names."""
CODE_C = b"{C"
DOTS = {58: 384, 80: 576}
HALF_CELL = CELL // 2
LINE = "─"
LINE_ROWS = 30
TEAR_ROWS = 160
"""From the head to the cutter or tear bar: 12 to 20 mm."""
WIDE = 2
"""Columns of a Chinese character."""
QR_HEADER_BITS = 20
"""Mode and length of a QR symbol that holds bytes; how a printer packs them is its own affair, this is the worst."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model of printer has: paper, character ROM (ascii, gb2312, gbk or gb18030), codes of its own."""

    paper_mm: int = 58
    charset: str = "gbk"
    own_barcode: bool = True
    own_qr: bool = True
    fonts: Sequence[Path] = RARE_FONTS
    """What the ROM lacks is drawn from these."""


def own_codes(profile: str) -> tuple[bool, bool]:
    """Whether a model of python-escpos' database draws Code 128 and QR by itself. Raises KeyError."""
    model = get_profile(profile)
    return model.supports("barcodeB"), model.supports("qrCode")


def profiles() -> list[str]:
    """The models that python-escpos' database has."""
    return list(CAPABILITIES["profiles"])


class _Recorder(Escpos):  # type: ignore[misc]
    """python-escpos writing into memory."""

    def __init__(self) -> None:
        super().__init__(profile="default")
        self.written = bytearray()

    def _raw(self, msg: bytes) -> None:
        self.written += msg


class SlipEncoder:
    """Turns documents into the bytes of one printer model."""

    def __init__(self, abilities: Abilities = Abilities()) -> None:
        self._abilities = abilities
        self._recorder, self._glyphs = _Recorder(), Glyphs(abilities.fonts)
        self._dots, self._columns = DOTS[abilities.paper_mm], COLUMNS[abilities.paper_mm]
        self._native = lru_cache(maxsize=4096)(self._in_rom)
        self._width = lru_cache(maxsize=4096)(self._columns_of)

    @property
    def fill(self) -> bytes:
        """Ends whatever command was cut off. Where no barcode can be completed wrongly, only zeros: they make a torn
        length a small one."""
        return FILL if self._abilities.own_barcode else bytes(len(FILL))

    def encode(self, document: Document) -> bytes:
        """The slip from initialise to cut."""
        return b"".join(self.pieces(document))

    def pieces(self, document: Document) -> Iterator[bytes]:
        """The same in whole commands: between two pieces a real-time question may stand."""
        yield HW_INIT + CHINESE_ON + CHINESE_SPACING_0
        modes = _Modes()
        for element in document.elements:
            yield from self._element(element, modes)
        yield CUT

    def rows(self, document: Document) -> int:
        """Dot rows of paper that the slip takes, from the first to the cut; a little more rather than less."""
        return sum(map(self._rows, document.elements)) + TEAR_ROWS

    def _rows(self, element: Element) -> int:
        match element:
            case Text(text, width, height, _, _, indent):
                lines = fit(characters(text), self._columns // width, indent // width, self._width)
                return len(lines) * max(LINE_ROWS, CELL * height)
            case Pair(left, right):
                return self._rows(left) + self._rows(right)
            case Rule():
                return LINE_ROWS
            case Barcode(_, height, _):
                return height
            case QrCode(data, module):
                return _qr_side(len(data.encode())) * module
            case Space(dots):
                return dots

    def _element(self, element: Element, modes: "_Modes") -> Iterator[bytes]:
        match element:
            case Text():
                yield from self._text(element, modes)
            case Pair():
                yield from self._pair(element, modes)
            case Rule():
                yield modes.turn(Align.LEFT) + self._rule() + CTL_LF
            case Barcode():
                yield from self._code(modes, self._barcode(element))
            case QrCode():
                yield from self._code(modes, self._qr(element))
            case Space():
                yield _feed(element.dots)

    # Text

    def _text(self, text: Text, modes: "_Modes") -> Iterator[bytes]:
        room, indent = self._columns // text.width, text.indent // text.width
        for number, line in enumerate(fit(characters(text.text), room, indent, self._width)):
            cells = [" "] * (indent if number else 0) + line
            yield modes.turn(text.align, text.width, text.height, text.bold)
            yield from self._line(cells, text)

    def _line(self, cells: list[str], text: Text) -> Iterator[bytes]:
        """Native text; a magnified line with a character that the ROM lacks is a picture as a whole."""
        magnified = (text.width, text.height) != (1, 1)
        picture = self._picture(cells) if magnified and not all(map(self._has, cells)) else None
        if picture is None:
            yield b"".join(self._cell(cell, not magnified) for cell in cells) + CTL_LF
        else:
            yield from raster(picture, text.width, text.height)

    def _rule(self) -> bytes:
        """Not a picture: one that is cut off in its height would feed metres of paper."""
        return (self._native(LINE) or b"--") * (self._columns // 2)

    def _pair(self, pair: Pair, modes: "_Modes") -> Iterator[bytes]:
        left, right = pair.left, pair.right
        wide = [sum(map(self._width, characters(each.text))) * each.width for each in (left, right)]
        gap = self._columns - sum(wide)
        drawn = any(each.width * each.height > 1 and not self._has_all(each.text) for each in (left, right))
        if gap < 1 or drawn:
            yield from self._text(left, modes)
            yield from self._text(right, modes)
            return
        yield modes.turn(Align.LEFT, left.width, left.height, left.bold) + self._words(left)
        yield modes.turn(Align.LEFT) + b" " * gap
        yield modes.turn(Align.LEFT, right.width, right.height, right.bold) + self._words(right) + CTL_LF

    def _words(self, text: Text) -> bytes:
        return b"".join(self._cell(cell, drawable=True) for cell in characters(text.text))

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
        charset = self._abilities.charset
        try:
            return _gb2312(character) if charset == "gb2312" else character.encode(charset)
        except UnicodeError:
            return None

    def _has_all(self, text: str) -> bool:
        return all(map(self._has, characters(text)))

    def _columns_of(self, character: str) -> int:
        """Columns: what a Chinese ROM has beside ASCII takes two there."""
        if character.isascii():
            return 1
        return WIDE if self._has(character) else columns(character[0])

    def _picture(self, cells: list[str]) -> Image.Image | None:
        """The line at magnification 1; None if no font is there to draw it."""
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

    def _drawn(self, character: str) -> Image.Image | None:
        width = self._width(character) * HALF_CELL
        return self._glyphs.cell(character, width) or self._glyphs.cell(self._stand_in(character), width)

    # Codes

    def _code(self, modes: "_Modes", commands: Iterator[bytes]) -> Iterator[bytes]:
        yield modes.turn(Align.CENTRE)
        yield from commands

    def _barcode(self, barcode: Barcode) -> Iterator[bytes]:
        """Code 128, function B, set C: each byte is the value of two digits."""
        values = bytes(int(barcode.digits[at : at + 2]) for at in range(0, len(barcode.digits), 2))
        modules = 11 * (len(values) + 2) + 13 + 2 * CODE_128_QUIET
        if len(barcode.digits) % 2 or modules * barcode.module > self._dots:
            raise ValueError(f"a Code 128 of {len(barcode.digits)} digits does not fit {self._dots} dots")
        if not self._abilities.own_barcode:
            yield from raster(code_128_bars(barcode.digits), barcode.module, barcode.height)
            return
        data = CODE_C + values
        size = BARCODE_HEIGHT + bytes([barcode.height]) + BARCODE_WIDTH + bytes([barcode.module])
        yield b"".join((size, BARCODE_TXT_OFF, BARCODE_TYPES["B"]["CODE128"], bytes([len(data)]), data))

    def _qr(self, qr: QrCode) -> Iterator[bytes]:
        if not self._abilities.own_qr:
            modules = qr_modules(qr.data)
            size = min(qr.module, self._dots // modules.width)
            yield from raster(modules, size, size)
            return
        self._recorder.written.clear()
        size = min(qr.module, self._dots // _qr_side(len(qr.data.encode())))
        self._recorder.qr(qr.data, ec=QR_ECLEVEL_M, size=size, native=True)
        yield bytes(self._recorder.written)


class _Modes:
    """The printer's text modes within a slip; only changes are sent. Starts as ESC @ leaves them."""

    def __init__(self) -> None:
        self._align, self._size, self._bold = Align.LEFT, (1, 1), False

    def turn(self, align: Align, width: int = 1, height: int = 1, bold: bool = False) -> bytes:
        commands = b""
        if align is not self._align:
            self._align = align
            commands += TXT_STYLE["align"]["center" if align is Align.CENTRE else "left"]
        if (width, height) != self._size:
            self._size = (width, height)
            commands += GS + b"!" + bytes([(width - 1) << 4 | (height - 1)])
        if bold != self._bold:
            self._bold = bold
            commands += TXT_STYLE["bold"][bold]
        return commands


def _gb2312(character: str) -> bytes:
    """GB 2312 as printers read it, where A1A4 is the middle dot of names and A1AA the dash: Python's own codec knows
    them as Japanese characters. Raises UnicodeError."""
    code = character.encode("gbk")
    code.decode("gb2312")
    return code


def _qr_side(size: int) -> int:
    """Modules across a level M symbol that holds so many bytes. Raises ValueError if there is none."""
    limits = BIT_LIMIT_TABLE[ERROR_CORRECT_M]
    for version, bits in enumerate(limits):
        if version and QR_HEADER_BITS + 8 * size <= bits:
            return 17 + 4 * version
    raise ValueError(f"no QR symbol holds {size} bytes")


def _feed(dots: int) -> bytes:
    return b"".join(((ESC + b"J\xff") * (dots // 255), ESC, b"J", bytes([dots % 255])))
