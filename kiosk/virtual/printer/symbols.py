"""Symbols and stored pictures: what one takes of the print area (ESC/POS notes, sections 1-3)."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.virtual.printer import code128
from kiosk.virtual.printer.commands import Qr
from kiosk.virtual.printer.modes import Modes
from kiosk.virtual.printer.sheet import qr_side
from kiosk.virtual.printer.strips import Bars, Bits, Character, Placed, QrSymbol, Strip, Style
from kiosk.virtual.printer.typeface import cell_size

CODE128 = 73
HRI_GAP = 2
ABOVE, BELOW = 1, 2
LARGEST_QR = 7089

Indent = Callable[[int], int]


def code128_strips(data: bytes, modes: Modes, area: int, indent: Indent) -> list[Strip]:
    """The barcode with its text; paper without ink if it is wider than the area, nothing for data it cannot encode."""
    symbol = code128.encode(data)
    if symbol is None:
        return []
    width = len(symbol.modules) * modes.bar_module
    if width > area:
        return [Strip(modes.bar_height)]
    text_rows = cell_size(modes.hri_font)[1] + HRI_GAP if modes.hri else 0
    above = text_rows if modes.hri & ABOVE else 0
    left = indent(width)
    ink = [Placed(left, above, Bars(symbol.modules, modes.bar_module, modes.bar_height))]
    if modes.hri & ABOVE:
        ink += _text(symbol.content, modes.hri_font, left, width, 0)
    below = above + modes.bar_height
    if modes.hri & BELOW:
        ink += _text(symbol.content, modes.hri_font, left, width, below + HRI_GAP)
        below += text_rows
    return [Strip(below, tuple(ink), modes.upside_down, barcode=symbol.content)]


def _text(content: str, font: str, left: int, width: int, y: int) -> list[Placed]:
    step = cell_size(font)[0]
    first = max(0, left + (width - step * len(content)) // 2)
    return [Placed(first + step * place, y, Character(char, font, Style())) for place, char in enumerate(content)]


class QrStore:
    """The printer's one QR code: set up, stored, printed by GS ( k (section 3)."""

    def __init__(self) -> None:
        self._level = 48
        self._module = 3
        self._data = b""

    def take(self, command: Qr, area: int, indent: Indent) -> list[Strip]:
        first = command.data[:1]
        match command.function:
            case 67 if first and 1 <= first[0] <= 16:
                self._module = first[0]
            case 69 if first and 48 <= first[0] <= 51:
                self._level = first[0]
            case 80 if first == b"0" and len(command.data) <= LARGEST_QR + 1:
                self._data = command.data[1:]
            case 81 if first == b"0" and self._data:
                return self._strips(area, indent)
        return []

    def _strips(self, area: int, indent: Indent) -> list[Strip]:
        side = qr_side(self._data, self._level)
        if side is None:
            return []
        dots = side * self._module
        if dots > area:
            return [Strip(dots)]
        symbol = QrSymbol(self._data, self._level, self._module, side)
        return [Strip(dots, (Placed(indent(dots), 0, symbol),), qr=self._data)]


def picture(body: bytes) -> Bits | None:
    """GS ( L function 112: `30 70 30 bx by 31 xL xH yL yH d`; None where a field is out of range (section 1)."""
    if len(body) < 11 or body[:3] != b"0p0" or body[5:6] != b"1":
        return None
    across, down = body[3], body[4]
    width, height = body[6] + 256 * body[7], body[8] + 256 * body[9]
    row = (width + 7) // 8
    if across not in (1, 2) or down not in (1, 2) or not width or not height or len(body) - 10 < row * height:
        return None
    return replace(Bits(body[10 : 10 + row * height], width, height), across=across, down=down)
