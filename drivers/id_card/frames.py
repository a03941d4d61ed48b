"""The frames of the ID-card module (SAM/SDT), pure: commands out, replies in, the 256-byte text block to a card.

Source: vendor protocol of the security module (GA 450, GA 467), sections "frame layout", "body of the 30 01 reply".
"""

import struct
from collections.abc import Iterator
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.ports import CardKind, CardScan, FrameError

PREAMBLE = bytes.fromhex("AAAAAA9669")
LONGEST = 0x090A
"""The largest legal LEN: base data with two fingerprints."""

_HEAD = len(PREAMBLE) + 2
_SHORTEST = 4
_TEXT_BYTES = 256
_ADDRESS_BYTES = 70
_KIND_AT = 248
_BLANKS = " \0\t\r\n\u00a0\u2002\u2003\u3000\ufeff\u200b\uffff"
"""A field may be filled with full-width blanks too, or with what a chip holds where nothing was written."""
_KINDS = {"J": CardKind.HMT_PERMIT, "I": CardKind.FOREIGNER_2017, "Y": CardKind.FOREIGNER_2023}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply whose checksum fits: SW3 and what follows. The data may hold an identity, so repr shows none."""

    status: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Noise:
    """A frame whose length or checksum does not fit."""


def _xor(data: bytes | bytearray) -> int:
    """XOR of all bytes; folded in halves, as the last reply byte waits for it."""
    value, bits = int.from_bytes(data), 8
    while bits < 8 * len(data):
        bits *= 2
    while bits > 8:
        bits //= 2
        value = (value >> bits) ^ (value & ((1 << bits) - 1))
    return value


def command(*code: int) -> bytes:
    """The wire form of CMD, PARA and data; LEN counts the checksum, the checksum includes LEN."""
    body = (len(code) + 1).to_bytes(2) + bytes(code)
    return PREAMBLE + body + bytes([_xor(body)])


FIND = command(0x20, 0x01)
SELECT = command(0x20, 0x02)
READ_BASE = command(0x30, 0x01)
"""The shortest read of an identity: no command leaves out the photo, 30 10 adds the fingerprints."""
READ_ADDRESS = command(0x30, 0x03)
STATUS = command(0x11, 0xFF)
RESET = command(0x10, 0xFF)


class ReplyReader:
    """Finds replies in a stream, whatever stands between them and however it is cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def inside(self) -> bool:
        """True while a frame has begun and not ended."""
        return self._buffer.startswith(PREAMBLE)

    def reset(self) -> None:
        self._buffer.clear()

    def feed(self, data: bytes) -> Iterator[Reply | Noise]:
        self._buffer += data
        while (found := self._next()) is not None:
            yield found

    def fallen_silent(self) -> Iterator[Reply | Noise]:
        """No more bytes come: a frame that was begun is none, and a whole one may stand behind its beginning."""
        while self.inside:
            yield self._drop()
            yield from self.feed(b"")
        self.reset()

    def _next(self) -> Reply | Noise | None:
        self._hunt()
        buffer = self._buffer
        if len(buffer) < _HEAD:
            return None
        length = int.from_bytes(buffer[5:7])
        if not _SHORTEST <= length <= LONGEST:
            return self._drop()
        if len(buffer) < _HEAD + length:
            return None
        if _xor(buffer[5 : _HEAD + length]) != 0:
            return self._drop()
        status, data = buffer[_HEAD + 2], bytes(buffer[_HEAD + 3 : _HEAD + length - 1])
        # Not `del`, which would leave the bytes in the buffer's memory: a photo may be among them.
        self._buffer = buffer[_HEAD + length :]
        return Reply(status, data)

    def _hunt(self) -> None:
        """Drops all before the next preamble, keeping what may be its beginning."""
        at = self._buffer.find(PREAMBLE)
        if at < 0:
            at = next(
                (i for i in range(max(0, len(self._buffer) - 4), len(self._buffer)) if self._may_begin(i)),
                len(self._buffer),
            )
        del self._buffer[:at]

    def _may_begin(self, at: int) -> bool:
        return PREAMBLE.startswith(bytes(self._buffer[at:]))

    def _drop(self) -> Noise:
        # Only the first byte goes: a good frame may begin inside the bad one.
        del self._buffer[:1]
        return Noise()


def card(data: bytes) -> CardScan:
    """The card in the data of a 30 01 or 30 10 reply; photo and fingerprints are left behind. Raises FrameError."""
    start = _text_start(data)
    text = data[start : start + _TEXT_BYTES]
    kind = _KINDS.get(_field(text, _KIND_AT, 2), CardKind.RESIDENT)
    return _LAYOUTS[kind](text)


def newest_address(data: bytes) -> str:
    """The address in the data of a 30 03 reply. Raises FrameError."""
    if len(data) != _ADDRESS_BYTES:
        raise FrameError("the card's newest address has not 70 bytes")
    return _field(data, 0, _ADDRESS_BYTES)


def _text_start(data: bytes) -> int:
    """Two lengths (text, photo) stand before the text, or three (fingerprints): as many as explain all bytes."""
    lengths = struct.unpack(">3H", data[:6]) if len(data) >= 6 else (0, 0, 0)
    if lengths[0] == _TEXT_BYTES:
        for count in (2, 3):
            if len(data) == 2 * count + sum(lengths[:count]):
                return 2 * count
    raise FrameError("the lengths in the card's data are wrong")


def _field(text: bytes, at: int, size: int, *further: tuple[int, int]) -> str:
    """UTF-16LE, filled with blanks of one kind or another, so that a field of blanks is empty; private-use characters
    are kept. `further`: where a long one goes on, perhaps at a blank."""
    whole = b"".join(text[start : start + length] for start, length in ((at, size), *further))
    return whole.decode("utf-16-le", errors="replace").strip(_BLANKS)


def _resident(text: bytes) -> CardScan:
    return CardScan(CardKind.RESIDENT, _field(text, 122, 36), _field(text, 0, 30))


def _hmt_permit(text: bytes) -> CardScan:
    return CardScan(CardKind.HMT_PERMIT, _field(text, 122, 36), _field(text, 0, 30))


def _foreigner_2017(text: bytes) -> CardScan:
    name = _field(text, 158, 30) or _field(text, 0, 120)
    return CardScan(CardKind.FOREIGNER_2017, _field(text, 122, 30), name)


def _foreigner_2023(text: bytes) -> CardScan:
    name = _field(text, 0, 30) or _field(text, 52, 70, (220, 22))
    return CardScan(CardKind.FOREIGNER_2023, _field(text, 122, 36), name)


_LAYOUTS = {
    CardKind.RESIDENT: _resident,
    CardKind.HMT_PERMIT: _hmt_permit,
    CardKind.FOREIGNER_2017: _foreigner_2017,
    CardKind.FOREIGNER_2023: _foreigner_2023,
}
