"""What the camera's process says, as bytes: the kind, the frame's time, how long the rest is, the rest. Pure."""

import struct
from collections.abc import Iterator
from enum import IntEnum

from kiosk.frozen import dataclass
from kiosk.ports import FrameError, Hint, TextScan

HEAD = struct.Struct("!BQH")
"""Kind, monotonic nanoseconds, bytes that follow."""
LONGEST = 16384
"""Of what follows: no code holds a third of it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The camera is started: frames come."""


@dataclass(frozen=True, slots=True)
class Alive:
    """Frames come, and nothing is in them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a frame brought, and when that came, monotonic nanoseconds: all processes read the same clock."""

    what: TextScan | Hint
    at_ns: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The camera failed, by its library's words; the last word of its process."""

    why: str


Word = Opened | Alive | Found | Gone


class _Kind(IntEnum):
    OPENED = 1
    ALIVE = 2
    SCAN = 3
    PART = 4
    HINT = 5
    GONE = 6


def encoded(word: Word) -> bytes:
    """Raises ValueError for a payload that is longer than any code's."""
    match word:
        case Opened():
            return _framed(_Kind.OPENED)
        case Alive():
            return _framed(_Kind.ALIVE)
        case Found(TextScan(data, part), at_ns):
            return _framed(_Kind.PART if part else _Kind.SCAN, data, at_ns)
        case Found(hint, at_ns):
            return _framed(_Kind.HINT, str(hint).encode(), at_ns)
        case Gone(why):
            return _framed(_Kind.GONE, why.encode(errors="replace")[:LONGEST])


def _framed(kind: _Kind, rest: bytes = b"", at_ns: int = 0) -> bytes:
    if len(rest) > LONGEST:
        raise ValueError(len(rest))
    return HEAD.pack(kind, at_ns, len(rest)) + rest


class WordDecoder:
    """Bytes in any pieces to words."""

    def __init__(self) -> None:
        self._left = b""

    def feed(self, data: bytes) -> list[Word]:
        """The words that `data` ends. Raises FrameError where no process of ours speaks; nothing comes after it."""
        self._left += data
        return list(self._words())

    def _words(self) -> Iterator[Word]:
        while len(self._left) >= HEAD.size:
            kind, at_ns, length = HEAD.unpack_from(self._left)
            if kind not in _Kind.__members__.values() or length > LONGEST:
                raise FrameError("no word of a camera's process")
            end = HEAD.size + length
            if len(self._left) < end:
                return
            rest, self._left = self._left[HEAD.size : end], self._left[end:]
            yield _word(_Kind(kind), rest, at_ns)


def _word(kind: _Kind, rest: bytes, at_ns: int) -> Word:
    match kind:
        case _Kind.OPENED:
            return Opened()
        case _Kind.ALIVE:
            return Alive()
        case _Kind.SCAN | _Kind.PART:
            return Found(TextScan(rest, kind is _Kind.PART), at_ns)
        case _Kind.HINT:
            return Found(_hint(rest), at_ns)
        case _Kind.GONE:
            return Gone(rest.decode(errors="replace"))


def _hint(rest: bytes) -> Hint:
    try:
        return Hint(rest.decode(errors="replace"))
    except ValueError:
        raise FrameError("no hint of a camera's process") from None
