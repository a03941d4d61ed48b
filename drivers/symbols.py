"""A grey frame to its codes: zxing-cpp first; harder looks and ZBar where it finds nothing but something is there.

Bytes are zxing-cpp's own, so Chinese in any encoding and binary payloads come as they are in the symbol.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageFilter

from drivers.frame_view import Tiles, busy_tiles
from drivers.zbar import ZBar

Grey = npt.NDArray[np.uint8]

_Format = zxingcpp.BarcodeFormat
FORMATS = (
    _Format.QRCode,
    _Format.MicroQRCode,
    _Format.RMQRCode,
    _Format.Code128,
    _Format.DataMatrix,
    _Format.PDF417,
)
"""Not Code 39 and EAN: the first has no check digit, the second stands on what people carry about them."""
LINES = (_Format.Code128, _Format.PDF417)
"""Read along rows and columns only, so a slanted one is missed unless the frame is turned."""
WITH_ECI = frozenset({"]Q2", "]Q4", "]Q6", "]d4", "]d5", "]d6", "]L1"})
"""AIM identifiers of symbols that say which character set they use (ISO/IEC 15424)."""
SMALL_FRAME = 800
"""Columns; frames wider than this are not enlarged, as their codes have the pixels already."""


class Engine(StrEnum):
    """Which library read a symbol."""

    ZXING = "zxing-cpp"
    ZBAR = "zbar"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One code: its payload, its symbology and who read it. Identity may be inside, so repr shows none."""

    data: bytes = field(repr=False)
    format: str
    engine: Engine


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame holds, the largest code first; `present` if something like a code is there, read or not."""

    symbols: tuple[Symbol, ...]
    present: bool


Found = list[tuple[int, Symbol]]
"""Symbols, each with its area in pixels."""


class SymbolReader:
    """Reads one frame after the other; close it, as it may have a child process."""

    def __init__(self, zbar: ZBar | None = None) -> None:
        self._zbar = ZBar() if zbar is None else zbar
        self._looks: tuple[Callable[[Grey], Found], ...] = (
            _brightened,
            _darkened,
            _enlarged,
            self._by_zbar,
            _turned_left,
            _turned_right,
        )
        self._turn, self._patient = 0, True

    def read(self, frame: Grey, looks: int | None = None, room: Tiles | None = None) -> Reading:
        """The frame's codes. At most `looks` harder looks, each in its turn from frame to frame and none that waits for
        ZBar to start; None for all. Tiles that are always as busy as a code (`room`) do not call for them."""
        found, located = _straight(frame)
        present = bool(found) or located or bool(busy_tiles(frame, room).any())
        if not found and present:
            found = next(filter(None, self._harder(frame, looks)), [])
        return Reading(_in_order(found), present)

    def close(self) -> None:
        self._zbar.close()

    def _harder(self, frame: Grey, looks: int | None) -> Iterable[Found]:
        self._patient = looks is None
        if looks is None:
            return (look(frame) for look in self._looks)
        first, self._turn = self._turn, (self._turn + looks) % len(self._looks)
        return (look(frame) for look in islice(self._looks[first:] + self._looks[:first], looks))

    def _by_zbar(self, frame: Grey) -> Found:
        return [
            (each.area, Symbol(each.data, each.format, Engine.ZBAR)) for each in self._zbar.read(frame, self._patient)
        ]


def _straight(frame: Grey) -> tuple[Found, bool]:
    """The frame as it is, and whether a code was located that could not be read."""
    every = zxingcpp.read_barcodes(frame, formats=FORMATS, return_errors=True)
    found = [_symbol(each) for each in every if each.valid]
    return found, len(found) < len(every)


def _read(picture: Image.Image, formats: Sequence[zxingcpp.BarcodeFormat] = FORMATS) -> Found:
    return [_symbol(each) for each in zxingcpp.read_barcodes(np.asarray(picture), formats=formats)]


def _brightened(frame: Grey) -> Found:
    """Grey tones of a dim frame drawn apart, its noise smoothed."""
    dark, light = np.percentile(frame[::8, ::8], (1, 99))
    tones = np.clip((np.arange(256) - dark) / max(light - dark, 1), 0, 1) ** 0.5
    return _read(_toned(frame, tones))


def _darkened(frame: Grey) -> Found:
    """The last steps below white drawn apart: what glare has nearly washed out."""
    return _read(_toned(frame, (np.arange(256) / 255) ** 3))


def _toned(frame: Grey, tones: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(frame).filter(ImageFilter.BoxBlur(1)).point((tones * 255).astype(int).tolist())


def _enlarged(frame: Grey) -> Found:
    """Half as large again, for a small or far code."""
    height, width = frame.shape
    if width > SMALL_FRAME:
        return []
    return _read(Image.fromarray(frame).resize((width * 3 // 2, height * 3 // 2), Image.Resampling.BICUBIC))


def _turned_left(frame: Grey) -> Found:
    return _read(_turned(frame, 30), LINES)


def _turned_right(frame: Grey) -> Found:
    return _read(_turned(frame, -30), LINES)


def _turned(frame: Grey, degrees: int) -> Image.Image:
    return Image.fromarray(frame).rotate(degrees, Image.Resampling.BILINEAR, expand=True)


def _symbol(found: zxingcpp.Barcode) -> tuple[int, Symbol]:
    where = found.position
    corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    return _area([(each.x, each.y) for each in corners]), Symbol(_payload(found), found.format.name, Engine.ZXING)


def _payload(found: zxingcpp.Barcode) -> bytes:
    """As it stands in the symbol; in UTF-8 where the symbol itself names another character set."""
    declared = found.symbology_identifier in WITH_ECI and found.content_type is not zxingcpp.ContentType.Binary
    return bytes(found.text.encode() if declared else found.bytes)


def _area(corners: Sequence[tuple[int, int]]) -> int:
    """Of a quadrilateral; a linear code is a line to the decoder, so its length counts too."""
    following = (*corners[1:], corners[0])
    pairs = list(zip(corners, following, strict=True))
    twice = sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)
    length = max(abs(x - next_x) + abs(y - next_y) for (x, y), (next_x, next_y) in pairs)
    return max(abs(twice) // 2, length)


def _in_order(found: Found) -> tuple[Symbol, ...]:
    """The largest first; the same code twice in a frame counts once."""
    ordered = sorted(found, key=lambda each: (-each[0], each[1].format, each[1].data))
    return tuple(dict.fromkeys(symbol for _, symbol in ordered))
