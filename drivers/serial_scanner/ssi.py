"""Packets of Zebra's Simple Serial Interface, pure: length, opcode, source, status, data, two's-complement sum.

Sources: Zebra SE-923 guide p. 160 and MP72 guide (opcodes), SE-955 guide p. 193 (NAK causes).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import field

from drivers.scan_frames import LONGEST, TooLong
from kiosk.frozen import dataclass

ACK, NAK, START_DECODE, STOP_DECODE, DECODE_DATA = 0xD0, 0xD1, 0xE4, 0xE5, 0xF3
NAK_RESEND = 0x01
RETRANSMIT, CONTINUES = 0x01, 0x02
_HOST, _DECODER = 0x04, 0x00
_HEAD, _SUM = 4, 2


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of the scanner whose sum fits. The data may hold an identity, so repr shows none."""

    opcode: int
    status: int
    data: bytes = field(repr=False)


def packet(opcode: int, data: bytes = b"", status: int = 0) -> bytes:
    """The wire form of a host's packet."""
    head = bytes((_HEAD + len(data), opcode, _HOST, status)) + data
    return head + _sum(head)


def _sum(data: bytes | bytearray) -> bytes:
    return (-sum(data) & 0xFFFF).to_bytes(2)


class PacketReader:
    """Finds packets in a stream, whatever stands between them and however it is cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.noise = False
        """Bytes that belong to no packet were passed over since this was last set to False."""

    @property
    def inside(self) -> bool:
        return bool(self._buffer) or self.noise

    def feed(self, data: bytes) -> Iterator[Packet]:
        self._buffer += data
        while (size := self._whole()) > 0:
            body = bytes(self._buffer[: size - _SUM])
            del self._buffer[:size]
            yield Packet(body[1], body[3], body[_HEAD:])

    def fallen_silent(self) -> Iterator[Packet]:
        """No more bytes come: a whole packet may stand behind a false beginning."""
        while self._buffer:
            self._pass_over()
            yield from self.feed(b"")

    def _whole(self) -> int:
        """The size of the packet at the front, 0 while it is not whole; what is none is passed over."""
        while self._buffer:
            size = self._buffer[0] + _SUM
            if size < _HEAD + _SUM or (len(self._buffer) > 2 and self._buffer[2] != _DECODER):
                self._pass_over()
            elif len(self._buffer) < size:
                return 0
            elif _sum(self._buffer[: size - _SUM]) != self._buffer[size - _SUM : size]:
                self._pass_over()
            else:
                return size
        return 0

    def _pass_over(self) -> None:
        self.noise = True
        del self._buffer[:1]


class CodeJoiner:
    """DECODE_DATA packets to codes: joins what continues, drops what was sent again."""

    def __init__(self) -> None:
        self._parts = bytearray()
        self._overrun = False
        self._last = b""

    @property
    def inside(self) -> bool:
        """True while a code has begun and not ended."""
        return bool(self._parts) or self._overrun

    def take(self, found: Packet) -> bytes | TooLong | None:
        """The code that this packet ends; its first byte, the kind of code, stands in each packet."""
        # A digest: what was scanned is not kept for the sake of a repeat that seldom comes.
        digest = hashlib.blake2b(bytes([found.status & CONTINUES]) + found.data, digest_size=8).digest()
        if found.status & RETRANSMIT and digest == self._last:
            return None
        self._last = digest
        self._parts += found.data[1:]
        if len(self._parts) > LONGEST:
            self._overrun = True
            self._parts.clear()
        return None if found.status & CONTINUES else self._ended()

    def drop(self) -> None:
        self._parts.clear()
        self._overrun = False

    def _ended(self) -> bytes | TooLong:
        code, overrun = bytes(self._parts), self._overrun
        self.drop()
        return TooLong() if overrun else code.strip(b"\r\n")
