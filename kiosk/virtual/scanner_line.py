"""What a serial scanner says on its line and what it obeys: codes, packets, orders to read, and ways to go wrong."""

from dataclasses import dataclass
from typing import Final

from kiosk.virtual import ssi
from kiosk.virtual.pacing import send_paced
from kiosk.virtual.scanner_orders import Heard, Maker, Order, OrderReader
from kiosk.virtual.stage import Activity, Await, Hear, Say, Stage

_IDLE_S: Final = 0.05
# No printable text and no suffix in use, so a stray byte is never a scan of its own.
_STRAY: Final = b"\x00\xff"
_NO_READ: Final = b"%%NoRead"
# A scanner repeats what is not acknowledged in this time, twice (scanner notes, section 1).
ACK_S: Final = 2.0
_RESENDS: Final = 2


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """A scanner that sends prefix, data and suffix at `baud`, `split` bytes at a time.

    `triggered`: it reads only after the host's order, until a code was read, the order to stop, or `light_s` seconds.
    Then a code that is presented is held up for `hold_s`; without an order in that time nothing is read.
    """

    suffix: bytes = b"\r"
    prefix: bytes = b""
    baud: int = 115200
    split: int = 16
    maker: Maker = Maker.HONEYWELL
    triggered: bool = False
    light_s: float = 3.0
    hold_s: float = 5.0
    ack_s: float = ACK_S


class ScannerLine:
    """The life of one scanner, and codes that are presented to it; its faults may be changed between two steps."""

    def __init__(self, stage: Stage, settings: ScannerSettings) -> None:
        self._stage, self._settings = stage, settings
        self.orders = OrderReader(settings.maker)
        self.lit = False
        self.noisy = False
        self.deaf = False
        self.lost_acks = 0
        self.wrong_sums = 0
        self.resends = 0
        self.triggers_on = 0
        self.triggers_off = 0
        self._lit_until = 0.0
        self._acks = 0
        self._asked_again = 0
        self._sending = False

    def restart(self) -> None:
        """The scanner loses its power."""
        self.orders = OrderReader(self._settings.maker)
        self.lit = False

    def life(self) -> Activity[None]:
        """Obeys the host for ever."""
        while True:
            data = yield Hear(self._stage.now_s() + _IDLE_S)
            if data and not self.deaf:
                for heard in self.orders.feed(data):
                    yield from self._obey(heard)
            elif self.noisy:
                yield from self._say_between_codes(_STRAY)
            if self._grows_tired() and self._settings.maker is Maker.ZKTECO:
                yield from self.send(self._settings.prefix + _NO_READ + self._settings.suffix)

    def presenting(self, *codes: bytes) -> Activity[float]:
        """Somebody shows codes, one after the other; when the last byte left, or nobody wanted the last any more."""
        sent_at = self._stage.now_s()
        for code in codes:
            if not (yield from self._await_light()):
                sent_at = self._stage.now_s()
            elif self._settings.maker is Maker.ZEBRA_SSI:
                sent_at = yield from self._send_packets(code)
            else:
                sent_at = yield from self.send(self._settings.prefix + code + self._settings.suffix)
        return sent_at

    def _obey(self, heard: Heard) -> Activity[None]:
        if heard.answer:
            yield from self._say_between_codes(heard.answer)
        match heard.order:
            case Order.START:
                self.triggers_on += 1
                self.lit, self._lit_until = True, self._stage.now_s() + self._settings.light_s
            case Order.STOP:
                self.triggers_off += 1
                self.lit = False
            case Order.ACK if self.lost_acks:
                self.lost_acks -= 1
            case Order.ACK:
                self._acks += 1
            case Order.RESEND:
                self._asked_again += 1

    def _grows_tired(self) -> bool:
        tired = self.lit and self._stage.now_s() > self._lit_until
        self.lit = self.lit and not tired
        return tired

    def _await_light(self) -> Activity[bool]:
        """Until the host wants a code; reading it puts out the light."""
        if self._settings.triggered:
            yield Await(lambda: self.lit, self._stage.now_s() + self._settings.hold_s)
        wanted = self.lit or not self._settings.triggered
        self.lit = False
        return wanted

    def _say_between_codes(self, data: bytes) -> Activity[None]:
        yield Await(lambda: not self._sending, float("inf"))
        yield Say(data)

    def send(self, data: bytes) -> Activity[float]:
        """Exactly these bytes; when the last one left."""
        yield Await(lambda: not self._sending, float("inf"))
        self._sending = True
        try:
            sent_at = yield from send_paced(self._stage, data, self._settings.baud, self._settings.split)
        finally:
            self._sending = False
        return sent_at or self._stage.now_s()

    def _send_packets(self, data: bytes) -> Activity[float]:
        sent_at = self._stage.now_s()
        for status, body in ssi.decode_packets(data):
            for again in range(_RESENDS + 1):
                self.resends += again > 0
                frame = ssi.scanner_packet(ssi.DECODE_DATA, body, status | ssi.AGAIN * (again > 0))
                if self.wrong_sums:
                    self.wrong_sums -= 1
                    frame = frame[:-1] + bytes([frame[-1] ^ 0xFF])
                acks, asked = self._acks, self._asked_again
                sent_at = yield from self.send(frame)
                if (yield from self._acknowledged(acks, asked)):
                    break
        return sent_at

    def _acknowledged(self, acks: int, asked: int) -> Activity[bool]:
        """False if the host wants the packet again or says nothing."""
        yield Await(lambda: self._acks > acks or self._asked_again > asked, self._stage.now_s() + self._settings.ack_s)
        return self._acks > acks
