"""A Document as ESC/POS bytes, pure: commands and printer profiles from python-escpos, text encoding ours.

python-escpos' own text() sends a whole string as GB18030 without entering Chinese mode, and barcode() writes to
standard output; so text and barcodes are put together here from its constants.
"""

from collections.abc import Iterator, Sequence
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
from escpos.escpos import Escpos

from drivers.glyphs import CELL, Glyphs
from kiosk.ports import Align, Barcode, Document, QrCode, Space, Text

CHINESE_ON = b"\x1c\x26"
CHINESE_SPACING_0 = b"\x1c\x53\x00\x00"
CUT = GS + b"V\x42\x00"
"""Function B: feed to the cutter or tear bar, then cut where there is a cutter."""
MISSING = "〓"
"""Stands for a character that neither the printer's ROM nor a font has: never a raw four-byte sequence."""
COLUMNS_24 = ESC + b"*" + bytes([33, CELL, 0])
"""A 24-dot column image of 24 columns: stands in the text line like a character."""
RARE_FONTS = (
    Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
"""Where Debian's packages fonts-babelstone-han and fonts-hanazono put the characters of rare names."""
CODE_C = b"{C"
DOTS = {58: 384, 80: 576}
QUIET_MODULES = 10


class _Recorder(Escpos):  # type: ignore[misc]
    """python-escpos writing into memory."""

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)
        self.written = bytearray()

    def _raw(self, msg: bytes) -> None:
        self.written += msg


class SlipEncoder:
    """Turns documents into the bytes of one printer model; ValueError for a profile without native codes.

    `charset` is what the ROM holds, `gbk` or `gb18030`; what it lacks is drawn from `fonts`.
    """

    def __init__(
        self,
        profile: str = "default",
        paper_mm: int = 58,
        charset: str = "gbk",
        fonts: Sequence[Path] = RARE_FONTS,
    ) -> None:
        self._recorder = _Recorder(profile)
        self._charset, self._glyphs = charset, Glyphs(fonts)
        self._dots = DOTS[paper_mm]
        lacking = [name for name in ("barcodeB", "qrCode") if not self._recorder.profile.supports(name)]
        if lacking:
            raise ValueError(f"the profile {profile} has no native {' and '.join(lacking)}")

    def encode(self, document: Document) -> bytes:
        """The slip from initialise to cut."""
        out = bytearray(HW_INIT + CHINESE_ON + CHINESE_SPACING_0)
        modes = _Modes()
        for element in document.elements:
            match element:
                case Text():
                    out += b"".join(modes.turn(element.align, element.width, element.height, element.bold))
                    out += self._text(element) + CTL_LF
                case Barcode():
                    out += b"".join(modes.turn(Align.CENTRE)) + self._barcode(element)
                case QrCode():
                    out += b"".join(modes.turn(Align.CENTRE)) + self._qr(element)
                case Space():
                    out += _feed(element.dots)
        return bytes(out + CUT)

    def _text(self, text: Text) -> bytes:
        """The line in the printer's charset. Control characters cannot pass: nothing scanned is ever a command."""
        drawable = (text.width, text.height) == (1, 1)
        return b"".join(self._character(character, drawable) for character in text.text)

    def _character(self, character: str, drawable: bool) -> bytes:
        if not character.isprintable():
            return b"?"
        try:
            return character.encode(self._charset)
        except UnicodeEncodeError:
            columns = self._glyphs.columns(character) if drawable else None
            return MISSING.encode("gbk") if columns is None else COLUMNS_24 + columns

    def _barcode(self, barcode: Barcode) -> bytes:
        """Code 128, function B, set C: each byte is the value of two digits."""
        values = bytes(int(barcode.digits[at : at + 2]) for at in range(0, len(barcode.digits), 2))
        modules = 11 * (len(values) + 2) + 13 + 2 * QUIET_MODULES
        if len(barcode.digits) % 2 or modules * barcode.module > self._dots:
            raise ValueError(f"a Code 128 of {len(barcode.digits)} digits does not fit {self._dots} dots")
        data = CODE_C + values
        size = BARCODE_HEIGHT + bytes([barcode.height]) + BARCODE_WIDTH + bytes([barcode.module])
        kind: bytes = BARCODE_TYPES["B"]["CODE128"]
        return b"".join((size, BARCODE_TXT_OFF, kind, bytes([len(data)]), data))

    def _qr(self, qr: QrCode) -> bytes:
        self._recorder.written.clear()
        self._recorder.qr(qr.data, ec=QR_ECLEVEL_M, size=qr.module, native=True)
        return bytes(self._recorder.written)


class _Modes:
    """The printer's text modes within a slip; only changes are sent. Starts as ESC @ leaves them."""

    def __init__(self) -> None:
        self._align, self._size, self._bold = Align.LEFT, (1, 1), False

    def turn(self, align: Align, width: int = 1, height: int = 1, bold: bool = False) -> Iterator[bytes]:
        if align is not self._align:
            self._align = align
            yield TXT_STYLE["align"]["center" if align is Align.CENTRE else "left"]
        if (width, height) != self._size:
            self._size = (width, height)
            yield GS + b"!" + bytes([(width - 1) << 4 | (height - 1)])
        if bold != self._bold:
            self._bold = bold
            yield TXT_STYLE["bold"][bold]


def _feed(dots: int) -> bytes:
    return b"".join(((ESC + b"J\xff") * (dots // 255), ESC, b"J", bytes([dots % 255])))
