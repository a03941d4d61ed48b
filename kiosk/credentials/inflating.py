"""Compressed layers, with a cap: a code of two thousand characters must not fill the memory."""

import zlib

from kiosk.credentials.meanings import NotTaken
from kiosk.model import Refusal

MOST = 65536
"""Bytes; certificates have some hundreds."""

ZLIB, RAW = zlib.MAX_WBITS, -zlib.MAX_WBITS


def inflated(data: bytes, form: int) -> bytes:
    """`form` is ZLIB (RFC 1950) or RAW (RFC 1951). Raises NotTaken for what is torn, too large or goes on behind."""
    stream = zlib.decompressobj(form)
    try:
        found = stream.decompress(data, MOST)
    except zlib.error:
        raise NotTaken(Refusal.TORN) from None
    if not stream.eof or stream.unused_data:
        raise NotTaken(Refusal.TORN)
    return found
