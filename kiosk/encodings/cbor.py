"""CBOR (RFC 8949) of a stranger's code, read in time that grows with its bytes alone.

cbor2 makes numbers, patterns and dates of its tags, and lets one part be shared by thousands: a code of 200 characters
kept it busy for minutes. Here a tag is a number beside its value and nothing is shared.
"""

import struct
from collections.abc import Iterator
from dataclasses import field

from kiosk.frozen import dataclass

DEEPEST = 16
"""Containers within each other; certificates have seven."""

MOST_ITEMS = 2000
"""Certificates have some two hundred; each takes microseconds on the engine's thread."""

_BREAK = 0xFF
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


@dataclass(frozen=True, slots=True)
class Tagged:
    """What stands under a tag, not interpreted."""

    tag: int
    value: object = field(repr=False)


def loads(data: bytes) -> object:
    """One item and nothing behind it. Maps have numbers and texts as keys, none twice. Raises ValueError."""
    reader = _Reader(data)
    found = reader.item(DEEPEST)
    if reader.left:
        raise ValueError("more stands behind the item")
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._items = data, 0, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def item(self, depth: int) -> object:
        self._items += 1
        if depth == 0 or self._items > MOST_ITEMS:
            raise ValueError("too deep, or too much")
        first = self._take(1)[0]
        kind, size = first >> 5, first & 31
        match kind:
            case 0:
                return self._number(size)
            case 1:
                return -1 - self._number(size)
            case 2 | 3:
                return self._string(kind, size)
            case 4:
                return [self.item(depth - 1) for _ in self._members(size)]
            case 5:
                return self._map(size, depth)
            case 6:
                return Tagged(self._number(size), self.item(depth - 1))
            case _:
                return self._simple(size)

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise ValueError("cut off")
        self._at += count
        return self._data[self._at - count : self._at]

    def _number(self, size: int) -> int:
        if size < 24:
            return size
        if size > 27:
            raise ValueError("no such length")
        return int.from_bytes(self._take(1 << (size - 24)), "big")

    def _members(self, size: int) -> Iterator[None]:
        """Once for each member, however their end is told."""
        if size == 31:
            while self.left and self._data[self._at] != _BREAK:
                yield
            self._take(1)
            return
        count = self._number(size)
        if count > self.left:
            raise ValueError("cut off")
        for _ in range(count):
            yield

    def _string(self, kind: int, size: int) -> bytes | str:
        if size == 31:
            data = b"".join(self._piece(kind) for _ in self._members(size))
        else:
            data = self._take(self._number(size))
        return data if kind == 2 else data.decode("utf-8")

    def _piece(self, kind: int) -> bytes:
        first = self._take(1)[0]
        if first >> 5 != kind:
            raise ValueError("a string of other pieces")
        return self._take(self._number(first & 31))

    def _map(self, size: int, depth: int) -> dict[int | str, object]:
        found: dict[int | str, object] = {}
        for _ in self._members(size):
            key = self.item(depth - 1)
            if not isinstance(key, int | str) or isinstance(key, bool) or key in found:
                raise ValueError("no key, or one that stands there twice")
            found[key] = self.item(depth - 1)
        return found

    def _simple(self, size: int) -> object:
        if size in _FLOATS:
            found: object = struct.unpack(_FLOATS[size], self._take(1 << (size - 24)))[0]
            return found
        if size not in _SIMPLE:
            raise ValueError("no such value")
        return _SIMPLE[size]
