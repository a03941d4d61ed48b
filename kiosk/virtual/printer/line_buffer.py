"""The line buffer: bytes to characters, characters to a line, and the line to a strip in the print area."""

from kiosk.virtual.printer.commands import Move
from kiosk.virtual.printer.modes import CENTRE, RIGHT, Modes
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.strips import Character, Ink, Placed, Strip
from kiosk.virtual.printer.typeface import cell_size

CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866", 18: "cp852"}
TAB_COLUMNS = 8


class LineBuffer:
    """What stands in the present line, set in the modes in force."""

    def __init__(self, settings: PrinterSettings) -> None:
        self._settings = settings
        self.initialise()

    def initialise(self) -> list[Strip]:
        """ESC @ or power-up: the line and the modes are gone."""
        self.modes = Modes(chinese=self._settings.chinese_at_start, area=self._settings.width)
        self.clear_line()
        return []

    def clear_line(self) -> None:
        self._line: list[tuple[int, Ink, int]] = []
        self._cursor = 0
        self._raw = bytearray()
        self._lose_half()

    def _lose_half(self) -> None:
        self._lead: int | None = None
        self._first_half = b""

    @property
    def empty(self) -> bool:
        """Nothing waits in the line buffer."""
        return not self._line and self._lead is None and self._cursor == 0

    def flush(self) -> list[Strip]:
        """What stands in the line buffer, as a line; nothing if it is empty."""
        self._lose_half()
        return self._feed_line(self.modes.spacing) if self._line else []

    # Text

    def _text(self, byte: int) -> list[Strip]:
        if self._lead is not None:
            pair = bytes((self._lead, byte))
            self._lead = None
            return self._pair(pair)
        if self.modes.chinese and 0x81 <= byte <= 0xFE:
            self._lead = byte
            return []
        if byte < 0x20 or byte == 0x7F:
            return []
        page = CODE_PAGES.get(self.modes.code_page, "cp437")
        return self._latin(bytes((byte,)).decode(page, "replace"), bytes((byte,)))

    def _pair(self, pair: bytes) -> list[Strip]:
        """A Chinese character; where the ROM has none, a blank box (section 4)."""
        if self._settings.charset == "gb18030" and 0x30 <= pair[1] <= 0x39:
            return self._four_bytes(pair)
        return self._han(pair, self._settings.charset)

    def _four_bytes(self, pair: bytes) -> list[Strip]:
        if not self._first_half:
            self._first_half = pair
            return []
        whole, self._first_half = self._first_half + pair, b""
        return self._han(whole, "gb18030")

    def _han(self, raw: bytes, charset: str) -> list[Strip]:
        modes = self.modes
        char = _decoded(raw, charset)
        return self._add(Character(char, "chinese", modes.han, modes.chinese_left, modes.chinese_right), raw)

    def _latin(self, char: str, raw: bytes) -> list[Strip]:
        modes = self.modes
        return self._add(Character(char, modes.font, modes.latin, 0, modes.char_spacing * modes.across), raw)

    def _add(self, ink: Character, raw: bytes) -> list[Strip]:
        width, height = character_size(ink)
        return self._place(ink, width, height, raw)

    def _place(self, ink: Ink, width: int, height: int, raw: bytes) -> list[Strip]:
        full = self._line and self._cursor + width > self._area
        strips = self._feed_line(self.modes.spacing) if full else []
        self._line.append((self._cursor, ink, height))
        self._cursor += width
        self._raw += raw
        return strips

    # Lines

    @property
    def _area(self) -> int:
        return max(1, min(self.modes.area, self._settings.width - self.modes.margin))

    def _indent(self, width: int) -> int:
        spare = max(0, self._area - width)
        return self.modes.margin + {CENTRE: spare // 2, RIGHT: spare}.get(self.modes.align, 0)

    def _feed_line(self, rows: int) -> list[Strip]:
        """The line buffer on `rows` dot rows, more if the characters are higher."""
        if not self._line:
            self.clear_line()
            return [Strip(rows)] if rows else []
        high = max(height for _, _, height in self._line)
        left = self._indent(self._cursor)
        ink = tuple(Placed(left + x, high - height, ink) for x, ink, height in self._line)
        strip = Strip(max(rows, high), ink, self.modes.upside_down, bytes(self._raw))
        self.clear_line()
        return [strip]

    def _feed_lines(self, lines: int) -> list[Strip]:
        return self._feed_line(lines * self.modes.spacing)

    def _tab(self) -> list[Strip]:
        stop = TAB_COLUMNS * cell_size(self.modes.font)[0] * self.modes.across
        self._cursor = min(self._area, (self._cursor // stop + 1) * stop)
        return []

    def _move(self, move: Move) -> list[Strip]:
        to = move.dots if move.absolute else self._cursor + move.dots
        if 0 <= to <= self._area:
            self._cursor = to
        return []


def character_size(ink: Character) -> tuple[int, int]:
    """Width with its spaces and height, in dots."""
    width, height = cell_size(ink.font)
    width, height = width * ink.style.across, height * ink.style.down
    if ink.style.rotate:
        width, height = height, width
    return ink.left_space + width + ink.right_space, height


def _decoded(raw: bytes, charset: str) -> str:
    try:
        char = raw.decode(charset)
    except UnicodeDecodeError:
        return ""
    return char if len(char) == 1 else ""
