"""A virtual bar-code scanner on a serial line: text, suffix, trigger commands, and the ways they go wrong."""

from types import TracebackType
from typing import Final, Self

from kiosk.virtual import ssi
from kiosk.virtual.pacing import send_paced
from kiosk.virtual.scanner_orders import Heard, Maker, Order, OrderReader
from kiosk.virtual.stage import Activity, Await, Hear, Say, Stage, Threads
from kiosk.virtual.wire import Wire

_IDLE_S: Final = 0.05
# No printable text and no suffix in use, so a stray byte is never a scan of its own.
_STRAY: Final = b"\x00\xff"
_NO_READ: Final = b"%%NoRead"
# A scanner repeats what is not acknowledged in this time, twice (scanner notes, section 1).
ACK_S: Final = 2.0
_RESENDS: Final = 2


class SerialScanner:
    """A scanner at the far end of `wire` that sends prefix, data and suffix at `baud`, `split` bytes at a time.

    `triggered`: it reads only after the host's order, until a code was read, the order to stop, or `light_s` seconds.
    Then a code that is presented is held up for `hold_s`; without an order in that time nothing is read.
    """

    def __init__(
        self,
        wire: Wire,
        suffix: bytes = b"\r",
        prefix: bytes = b"",
        baud: int = 115200,
        split: int = 16,
        maker: Maker = Maker.HONEYWELL,
        triggered: bool = False,
        light_s: float = 3.0,
        hold_s: float = 5.0,
        ack_s: float = ACK_S,
        stage: Stage | None = None,
    ) -> None:
        self.wire = wire
        self._stage = stage or Threads(wire)
        self.suffix = suffix
        self.prefix = prefix
        self.baud = baud
        self.split = split
        self.light_s = light_s
        self.hold_s = hold_s
        self.ack_s = ack_s
        self._maker = maker
        self._triggered = triggered
        self._orders = OrderReader(maker)
        self._lit_until = 0.0
        self._lit = False
        self._acks = 0
        self._asked_again = 0
        self._lost_acks = 0
        self._wrong_sums = 0
        self._resends = 0
        self._sending = False
        self._noisy = False
        self._deaf = False
        self._triggers_on = 0
        self._triggers_off = 0

    @property
    def triggers_on(self) -> int:
        """Orders to read taken so far."""
        return self._triggers_on

    @property
    def triggers_off(self) -> int:
        """Orders to stop reading taken so far."""
        return self._triggers_off

    @property
    def lit(self) -> bool:
        """Whether it would read a code now."""
        return not self._triggered or self._lit

    @property
    def resends(self) -> int:
        """Packets that were sent a second or third time."""
        return self._resends

    def start(self) -> None:
        """Plugs the wire and takes the host's bytes until stop() or unplug()."""
        self._stage.begin(self._life())

    def stop(self) -> None:
        """Ends its service and unplugs the wire; a code that is being sent breaks off."""
        self._stage.end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def present(self, data: bytes) -> float:
        """Somebody shows a code; the stage's time when its last byte was written, or when nobody wanted it any more."""
        return self._stage.play(self.presenting(data)) or self._stage.now_s()

    def present_torn(self, data: bytes, keep: int) -> float:
        """The scan stops after `keep` bytes of `data`, without the suffix; the time at the last byte."""
        return self.present_raw(self.prefix + data[:keep])

    def present_raw(self, data: bytes) -> float:
        """Exactly these bytes, paced at the line rate; the time at the last byte, or when the cable was pulled."""
        return self._stage.play(self._send(data)) or self._stage.now_s()

    def presenting(self, *codes: bytes) -> Activity[float]:
        """As present(), one code after the other, for whoever does something else meanwhile."""
        sent_at = self._stage.now_s()
        for code in codes:
            if not (yield from self._await_light()):
                sent_at = self._stage.now_s()
            elif self._maker is Maker.ZEBRA_SSI:
                sent_at = yield from self._send_packets(code)
            else:
                sent_at = yield from self._send(self.prefix + code + self.suffix)
        return sent_at

    def plug(self) -> None:
        """The cable is put back."""
        self.start()

    def unplug(self) -> None:
        """The cable is pulled; what is presented meanwhile is lost."""
        self.stop()
        self._orders = OrderReader(self._maker)
        self._lit = False

    def noise(self, on: bool) -> None:
        """Stray bytes that are no text, while no code is being sent."""
        self._noisy = on

    def deaf(self, on: bool) -> None:
        """It hears no order, as one that is set to its own trigger."""
        self._deaf = on

    def refuse_orders(self, on: bool) -> None:
        """It answers each order that it cannot take it; only makers that answer at all."""
        self._orders.refusing = on

    def lose_acks(self, count: int) -> None:
        """The next acknowledgements do not arrive."""
        self._lost_acks = count

    def wrong_sum_next(self) -> None:
        """The next packet arrives with a wrong sum."""
        self._wrong_sums = 1

    def _life(self) -> Activity[None]:
        while True:
            data = yield Hear(self._stage.now_s() + _IDLE_S)
            if data and not self._deaf:
                for heard in self._orders.feed(data):
                    yield from self._obey(heard)
            elif self._noisy:
                yield from self._say_between_codes(_STRAY)
            if self._grows_tired() and self._maker is Maker.ZKTECO:
                yield from self._send(self.prefix + _NO_READ + self.suffix)

    def _obey(self, heard: Heard) -> Activity[None]:
        if heard.answer:
            yield from self._say_between_codes(heard.answer)
        match heard.order:
            case Order.START:
                self._triggers_on += 1
                self._lit, self._lit_until = True, self._stage.now_s() + self.light_s
            case Order.STOP:
                self._triggers_off += 1
                self._lit = False
            case Order.ACK if self._lost_acks:
                self._lost_acks -= 1
            case Order.ACK:
                self._acks += 1
            case Order.RESEND:
                self._asked_again += 1

    def _grows_tired(self) -> bool:
        tired = self._lit and self._stage.now_s() > self._lit_until
        self._lit = self._lit and not tired
        return tired

    def _await_light(self) -> Activity[bool]:
        """Until the host wants a code; reading it puts out the light."""
        if self._triggered:
            yield Await(lambda: self._lit, self._stage.now_s() + self.hold_s)
        wanted = self.lit
        self._lit = False
        return wanted

    def _say_between_codes(self, data: bytes) -> Activity[None]:
        yield Await(lambda: not self._sending, float("inf"))
        yield Say(data)

    def _send(self, data: bytes) -> Activity[float]:
        yield Await(lambda: not self._sending, float("inf"))
        self._sending = True
        try:
            sent_at = yield from send_paced(self._stage, data, self.baud, self.split)
        finally:
            self._sending = False
        return sent_at or self._stage.now_s()

    def _send_packets(self, data: bytes) -> Activity[float]:
        sent_at = self._stage.now_s()
        for status, body in ssi.decode_packets(data):
            for again in range(_RESENDS + 1):
                self._resends += again > 0
                frame = ssi.scanner_packet(ssi.DECODE_DATA, body, status | ssi.AGAIN * (again > 0))
                if self._wrong_sums:
                    self._wrong_sums -= 1
                    frame = frame[:-1] + bytes([frame[-1] ^ 0xFF])
                acks, asked = self._acks, self._asked_again
                sent_at = yield from self._send(frame)
                if (yield from self._acknowledged(acks, asked)):
                    break
        return sent_at

    def _acknowledged(self, acks: int, asked: int) -> Activity[bool]:
        """False if the host wants the packet again or says nothing."""
        yield Await(lambda: self._acks > acks or self._asked_again > asked, self._stage.now_s() + self.ack_s)
        return self._acks > acks
