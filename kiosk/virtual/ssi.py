"""Zebra's Simple Serial Interface from the scanner's side: decode packets out, the host's packets in (section 1)."""

from collections.abc import Iterator
from typing import Final

HOST_ACK: Final = 0xD0
HOST_NAK: Final = 0xD1
START_DECODE: Final = 0xE4
STOP_DECODE: Final = 0xE5
DECODE_DATA: Final = 0xF3
NAK_RESEND: Final = 1
NAK_DENIED: Final = 6
AGAIN: Final = 0b01
MORE: Final = 0b10
CODE_128: Final = 0x03
# The length is one byte: 4 of head, 1 for the kind of code, the rest text.
MOST_TEXT: Final = 250


def scanner_packet(opcode: int, data: bytes = b"", status: int = 0) -> bytes:
    """A packet with source 00 (the decoder) and the two's complement of its sum, high byte first."""
    body = bytes([4 + len(data), opcode, 0x00, status, *data])
    return body + ((0x10000 - sum(body)) % 0x10000).to_bytes(2, "big")


def decode_packets(text: bytes, kind: int = CODE_128) -> list[tuple[int, bytes]]:
    """Status and data of each packet of a code; all but the last have the continuation bit."""
    parts = [text[at : at + MOST_TEXT] for at in range(0, len(text), MOST_TEXT)] or [b""]
    return [(MORE * (part is not parts[-1]), bytes([kind]) + part) for part in parts]


class HostPackets:
    """Finds the host's packets (source 04) in a stream; what does not fit is passed over."""

    def __init__(self) -> None:
        self._heard = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Opcode and data of each packet."""
        self._heard += data
        while len(self._heard) >= 6:
            size = self._heard[0]
            if size < 4 or self._heard[2] != 0x04:
                self._heard = self._heard[1:]
                continue
            if len(self._heard) < size + 2:
                return
            frame, rest = self._heard[: size + 2], self._heard[size + 2 :]
            if (sum(frame[:size]) + int.from_bytes(frame[size:], "big")) % 0x10000:
                self._heard = self._heard[1:]
                continue
            self._heard = rest
            yield frame[1], frame[4:size]
