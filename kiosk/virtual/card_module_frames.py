"""Frames of the ID-card module, from the module's side: commands come in, replies go out (section 2)."""

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
# The longest command of the tables has LEN 4; anything far beyond is a broken LEN, not a frame worth waiting for.
LONGEST_COMMAND: Final = 64
SHORTEST_COMMAND: Final = 3


class Status(IntEnum):
    """SW3, the module's own status byte (ID-card module notes, section 4)."""

    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_ALLOWED = 0x23
    UNSPECIFIED = 0x24
    CARD_REFUSED_MODULE = 0x31
    MODULE_REFUSED_CARD = 0x32
    INFORMATION_CHECK = 0x33
    FINGERPRINT_CHECK = 0x37
    INFORMATION_LENGTH = 0x3F
    UNKNOWN_CARD = 0x40
    READ_FAILED = 0x41
    NO_RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    NO_SUCH_ITEM = 0x91
    CARD_FOUND = 0x9F


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose checksum was right."""

    code: int
    parameter: int
    data: bytes = b""


STATUS: Final = Command(0x11, 0xFF)
FIND: Final = Command(0x20, 0x01)
SELECT: Final = Command(0x20, 0x02)
READ: Final = Command(0x30, 0x01)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that was no command, and the status that says so."""

    status: Status


def checksum(data: bytes) -> int:
    """XOR of all bytes from LEN on (ID-card module notes, section 2)."""
    return reduce(xor, data, 0)


def reply(status: int, data: bytes = b"", *, sw1: int = 0, sw2: int = 0) -> bytes:
    """One reply frame: preamble, LEN, SW1 SW2 SW3, data, CHK (ID-card module notes, section 2)."""
    body = (len(data) + 4).to_bytes(2, "big") + bytes((sw1, sw2, status)) + data
    return PREAMBLE + body + bytes((checksum(body),))


class CommandHunter:
    """Finds commands in a stream of bytes, however it is cut; what stands before a preamble is passed over."""

    def __init__(self) -> None:
        self._seen = b""
        self._frame: bytearray | None = None

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._frame is not None

    def forget(self) -> None:
        """Drops a frame that was begun: the line fell silent."""
        self._seen, self._frame = b"", None

    def feed(self, data: bytes) -> list[Command | Malformed]:
        """Each command, or complaint about one, that `data` completes, in order."""
        return [found for byte in data if (found := self._take(byte)) is not None]

    def _take(self, byte: int) -> Command | Malformed | None:
        if self._frame is None:
            # A window of five: an AA too many in front does no harm.
            self._seen = (self._seen + bytes((byte,)))[-len(PREAMBLE) :]
            if self._seen == PREAMBLE:
                self._seen, self._frame = b"", bytearray()
            return None
        self._frame.append(byte)
        return self._judge(bytes(self._frame))

    def _judge(self, frame: bytes) -> Command | Malformed | None:
        length = int.from_bytes(frame[:2], "big")
        if len(frame) < 2:
            return None
        if not SHORTEST_COMMAND <= length <= LONGEST_COMMAND:
            self._frame = None
            return Malformed(Status.BAD_LENGTH)
        if len(frame) < 2 + length:
            return None
        self._frame = None
        if checksum(frame) != 0:
            return Malformed(Status.BAD_CHECKSUM)
        return Command(frame[2], frame[3], frame[4:-1])
