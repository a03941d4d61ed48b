"""A Document as ESC/POS bytes, pure: commands and printer profiles from python-escpos, text encoding ours.

python-escpos' own text() sends a whole string as GB18030 without entering Chinese mode, and barcode() writes to
standard output; so text and barcodes are put together here from its constants.
"""

from collections.abc import Iterator
from typing import assert_never

from escpos.constants import CTL_LF, ESC, GS, HW_INIT, TXT_STYLE

from drivers.escpos.abilities import USUAL, Abilities
from drivers.escpos.glyphs import CELL
from drivers.escpos.lettering import Lettering
from drivers.escpos.symbols import Symbols, qr_side
from kiosk.ports import Align, Barcode, Document, Element, Pair, QrCode, Rule, Space, Text

CHINESE_ON = b"\x1c\x26"
CHINESE_SPACING_0 = b"\x1c\x53\x00\x00"
CUT = GS + b"V\x42\x00"
"""Function B: feed to the cutter or tear bar, then cut where there is a cutter."""
FILL = b"\x7f" + bytes(63)
"""Ends whatever command was cut off. The first byte is no digit of code set C, so no barcode can be completed with
wrong digits; the rest is nothing where text is expected."""
LINE_ROWS = 30
TEAR_ROWS = 160
"""From the head to the cutter or tear bar: 12 to 20 mm."""


SPECIMEN = Document(
    "specimen",
    (Text("㐀", 2, 2), Pair(Text("样"), Text("0")), Rule(), Barcode("00", 24, 1), QrCode("0", 1), Space(1)),
)
"""Something of each kind; the first character is in no old ROM."""


class SlipEncoder:
    """Turns documents into the bytes of one printer model."""

    def __init__(self, abilities: Abilities = USUAL) -> None:
        self._abilities = abilities
        self._lettering, self._symbols = Lettering(abilities), Symbols(abilities)

    def prepare(self) -> None:
        """Loads what this model's slips need: who has a quiet moment spares it the first of them."""
        self.encode(SPECIMEN)

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
        yield HW_INIT + (b"" if self._abilities.charset == "ascii" else CHINESE_ON + CHINESE_SPACING_0)
        modes = _Modes()
        for element in document.elements:
            yield from self._element(element, modes)
        yield self.part

    @property
    def part(self) -> bytes:
        """Parts what hangs out from what comes: cuts it, or feeds so that it can be torn."""
        return CUT if self._abilities.cuts else _feed(TEAR_ROWS)

    def rows(self, document: Document) -> int:
        """Dot rows of paper that the slip takes, from the first to the cut; a little more rather than less."""
        return sum(map(self._rows, document.elements)) + TEAR_ROWS

    def _rows(self, element: Element) -> int:
        match element:
            case Text():
                return len(self._lettering.lines(element)) * max(LINE_ROWS, CELL * element.height)
            case Pair(left, right):
                return self._rows(left) + self._rows(right)
            case Rule():
                return LINE_ROWS
            case Barcode(_, height, _):
                return height
            case QrCode(data, module):
                return qr_side(len(data.encode())) * module
            case Space(dots):
                return dots
            case _:
                assert_never(element)

    def _element(self, element: Element, modes: "_Modes") -> Iterator[bytes]:
        match element:
            case Text():
                yield from self._text(element, modes)
            case Pair():
                yield from self._pair(element, modes)
            case Rule():
                yield modes.turn(Align.LEFT) + self._lettering.rule() + CTL_LF
            case Barcode():
                yield modes.turn(Align.CENTRE)
                yield from self._symbols.barcode(element)
            case QrCode():
                yield modes.turn(Align.CENTRE)
                yield from self._symbols.qr(element)
            case Space():
                yield _feed(element.dots)
            case _:
                assert_never(element)

    def _text(self, text: Text, modes: "_Modes") -> Iterator[bytes]:
        for cells in self._lettering.lines(text):
            yield modes.turn(text.align, text.width, text.height, text.bold)
            yield from self._lettering.line(cells, text.width, text.height)

    def _pair(self, pair: Pair, modes: "_Modes") -> Iterator[bytes]:
        """At the two edges of a line if both fit and neither is drawn large, else one under the other."""
        left, right, lettering = pair.left, pair.right, self._lettering
        gap = self._abilities.columns - sum(lettering.width(each.text) * each.width for each in (left, right))
        drawn = any(each.width * each.height > 1 and not lettering.has_all(each.text) for each in (left, right))
        if gap < 1 or drawn:
            yield from self._text(left, modes)
            yield from self._text(right, modes)
            return
        yield modes.turn(Align.LEFT, left.width, left.height, left.bold) + lettering.words(left.text)
        yield modes.turn(Align.LEFT) + b" " * gap
        yield modes.turn(Align.LEFT, right.width, right.height, right.bold) + lettering.words(right.text) + CTL_LF


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


def _feed(dots: int) -> bytes:
    return b"".join(((ESC + b"J\xff") * (dots // 255), ESC, b"J", bytes([dots % 255])))
