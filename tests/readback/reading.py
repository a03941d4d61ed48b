"""What a slip says, taken from the printer's lines cell by cell and held against its Document."""

from dataclasses import dataclass

from PIL import Image

from kiosk.ports import Align, Barcode, Document, Element, Pair, QrCode, Rule, Space, Text
from kiosk.virtual.printer.slips import Torn
from kiosk.virtual.printer.strips import Bars, Bits, Character, Columns, Placed, QrSymbol, Strip
from readback.cells import DRAWN, Cell, cells_of, fitting, in_rom, looks, width, within
from readback.residents import Model

CELL = 12
"""Dots of a column."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a slip was set."""

    lines: int
    """Of the text that takes most."""
    drawn: int
    """Characters that are pictures."""


def read_text(torn: Torn, document: Document, model: Model) -> Found:
    """Every cell of every text stands in its place and nothing else stands anywhere. Raises AssertionError."""
    reading = _Reading(model, [strip for _, burnt, strip in torn.strips if burnt and strip.ink])
    lines = max(reading.element(element) for element in document.elements)
    assert reading.at == len(reading.strips), "something is printed below the last element"
    return Found(lines, sum(isinstance(ink.ink, Columns) for strip in reading.strips for ink in strip.ink))


@dataclass
class _Reading:
    """The strips, taken from top to bottom by what the document says must be there."""

    model: Model
    strips: list[Strip]
    at: int = 0

    def element(self, element: Element) -> int:
        """The lines of text that it takes."""
        match element:
            case Text():
                return self.text(element)
            case Pair():
                return self.pair(element)
            case Rule():
                assert _bits(self.take().ink[0]).data == b"\xff" * (self.dots // 16)
            case Barcode() | QrCode():
                self.code()
            case Space():
                pass
        return 0

    @property
    def dots(self) -> int:
        return self.model.settings.width

    def take(self) -> Strip:
        assert self.at < len(self.strips), "the slip ends too soon"
        self.at += 1
        return self.strips[self.at - 1]

    def code(self) -> None:
        """A symbol of the printer's own, or a picture of one: it is for the decoders to read."""
        own = self.take().ink[0].ink
        assert isinstance(own, Bars | QrSymbol if self.model.own_codes else Bits)
        while isinstance(own, Bits) and self.at < len(self.strips) and _same(own, self.strips[self.at]):
            self.at += 1

    def wide(self, cells: list[str]) -> int:
        return sum(width(cell, self.model) for cell in cells)

    def rare(self, cells: list[str]) -> bool:
        return not all(in_rom(cell, self.model.charset) for cell in cells)

    def text(self, text: Text) -> int:
        left, lines = cells_of(text.text), 0
        full, indent = self.dots // CELL // text.width, text.indent // text.width
        while left:
            here = indent if lines else 0
            line = fitting(left, full - here, full - indent, self.model)
            self.line([" "] * here + line, text)
            left = left[len(line) :]
            while left and left[0] == " ":
                left = left[1:]
            lines += 1
        return lines

    def line(self, cells: list[str], text: Text) -> None:
        """A magnified line with a rare character is one picture, with ink in each cell that is not blank."""
        if _large(text) and self.rare(cells) and self.model.fonts:
            self.picture(cells, text)
            return
        strip = self.take()
        assert strip.rows == max(30, 24 * text.height)
        assert len(strip.ink) == len(cells), f"not one for each of {cells}"
        self.placed(strip.ink, cells, text)
        self.aligned(strip, text, _end(strip.ink[-1]) - strip.ink[0].x)
        assert strip.text == self.bytes_of(strip.ink)

    def bytes_of(self, ink: tuple[Placed, ...]) -> bytes:
        """The line in the printer's code: what is drawn leaves no bytes."""
        charset = self.model.settings.charset
        return b"".join(placed.ink.char.encode(charset) for placed in ink if isinstance(placed.ink, Character))

    def aligned(self, strip: Strip, text: Text, dots: int) -> None:
        assert dots <= self.dots, "wider than the paper"
        assert strip.ink[0].x == ((self.dots - dots) // 2 if text.align is Align.CENTRE else 0)

    def placed(self, ink: tuple[Placed, ...], cells: list[str], text: Text) -> None:
        """Each where the one before it ends, and what it may be."""
        at = ink[0].x
        for placed, cell in zip(ink, cells, strict=True):
            assert placed.x == at, f"{cell!r} stands at {placed.x} and not at {at}"
            found = _seen(placed, text)
            assert found in looks(cell, self.model, large=_large(text)), f"{cell!r} is printed as {found}"
            if isinstance(placed.ink, Columns) and within(cell[0], DRAWN):
                assert any(placed.ink.data), f"{cell!r} is drawn blank"
            at = _end(placed)

    def pair(self, pair: Pair) -> int:
        """Both on a line, at its edges, where they fit it with a blank between them."""
        left, right = cells_of(pair.left.text), cells_of(pair.right.text)
        drawn = any(_large(text) and self.rare(cells_of(text.text)) for text in (pair.left, pair.right))
        gap = self.dots // CELL - self.wide(left) * pair.left.width - self.wide(right) * pair.right.width
        if drawn or gap < 1:
            return max(self.text(pair.left), self.text(pair.right))
        strip = self.take()
        assert len(strip.ink) == len(left) + gap + len(right)
        self.placed(strip.ink[: len(left)], left, pair.left)
        self.placed(strip.ink[len(left) : len(left) + gap], [" "] * gap, Text(""))
        self.placed(strip.ink[len(left) + gap :], right, pair.right)
        assert strip.ink[0].x == 0
        assert _end(strip.ink[-1]) == self.dots
        assert strip.text == self.bytes_of(strip.ink)
        return 1

    def picture(self, cells: list[str], text: Text) -> None:
        dots = CELL * text.width * self.wide(cells)
        rows = [self.take() for _ in range(24 * text.height // _doubled(text.height))]
        large = [_bits(strip.ink[0]) for strip in rows]
        line = Image.frombytes("1", (large[0].width, len(large)), b"".join(bits.data for bits in large))
        line = line.resize((line.width * large[0].across, sum(bits.down for bits in large)))
        assert line.height == 24 * text.height
        assert dots <= line.width < dots + 8 * large[0].across
        self.aligned(rows[0], text, line.width)
        at = 0
        for cell in cells:
            end = at + CELL * text.width * width(cell, self.model)
            assert bool(line.crop((at, 0, end, line.height)).getbbox()) == (cell != " "), f"{cell!r} in a large picture"
            at = end


def _large(text: Text) -> bool:
    return text.width * text.height > 1


def _doubled(magnification: int) -> int:
    """The printer doubles the dots of a picture where that serves."""
    return 1 if magnification % 2 else 2


def _same(picture: Bits, strip: Strip) -> bool:
    return isinstance(strip.ink[0].ink, Bits) and len(strip.ink[0].ink.data) == len(picture.data)


def _bits(placed: Placed) -> Bits:
    assert isinstance(placed.ink, Bits), f"no picture: {placed.ink}"
    return placed.ink


def _seen(placed: Placed, text: Text) -> Cell:
    match placed.ink:
        case Columns(data, 3, 1, 1):
            assert len(data) in (36, 72), "a picture that is cut through"
            return Cell(None, len(data) // 36)
        case Character(char, font, style, 0, 0):
            assert (style.across, style.down, style.bold) == (text.width, text.height, text.bold)
            return Cell(char, 2 if font == "chinese" else 1)
        case other:
            raise AssertionError(f"neither a character nor a picture of one: {other}")


def _end(placed: Placed) -> int:
    match placed.ink:
        case Columns(data):
            return placed.x + len(data) // 3
        case Character(_, font, style):
            return placed.x + (24 if font == "chinese" else CELL) * style.across
        case other:
            raise AssertionError(f"not of a line of text: {other}")
