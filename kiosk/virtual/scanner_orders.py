"""What a scanner makes of the bytes that a host sends it, by its maker (scanner notes, section 1); no wire."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from kiosk.virtual import ssi


class Maker(StrEnum):
    """Whose commands the scanner knows."""

    NONE = "plain"
    HONEYWELL = "honeywell"
    NEWLAND = "newland"
    NEWLAND_SHORT = "newland-short"
    DATALOGIC = "datalogic"
    ZKTECO = "zkteco"
    ZEBRA_SSI = "ssi"


class Order(Enum):
    START = auto()
    STOP = auto()
    ACK = auto()
    RESEND = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Heard:
    """One command and the answer that it gets."""

    order: Order
    answer: bytes = b""


_WORDS: Final[dict[Maker, dict[bytes, Order]]] = {
    Maker.NONE: {},
    Maker.HONEYWELL: {b"\x16T\r": Order.START, b"\x16U\r": Order.STOP},
    Maker.NEWLAND_SHORT: {b"\x01T\x04": Order.START, b"\x1b1": Order.START, b"\x01P\x04": Order.STOP},
    Maker.DATALOGIC: {b"T": Order.START, b"X": Order.STOP},
    Maker.ZKTECO: {b"T": Order.START, b"P": Order.STOP},
}
_NEWLAND_COMMAND: Final = re.compile(rb"\x7e\x010000([@#])([A-Z]{6})([0-9]*);\x03")
_NEWLAND_RANGES: Final = {b"SCNTRG": 1, b"SCNMOD": 3, b"ORTSET": 3_600_000, b"RRDDUR": 3_600_000, b"GRBENA": 1}
_LONGEST: Final = 64


class OrderReader:
    """Finds commands however the bytes are cut. `refusing`: the scanner is in a mode that takes no order to read."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._heard = b""
        self._packets = ssi.HostPackets()
        self.refusing = False

    def feed(self, data: bytes) -> Iterator[Heard]:
        if self._maker is Maker.ZEBRA_SSI:
            yield from (self._packet(*found) for found in self._packets.feed(data))
        elif self._maker is Maker.NEWLAND:
            yield from self._newland(data)
        else:
            yield from self._words(data)

    def _words(self, data: bytes) -> Iterator[Heard]:
        words = _WORDS[self._maker]
        for byte in data:
            self._heard = (self._heard + bytes([byte]))[-3:]
            for word, order in words.items():
                if self._heard.endswith(word):
                    self._heard = b""
                    yield Heard(order)

    def _newland(self, data: bytes) -> Iterator[Heard]:
        self._heard += data
        while (found := _NEWLAND_COMMAND.search(self._heard)) is not None:
            self._heard = self._heard[found.end() :]
            yield self._newland_answer(*found.groups())
        self._heard = self._heard[-_LONGEST:]

    def _newland_answer(self, storage: bytes, tag: bytes, value: bytes) -> Heard:
        most = _NEWLAND_RANGES.get(tag)
        if most is None:
            word = b"\x05"
        elif self.refusing or not value or int(value) > most:
            word = b"\x15"
        else:
            word = b"\x06"
        order = Order.OTHER
        if tag == b"SCNTRG" and word == b"\x06":
            order = Order.START if value == b"1" else Order.STOP
        return Heard(order, b"\x02\x010000" + storage + tag + value + word + b";\x03")

    def _packet(self, opcode: int, data: bytes) -> Heard:
        match opcode:
            case ssi.HOST_ACK:
                return Heard(Order.ACK)
            case ssi.HOST_NAK:
                return Heard(Order.RESEND if data[:1] == bytes([ssi.NAK_RESEND]) else Order.OTHER)
            case ssi.START_DECODE | ssi.STOP_DECODE if self.refusing:
                return Heard(Order.OTHER, ssi.scanner_packet(ssi.HOST_NAK, bytes([ssi.NAK_DENIED])))
            case ssi.START_DECODE:
                return Heard(Order.START, ssi.scanner_packet(ssi.HOST_ACK))
            case ssi.STOP_DECODE:
                return Heard(Order.STOP, ssi.scanner_packet(ssi.HOST_ACK))
        return Heard(Order.OTHER, ssi.scanner_packet(ssi.HOST_ACK))
