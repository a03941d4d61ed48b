"""Commands to strips: fills the line buffer, sets modes, symbols and pictures."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.virtual.printer import symbols
from kiosk.virtual.printer.commands import (
    Barcode,
    ChineseSpacing,
    ColumnImage,
    FeedDots,
    FeedLines,
    Graphics,
    Initialise,
    LineFeed,
    Mode,
    Move,
    Printing,
    Qr,
    RasterRow,
    Tab,
    Text,
    What,
)
from kiosk.virtual.printer.line_buffer import LineBuffer
from kiosk.virtual.printer.modes import changed
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.strips import Bits, Columns, Ink, Placed, Strip

AT_LINE_START = {What.LEFT_MARGIN, What.AREA_WIDTH}


class Composer(LineBuffer):
    """The interpreter's memory: modes, line buffer, stored symbol and stored picture."""

    def __init__(self, settings: PrinterSettings) -> None:
        super().__init__(settings)
        self._compose: dict[type[Printing], Callable[..., list[Strip]]] = {
            Text: lambda command: self._text(command.byte),
            LineFeed: lambda _: self._feed_line(self.modes.spacing),
            FeedLines: lambda command: self._feed_lines(command.lines),
            FeedDots: lambda command: self._feed_line(command.dots),
            Tab: lambda _: self._tab(),
            Move: self._move,
            Mode: self._set,
            ChineseSpacing: self._chinese_spacing,
            Initialise: lambda _: self.initialise(),
            RasterRow: self._raster_row,
            Graphics: lambda command: self._graphics(command.body),
            ColumnImage: self._column_image,
            Barcode: self._barcode,
            Qr: self._qr,
        }

    def initialise(self) -> list[Strip]:
        """ESC @ or power-up: the line buffer, the modes, the stored symbol and picture are gone."""
        self._symbol = symbols.QrStore()
        self._picture: Bits | None = None
        self._selected = True
        return super().initialise()

    def compose(self, command: Printing) -> list[Strip]:
        if not self._selected and command != Mode(What.SELECT, 1):
            return []
        if not isinstance(command, Text):
            # A command after the first half of a Chinese character: the half is lost.
            self._lose_half()
        work = self._compose.get(type(command))
        return work(command) if work else []

    # Modes

    def _set(self, mode: Mode) -> list[Strip]:
        if mode.what is What.SELECT:
            self._selected = bool(mode.n & 1)
        elif self.empty or mode.what not in AT_LINE_START:
            self.modes = changed(self.modes, mode.what, mode.n, line_start=self.empty)
        return []

    def _chinese_spacing(self, spacing: ChineseSpacing) -> list[Strip]:
        self.modes = replace(self.modes, chinese_left=spacing.left, chinese_right=spacing.right)
        return []

    # Pictures and symbols

    def _raster_row(self, row: RasterRow) -> list[Strip]:
        across, down = 1 + (row.mode & 1), 1 + (row.mode >> 1 & 1)
        bits = Bits(row.data, 8 * len(row.data), 1, across, down)
        return [*self.flush(), self._alone(bits, bits.width * across, down)]

    def _graphics(self, body: bytes) -> list[Strip]:
        if body in (b"02", b"0\x02"):
            picture, self._picture = self._picture, None
            if picture is None:
                return []
            strip = self._alone(picture, picture.width * picture.across, picture.height * picture.down)
            return [*self.flush(), strip]
        self._picture = symbols.picture(body) or self._picture
        return []

    def _column_image(self, image: ColumnImage) -> list[Strip]:
        per_column, down = (3, 1) if image.mode in (32, 33) else (1, 3)
        across = 2 if image.mode in (0, 32) else 1
        columns = Columns(image.data, per_column, across, down)
        fitting = (self._area - self._cursor) // across
        if fitting <= 0:
            return []
        shown = replace(columns, data=image.data[: fitting * per_column])
        return self._place(shown, len(shown.data) // per_column * across, 24, b"")

    def _barcode(self, barcode: Barcode) -> list[Strip]:
        if not self.empty or barcode.system != symbols.CODE128:
            return []
        return symbols.code128_strips(barcode.data, self.modes, self._area, self._indent)

    def _qr(self, command: Qr) -> list[Strip]:
        strips = self._symbol.take(command, self._area, self._indent)
        return [*self.flush(), *strips] if strips else []

    def _alone(self, ink: Ink, width: int, rows: int) -> Strip:
        return Strip(rows, (Placed(self._indent(width), 0, ink),), self.modes.upside_down)
