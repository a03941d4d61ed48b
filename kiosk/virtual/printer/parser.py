"""Bytes to commands, at any chunking. A command is named when its last byte has come."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from kiosk.virtual.printer.commands import (
    AskStatus,
    AutoStatus,
    Barcode,
    ChineseSpacing,
    ClearBuffers,
    ColumnImage,
    Command,
    Cut,
    FeedDots,
    FeedLines,
    Graphics,
    Identify,
    Ignored,
    Initialise,
    LineFeed,
    Mode,
    Move,
    ProcessId,
    Qr,
    RasterRow,
    RealTimePulse,
    RealTimeStatus,
    Recover,
    Return,
    SwitchOff,
    Tab,
    Text,
    ToMark,
    Unknown,
    What,
)

# A length field that came from noise may announce gigabytes: they are swallowed, as a printer does, but not kept.
LARGEST_BODY = 1 << 18
LARGEST_BARCODE = 255

Grammar = Generator[int, bytes, None]
Build = Callable[[bytes], Command]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A command, the count of its bytes, and where in the fed chunk it ended."""

    command: Command
    size: int
    end: int


class Parser:
    """ESC/POS notes, sections 1-7. Never raises; what it does not know becomes `Unknown`."""

    def __init__(self) -> None:
        self._grammar = self._commands()
        self._want = next(self._grammar)
        self._have = bytearray()
        self._found: Command | None = None
        self.partial = 0

    def feed(self, data: bytes) -> list[Parsed]:
        parsed: list[Parsed] = []
        at = 0
        while at < len(data):
            piece = data[at : at + self._want - len(self._have)]
            self._have += piece
            at += len(piece)
            self.partial += len(piece)
            if len(self._have) == self._want:
                self._advance()
                if self._found is not None:
                    parsed.append(Parsed(self._found, self.partial, at))
                    self._found, self.partial = None, 0
        return parsed

    def _advance(self) -> None:
        piece = bytes(self._have)
        self._have.clear()
        self._want = self._grammar.send(piece)

    def _commands(self) -> Grammar:
        first = yield 1
        while True:
            leftover = b""
            match first[0]:
                case 0x10:
                    leftover = yield from self._real_time()
                case 0x1B | 0x1C | 0x1D:
                    yield from self._escape(first)
                case _:
                    self._found = _SINGLE.get(first[0]) or Text(first[0])
            first = leftover or (yield 1)

    def _real_time(self) -> Generator[int, bytes, bytes]:
        second = yield 1
        match second[0]:
            case 0x04:
                self._found = RealTimeStatus((yield 1)[0])
            case 0x05:
                self._found = Recover((yield 1)[0])
            case 0x14:
                yield from self._device_control()
            case _:
                # A lone DLE is no command: it is dropped together with its place in the count of the next one.
                return second
        return b""

    def _device_control(self) -> Grammar:
        function = yield 1
        count, known, command = _DEVICE_CONTROL.get(function[0], (0, None, None))
        rest = (yield count) if count else b""
        right = command is not None and (known is None or rest == known)
        self._found = command if right else Unknown(b"\x10\x14" + function + rest)

    def _escape(self, first: bytes) -> Grammar:
        name = first + (yield 1)
        if name in _FIXED:
            count, build = _FIXED[name]
            self._found = build((yield count) if count else b"")
        elif name in _VARIABLE:
            yield from _VARIABLE[name](self)
        elif name[1:] == b"(":
            yield from self._block(name)
        else:
            self._found = Unknown(name)

    def _block(self, name: bytes) -> Grammar:
        """`x ( c pL pH body`: every such command can be skipped whole, known or not."""
        head = yield 3
        body = yield from self._body(head[1] + 256 * head[2])
        match name + head[:1]:
            case b"\x1d(L":
                self._found = Graphics(body)
            case b"\x1d(k" if len(body) >= 2 and body[:1] == b"1":
                self._found = Qr(body[1], body[2:])
            case b"\x1d(H" if len(body) == 6 and body[:2] == b"00":
                self._found = ProcessId(body[2:])
            case _:
                self._found = Unknown(name + head + body)

    def _long_graphics(self) -> Grammar:
        head = yield 5
        body = yield from self._body(int.from_bytes(head[1:], "little"))
        self._found = Graphics(body) if head[:1] == b"L" else Unknown(b"\x1d8" + head + body)

    def _body(self, count: int) -> Generator[int, bytes, bytes]:
        if not count:
            return b""
        kept = yield min(count, LARGEST_BODY)
        count -= len(kept)
        while count:
            count -= len((yield min(count, 4096)))
        return kept

    def _cut(self) -> Grammar:
        kind = yield 1
        match kind[0]:
            case 0 | 1 | 48 | 49:
                self._found = Cut(kind[0] in (0, 48), None)
            case 65 | 66:
                self._found = Cut(kind[0] == 65, (yield 1)[0])
            case _:
                self._found = Unknown(b"\x1dV" + kind)

    def _raster(self) -> Grammar:
        head = yield 6
        mode, width, height = head[1] & 0x0F, head[2] + 256 * head[3], head[4] + 256 * head[5]
        if head[:1] != b"0" or not width or not height:
            self._found = Unknown(b"\x1dv" + head)
            return
        for _ in range(height):
            # The next row is asked for only when the feeder has taken the last one away.
            self._found = RasterRow(mode, (yield width))

    def _column_image(self) -> Grammar:
        head = yield 3
        mode, columns = head[0], head[1] + 256 * head[2]
        data = yield from self._body(columns * (3 if mode in (32, 33) else 1))
        self._found = ColumnImage(mode, data) if data and mode in (0, 1, 32, 33) else Unknown(b"\x1b*" + head)

    def _barcode(self) -> Grammar:
        system = (yield 1)[0]
        if 65 <= system <= 79:
            count = (yield 1)[0]
            self._found = Barcode(system, (yield count) if count else b"")
        elif system <= 6:
            data = bytearray()
            while (byte := (yield 1)) != b"\0":
                data += byte[: LARGEST_BARCODE - len(data)]
            self._found = Barcode(system, bytes(data))
        else:
            self._found = Unknown(bytes((0x1D, 0x6B, system)))


