"""QR codes from the bits of their segments (ISO/IEC 18004, section 7.4), for what no encoder at hand can write."""

import numpy as np
import numpy.typing as npt
import qrcode
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_M

Bits = list[tuple[int, int]]
"""Numbers, each with its width."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def appended(place: int, parts: int, parity: int = 0x55) -> Bits:
    """The header of one code of several."""
    return [(3, 4), (place, 4), (parts - 1, 4), (parity, 8)]


def character_set(eci: int) -> Bits:
    return [(7, 4), (eci, 8)] if eci < 128 else [(7, 4), (0x8000 | eci, 16)]


def octets(data: bytes, version: int = 4) -> Bits:
    return [(4, 4), (len(data), 8 if version < 10 else 16), *((byte, 8) for byte in data)]


def capitals(text: str, version: int = 4) -> Bits:
    values = [_ALPHABET.index(character) for character in text]
    pairs = [(45 * high + low, 11) for high, low in zip(values[::2], values[1::2], strict=False)]
    width = 9 if version < 10 else 11 if version < 27 else 13
    return [(2, 4), (len(text), width), *pairs, *([(values[-1], 6)] if len(values) % 2 else [])]


def symbol(bits: Bits, version: int = 4, mask: int = 3) -> npt.NDArray[np.bool_]:
    """Its modules, dark as True; level M."""
    buffer = util.BitBuffer()
    for value, width in bits:
        buffer.put(value, width)
    blocks = base.rs_blocks(version, ERROR_CORRECT_M)
    room = sum(block.data_count for block in blocks)
    buffer.put(0, min(4, 8 * room - len(buffer)))
    buffer.put(0, -len(buffer) % 8)
    for at in range(room - len(buffer) // 8):
        buffer.put((0xEC, 0x11)[at % 2], 8)
    code = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=mask)
    code.data_cache = util.create_bytes(buffer, blocks)
    code.makeImpl(False, mask)
    return np.array(code.modules, np.bool_)


def drawn(modules: npt.NDArray[np.bool_], scale: int = 5) -> npt.NDArray[np.uint8]:
    """As printed on white."""
    bare = np.where(modules, 0, 255).astype(np.uint8)
    return np.pad(bare, 4, constant_values=255).repeat(scale, 0).repeat(scale, 1)
