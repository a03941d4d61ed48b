"""The languages of serial scanners, pure: bytes in; codes, and what the host must do about them, out."""

from collections.abc import Iterator
from dataclasses import field
from typing import Protocol

from drivers.dialogue import Send
from drivers.scan_frames import REST_S, TORN_S, CodeReader, Framing, TooLong, Torn
from drivers.serial_scanner.orders import NO_READ, ORDERS, Answer, AnswerSieve, Model, Orders
from drivers.serial_scanner.ssi import (
    ACK,
    CONTINUES,
    DECODE_DATA,
    NAK,
    NAK_RESEND,
    RETRANSMIT,
    START_DECODE,
    STOP_DECODE,
    CodeJoiner,
    Packet,
    PacketReader,
    packet,
)
from kiosk.frozen import dataclass

SHORTEST_GAP_S = 0.01
GAP_BYTES = 29
"""A pause of as many bytes ends a code where nothing else does: 30 ms at 9600 baud, at least 10 ms."""
PACKET_GAP_S = 0.1
RESEND_S = 2.5
"""A scanner that missed the acknowledgement of a part sends it again within about 2 s."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it stands on the paper or the screen."""

    data: bytes = field(repr=False)
    at_once: bool = False
    """It came together with others as the line was opened."""


@dataclass(frozen=True, slots=True)
class NoRead:
    """The scanner gave up: it waits for the next order."""


Event = Code | TooLong | Torn | NoRead | Send | Answer
"""What is to be sent is an acknowledgement that the scanner waits for."""


class Language(Protocol):
    """One scanner's, and what has come of its current word."""

    orders: Orders | None

    @property
    def patience(self) -> float | None:
        """Seconds of silence that end what has begun; None while nothing has."""

    @property
    def amid(self) -> bool:
        """True while what comes may be the rest of a code whose beginning is lost."""

    def opened(self, now_s: float, /) -> float:
        """The line was opened, it may be amid a code; how many seconds of silence tell that it was not."""

    def feed(self, data: bytes, now_s: float = 0.0, /) -> Iterator[Event]:
        """`now_s`: any clock that never goes back."""

    def fallen_silent(self, now_s: float = 0.0, /) -> Iterator[Event]: ...


def language(model: Model, framing: Framing, baud: int) -> Language:
    """With nothing said yet."""
    if model is Model.SSI:
        return PacketLanguage()
    return TextLanguage(model, framing, max(SHORTEST_GAP_S, GAP_BYTES * 10 / baud))


class TextLanguage:
    """Codes as text between ends."""

    def __init__(self, model: Model, framing: Framing, gap_s: float) -> None:
        self.orders = ORDERS.get(model)
        self._by_gap = framing is Framing.GAP
        self._patience = gap_s if self._by_gap else TORN_S
        self._gives_up = model is Model.ZKTECO
        self._sieve = AnswerSieve() if self.orders is not None and self.orders.answers else None
        self._codes = CodeReader(framing)
        self._rest_by = 0.0

    @property
    def patience(self) -> float | None:
        held = self._sieve is not None and self._sieve.inside
        return self._patience if held or self._codes.inside else None

    @property
    def amid(self) -> bool:
        return self._codes.amid

    def opened(self, now_s: float, /) -> float:
        self._codes.opened()
        self._rest_by = now_s + self._patience
        return self._patience

    def feed(self, data: bytes, now_s: float = 0.0, /) -> Iterator[Event]:
        if now_s > self._rest_by:
            self._codes.forget_torn()
        if self._sieve is not None:
            data, answers = self._sieve.feed(data)
            yield from answers
        yield from map(self._read, self._codes.feed(data))

    def fallen_silent(self, now_s: float = 0.0, /) -> Iterator[Event]:
        if self._sieve is not None:
            yield from map(self._read, self._codes.feed(self._sieve.fallen_silent()))
        if not self._codes.inside:
            if now_s >= self._rest_by:
                self._codes.forget_torn()
        elif self._by_gap:
            yield from map(self._read, self._codes.flush())
        else:
            self._rest_by = now_s + REST_S
            yield self._codes.tear()

    def _read(self, found: bytes | TooLong) -> Event:
        if isinstance(found, TooLong):
            return found
        return NoRead() if self._gives_up and found == NO_READ else Code(found)


class PacketLanguage:
    """Codes in SSI packets, each acknowledged."""

    orders: Orders | None = Orders(packet(START_DECODE), packet(STOP_DECODE), answers=True)

    def __init__(self) -> None:
        self._packets = PacketReader()
        self._codes = CodeJoiner()
        self._amid = False
        self._nothing_heard = False
        """Since the opening."""

    @property
    def amid(self) -> bool:
        return self._amid

    def opened(self, _now_s: float, /) -> float:
        self._amid = self._nothing_heard = True
        return TORN_S

    @property
    def patience(self) -> float | None:
        if self._packets.inside:
            return PACKET_GAP_S
        return RESEND_S if self._codes.inside else None

    def feed(self, data: bytes, _now_s: float = 0.0, /) -> Iterator[Event]:
        for found in self._packets.feed(data):
            yield from self._take(found)

    def fallen_silent(self, _now_s: float = 0.0, /) -> Iterator[Event]:
        in_packet, found_one = self._packets.inside, False
        for found in self._packets.fallen_silent():
            found_one = True
            yield from self._take(found)
        if self._packets.noise and not found_one:
            self._nothing_heard = False
            yield Send(packet(NAK, bytes([NAK_RESEND])))
        self._packets.noise = False
        if not in_packet:
            self._amid = False
            if self._codes.inside:
                self._codes.drop()
                yield Torn()

    def _take(self, found: Packet) -> Iterator[Event]:
        self._packets.noise = False
        match found.opcode:
            case x if x == ACK:
                yield Answer(taken=True)
            case x if x == NAK:
                yield NoRead() if found.data[:1] == bytes([NAK_RESEND]) else Answer(taken=False)
            case x if x == DECODE_DATA:
                yield Send(packet(ACK))
                yield from self._part(found)
            case _:
                yield Send(packet(ACK))

    def _part(self, found: Packet) -> Iterator[Event]:
        # Nothing tells a later part from a first one; what was first sent before the opening may be either.
        rest = self._amid or (self._nothing_heard and bool(found.status & RETRANSMIT))
        self._amid, self._nothing_heard = rest and bool(found.status & CONTINUES), False
        match self._codes.take(found):
            case TooLong() if not rest:
                yield TooLong()
            case bytes(code) if code and not rest:
                yield Code(code)