def _word(body: bytes) -> int:
    return body[0] + 256 * body[1]


def _mode(what: What) -> tuple[int, Build]:
    return 1, lambda body: Mode(what, body[0])


def _wide_mode(what: What) -> tuple[int, Build]:
    return 2, lambda body: Mode(what, _word(body))


def _constant(command: Command) -> tuple[int, Build]:
    return 0, lambda _: command


def _ignored(name: bytes, count: int) -> tuple[int, Build]:
    return count, lambda body: Ignored(name + body)


_SINGLE: dict[int, Command] = {0x0A: LineFeed(), 0x0D: Return(), 0x09: Tab(), 0x0C: ToMark()}

_DEVICE_CONTROL: dict[int, tuple[int, bytes | None, Command | None]] = {
    1: (2, None, RealTimePulse()),
    2: (2, bytes((1, 8)), SwitchOff()),
    8: (7, bytes((1, 3, 20, 1, 6, 2, 8)), ClearBuffers()),
}

_FIXED: dict[bytes, tuple[int, Build]] = {
    b"\x1b@": _constant(Initialise()),
    b"\x1b!": _mode(What.PRINT_MODE),
    b"\x1b2": _constant(Mode(What.LINE_SPACING, 30)),
    b"\x1b3": _mode(What.LINE_SPACING),
    b"\x1ba": _mode(What.ALIGN),
    b"\x1bd": (1, lambda body: FeedLines(body[0])),
    b"\x1bJ": (1, lambda body: FeedDots(body[0])),
    b"\x1bE": _mode(What.BOLD),
    b"\x1bG": _mode(What.BOLD),
    b"\x1b-": _mode(What.UNDERLINE),
    b"\x1bM": _mode(What.FONT),
    b"\x1bt": _mode(What.CODE_PAGE),
    b"\x1bR": _mode(What.NATION),
    b"\x1b ": _mode(What.CHAR_SPACING),
    b"\x1b{": _mode(What.UPSIDE_DOWN),
    b"\x1bV": _mode(What.ROTATE),
    b"\x1b=": _mode(What.SELECT),
    b"\x1b$": (2, lambda body: Move(_word(body), absolute=True)),
    b"\x1b\\": (2, lambda body: Move(int.from_bytes(body, "little", signed=True), absolute=False)),
    b"\x1bB": _ignored(b"\x1bB", 2),
    b"\x1bp": _ignored(b"\x1bp", 3),
    b"\x1bc": _ignored(b"\x1bc", 2),
    b"\x1d!": _mode(What.SIZE),
    b"\x1dB": _mode(What.INVERT),
    b"\x1dL": _wide_mode(What.LEFT_MARGIN),
    b"\x1dW": _wide_mode(What.AREA_WIDTH),
    b"\x1dh": _mode(What.BAR_HEIGHT),
    b"\x1dw": _mode(What.BAR_MODULE),
    b"\x1dH": _mode(What.HRI),
    b"\x1df": _mode(What.HRI_FONT),
    b"\x1db": _ignored(b"\x1db", 1),
    b"\x1dP": _ignored(b"\x1dP", 2),
    b"\x1d\x0c": _constant(ToMark()),
    b"\x1dr": (1, lambda body: AskStatus(body[0])),
    b"\x1da": (1, lambda body: AutoStatus(body[0])),
    b"\x1dI": (1, lambda body: Identify(body[0])),
    b"\x1c&": _constant(Mode(What.CHINESE, 1)),
    b"\x1c.": _constant(Mode(What.CHINESE, 0)),
    b"\x1c!": _mode(What.CHINESE_MODE),
    b"\x1cW": _mode(What.CHINESE_QUAD),
    b"\x1c-": _mode(What.CHINESE_UNDERLINE),
    b"\x1cS": (2, lambda body: ChineseSpacing(body[0], body[1])),
}

_VARIABLE: dict[bytes, Callable[[Parser], Grammar]] = {
    b"\x1dV": Parser._cut,  # noqa: SLF001
    b"\x1dv": Parser._raster,  # noqa: SLF001
    b"\x1dk": Parser._barcode,  # noqa: SLF001
    b"\x1d8": Parser._long_graphics,  # noqa: SLF001
    b"\x1b*": Parser._column_image,  # noqa: SLF001
}
