"""A grey frame to its codes: zxing-cpp first; harder looks and ZBar where it finds nothing new but something is there.

Bytes are zxing-cpp's own, so Chinese in any encoding and binary payloads come as they are in the symbol (payloads).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageFilter

from drivers.camera.payloads import TEXT_MODE, Extent, extent, payload
from drivers.camera.view import Place, Tiles, busy_tiles, is_at
from drivers.camera.zbar import ZBar
from kiosk.frozen import dataclass

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
SMALL_FRAME = 800
"""Columns; frames wider than this are not enlarged, as their codes have the pixels already."""


class Engine(StrEnum):
    """Which library read a symbol."""

    ZXING = "zxing-cpp"
    ZBAR = "zbar"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One code: its payload, its symbology, who read it and, if that is known, where. Identity may be inside, so repr
    shows none."""

    data: bytes = field(repr=False)
    format: str
    engine: Engine
    place: Place | None = field(default=None, compare=False)
    part: bool = False
    """One of several that make one code together."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame holds, the largest code first; `unread` if something like a code is there and not one of them."""

    symbols: tuple[Symbol, ...]
    unread: bool


Found = list[tuple[int, Symbol]]
"""Symbols, each with its area in pixels."""
Point = tuple[float, float]
Settled = Mapping[bytes, Place | None]
"""Codes that have been in the picture for long, and where a glance need not look for others."""
NONE_SETTLED: Settled = MappingProxyType({})


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

    def read(
        self, frame: Grey, looks: int | None = None, background: Tiles | None = None, settled: Settled = NONE_SETTLED
    ) -> Reading:
        """The frame's codes. At most `looks` harder looks, each in its turn from frame to frame and none that waits for
        ZBar to start; None for all. Neither tiles that are always as busy as a code (`background`) nor `settled` codes
        call for them, and other codes do not keep them away."""
        found, torn = _straight(frame)
        unread = _unread(frame, found, torn, background, settled)
        for look in self._harder(looks) if unread else ():
            more = _others(look(frame), found)
            found += more
            unread = not more or _unread(frame, found, torn, background, settled)
            if not unread:
                break
        return Reading(_in_order(found), unread)

    def close(self) -> None:
        self._zbar.close()

    def _harder(self, looks: int | None) -> Iterable[Callable[[Grey], Found]]:
        self._patient = looks is None
        if looks is None:
            return self._looks
        first, self._turn = self._turn, (self._turn + looks) % len(self._looks)
        return islice(self._looks[first:] + self._looks[:first], looks)

    def _by_zbar(self, frame: Grey) -> Found:
        return [
            (each.area, Symbol(each.data, each.format, Engine.ZBAR)) for each in self._zbar.read(frame, self._patient)
        ]


def _straight(frame: Grey) -> tuple[Found, list[Place]]:
    """The frame as it is, and the places of codes that were located but could not be read."""
    every = zxingcpp.read_barcodes(frame, formats=FORMATS, text_mode=TEXT_MODE, return_errors=True)
    extents = [(each, extent(each) if each.valid else Extent.UNSURE) for each in every]
    torn = [_place(_corners(each, _here)) for each, known in extents if known is Extent.UNSURE]
    return [_symbol(each, _here, known) for each, known in extents if known is not Extent.UNSURE], torn


def _unread(frame: Grey, found: Found, torn: list[Place], background: Tiles | None, settled: Settled) -> bool:
    """True if something like a code is there beside what was found, and that was not the code held up."""
    if any(symbol.data not in settled or symbol.place is None for _, symbol in found):
        return False
    codes = [place for place in settled.values() if place is not None]
    codes += [symbol.place for _, symbol in found if symbol.place is not None]
    return any(not is_at(each, codes) for each in torn) or bool(busy_tiles(frame, background, codes).any())


def _others(more: Found, found: Found) -> Found:
    known = {symbol.data for _, symbol in found}
    return [each for each in more if each[1].data not in known]


def _here(point: Point) -> Point:
    return point


def _read(
    picture: Image.Image,
    formats: Sequence[zxingcpp.BarcodeFormat] = FORMATS,
    back: Callable[[Point], Point] = _here,
) -> Found:
    """`back` takes a point of the picture to the frame that it was made from."""
    every = zxingcpp.read_barcodes(np.asarray(picture), formats=formats, text_mode=TEXT_MODE)
    extents = [(each, extent(each)) for each in every]
    return [_symbol(each, back, known) for each, known in extents if known is not Extent.UNSURE]


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
    larger = Image.fromarray(frame).resize((width * 3 // 2, height * 3 // 2), Image.Resampling.BICUBIC)
    return _read(larger, back=lambda point: (point[0] / 1.5, point[1] / 1.5))


def _turned_left(frame: Grey) -> Found:
    return _turned(frame, 30)


def _turned_right(frame: Grey) -> Found:
    return _turned(frame, -30)


def _turned(frame: Grey, degrees: int) -> Found:
    upright = Image.fromarray(frame)
    turned = upright.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    return _read(turned, LINES, lambda point: _turned_back(point, math.radians(degrees), turned.size, upright.size))


def _turned_back(point: Point, angle: float, turned: tuple[int, int], upright: tuple[int, int]) -> Point:
    """A point of the turned picture, turned about the middle that both have."""
    x, y = point[0] - turned[0] / 2, point[1] - turned[1] / 2
    cos, sin = math.cos(angle), math.sin(angle)
    return x * cos - y * sin + upright[0] / 2, x * sin + y * cos + upright[1] / 2


def _symbol(found: zxingcpp.Barcode, back: Callable[[Point], Point], known: Extent) -> tuple[int, Symbol]:
    place, is_part = _place(_corners(found, back)), known is Extent.PART
    symbol = Symbol(payload(found), found.format.name, Engine.ZXING, place, is_part)
    return _area(_corners(found, _here)), symbol


def _corners(found: zxingcpp.Barcode, back: Callable[[Point], Point]) -> list[Point]:
    where = found.position
    corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    return [back((each.x, each.y)) for each in corners]


def _place(corners: list[Point]) -> Place:
    across, down = zip(*corners, strict=True)
    return int(min(across)), int(min(down)), int(max(across)), int(max(down))


def _area(corners: Sequence[Point]) -> int:
    """Of a quadrilateral; a linear code is a line to the decoder, so its length counts too."""
    following = (*corners[1:], corners[0])
    pairs = list(zip(corners, following, strict=True))
    twice = sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)
    length = max(abs(x - next_x) + abs(y - next_y) for (x, y), (next_x, next_y) in pairs)
    return int(max(abs(twice) // 2, length))


def _in_order(found: Found) -> tuple[Symbol, ...]:
    """The largest first; the same code twice in a frame counts once."""
    ordered = sorted(found, key=lambda each: (-each[0], each[1].format, each[1].data))
    return tuple(dict.fromkeys(symbol for _, symbol in ordered))
