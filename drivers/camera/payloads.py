"""What a symbol that zxing-cpp has read holds, and whether that is all of its text.

The library tells the character sets that a symbol names in its hexadecimal text only, and of a QR code that is one of
several (structured append, ISO/IEC 18004 section 8) nothing: its header stands in the modules.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum, auto
from itertools import chain

import numpy as np
import numpy.typing as npt
import zxingcpp

Modules = npt.NDArray[np.bool_]
"""A square of them, dark as True."""

_GREY = 128

TEXT_MODE = zxingcpp.TextMode.HexECI
"""By which a symbol's `text` is what a scanner sends of it: identifier, character sets, bytes (ISO/IEC 15424)."""
WITH_ECI = frozenset({b"]Q2", b"]Q4", b"]Q6", b"]d4", b"]d5", b"]d6", b"]L1"})
"""Identifiers of symbols that say which character sets they use."""

_ESCAPED = re.compile(rb"\\\\|\\[0-9]{6}")
_UTF_8 = b"\\000026"
_APPENDED = 3
"""Mode in a QR code's first four bits; behind it the number of the part."""
_MODES = frozenset({1, 2, 4, 7})
"""Others that a code begins with: digits, capitals, bytes, a character set."""
_ONE_BLOCK = 3
"""Up to this version errors count over the whole code, mostly; in larger ones those of another block may hide them."""
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
"""By row and column: which modules a mask turns round."""


class Extent(Enum):
    """Whether a symbol's text is all that its code says."""

    WHOLE = auto()
    PART = auto()
    UNSURE = auto()
    """The modules that tell it are damaged."""


def payload(found: zxingcpp.Barcode) -> bytes:
    """As it stands in the symbol; where the symbol names other sets than UTF-8, as scanners send it then."""
    sent, plain = bytes.fromhex(found.text), bytes(found.bytes)
    if sent[:3] not in WITH_ECI or found.content_type is zxingcpp.ContentType.Binary:
        return plain
    named = {each for each in _ESCAPED.findall(sent) if each != b"\\\\"}
    is_ascii = plain.isascii() and b"\0" not in plain
    return plain if (is_ascii or named == {_UTF_8}) and b"\\" not in plain else sent


def extent(found: zxingcpp.Barcode) -> Extent:
    """Only of a QR code; of others the library and their modules tell nothing."""
    extra = found.extra or {}
    if found.format != zxingcpp.BarcodeFormat.QRCode or "DataMask" not in extra:
        return Extent.WHOLE
    modules = np.array(found.to_image(scale=1, add_quiet_zones=False), np.uint8) < _GREY
    if _is_mirrored(modules, extra["ECLevel"], extra["DataMask"]):
        modules = modules.T
    first, unused = _first_byte(modules, extra["DataMask"]), extra.get("UEC", 1.0)
    if unused < 1 and _unused(_turned(modules, 1)) >= unused:
        # One wrong module more makes nothing worse, so this byte is wrong already. The right one makes it better.
        is_small = int(extra["Version"]) <= _ONE_BLOCK
        instead = chain(_headers(first), () if is_small else _beginnings(first))
        right = next((each for each in instead if _unused(_turned(modules, first ^ each)) > unused), None)
        if right is None:
            return Extent.WHOLE if is_small else Extent.UNSURE
        first = right
    return Extent.PART if first >> 4 == _APPENDED else Extent.WHOLE


def _headers(first: int) -> Iterator[int]:
    """Each that may have stood in its place."""
    return (each for each in range(_APPENDED << 4, _APPENDED + 1 << 4) if each != first)


def _beginnings(first: int) -> Iterator[int]:
    """What else begins a code and is two modules apart at most."""
    return (each for each in range(256) if each >> 4 in _MODES and 0 < (each ^ first).bit_count() <= 2)


def _first_byte(modules: Modules, mask: int) -> int:
    return sum((bool(modules[at]) ^ _MASKS[mask](*at)) << bit for bit, at in enumerate(_corner(len(modules))))


def _corner(size: int) -> list[tuple[int, int]]:
    """Where the first byte's bits stand, the lowest first: two columns upwards from the corner that has no eye."""
    return [(row, column) for row in range(size - 4, size) for column in (size - 2, size - 1)]


def _turned(modules: Modules, byte: int) -> Modules:
    """With these bits of the first byte turned round."""
    turned = modules.copy()
    for bit, at in enumerate(_corner(len(modules))):
        turned[at] ^= bool(byte >> bit & 1)
    return turned


def _unused(modules: Modules) -> float:
    """How much error correction is left over; less than nothing if it is not enough."""
    drawn = np.pad(~modules, 4, constant_values=True).repeat(3, 0).repeat(3, 1)
    again = zxingcpp.read_barcodes(drawn.astype(np.uint8) * 255, formats=zxingcpp.BarcodeFormat.QRCode, is_pure=True)
    return max(((each.extra or {}).get("UEC", -1.0) for each in again), default=-1.0)


def _is_mirrored(modules: Modules, level: str, mask: int) -> bool:
    """By the level and mask that are written around the first eye: in a mirror they run the other way."""
    way = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8)]
    way += [(row, 8) for row in range(5, -1, -1)]
    expected = _format(level, mask)
    here, mirrored = (
        sum(bool(modules[at]) << bit for bit, at in enumerate(each)) ^ expected for each in (way[::-1], way)
    )
    return mirrored.bit_count() < here.bit_count()


def _format(level: str, mask: int) -> int:
    """15 bits, section 7.9.1."""
    told = "MLHQ".index(level) << 3 | mask
    rest = told << 10
    while rest.bit_length() > 10:
        rest ^= 0x537 << (rest.bit_length() - 11)
    return (told << 10 | rest) ^ 0x5412
