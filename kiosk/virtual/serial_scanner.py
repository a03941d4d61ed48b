"""A virtual bar-code scanner on a serial line, with buttons for its faults."""

from types import TracebackType
from typing import Self

from kiosk.virtual.scanner_line import ScannerLine, ScannerSettings
from kiosk.virtual.stage import Activity, Stage, Threads
from kiosk.virtual.wire import Wire

__all__ = ["ScannerSettings", "SerialScanner"]


class SerialScanner:
    """A scanner at the far end of `wire`. Buttons may be pressed and codes presented from any thread."""

    def __init__(self, wire: Wire, settings: ScannerSettings | None = None, stage: Stage | None = None) -> None:
        self.wire = wire
        self.settings = settings or ScannerSettings()
        self._stage = stage or Threads(wire)
        self._line = ScannerLine(self._stage, self.settings)

    @property
    def suffix(self) -> bytes:
        """What it sends behind each code."""
        return self.settings.suffix

    @property
    def triggers_on(self) -> int:
        """Orders to read taken so far."""
        return self._line.triggers_on

    @property
    def triggers_off(self) -> int:
        """Orders to stop reading taken so far."""
        return self._line.triggers_off

    @property
    def lit(self) -> bool:
        """Whether it would read a code now."""
        return not self.settings.triggered or self._line.lit

    @property
    def resends(self) -> int:
        """Packets that were sent a second or third time."""
        return self._line.resends

    def start(self) -> None:
        """Plugs the wire and takes the host's bytes until stop() or unplug()."""
        self._stage.begin(self._line.life())

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
        return self._stage.play(self._line.presenting(data)) or self._stage.now_s()

    def present_torn(self, data: bytes, keep: int) -> float:
        """The scan stops after `keep` bytes of `data`, without the suffix; the time at the last byte."""
        return self.present_raw(self.settings.prefix + data[:keep])

    def present_raw(self, data: bytes) -> float:
        """Exactly these bytes, paced at the line rate; the time at the last byte, or when the cable was pulled."""
        return self._stage.play(self._line.send(data)) or self._stage.now_s()

    def presenting(self, *codes: bytes) -> Activity[float]:
        """As present(), one code after the other, for whoever does something else meanwhile."""
        return self._line.presenting(*codes)

    def plug(self) -> None:
        """The cable is put back."""
        self.start()

    def unplug(self) -> None:
        """The cable is pulled; what is presented meanwhile is lost."""
        self.stop()
        self._line.restart()

    def noise(self, on: bool) -> None:
        """Stray bytes that are no text, while no code is being sent."""
        self._line.noisy = on

    def deaf(self, on: bool) -> None:
        """It hears no order, as one that is set to its own trigger."""
        self._line.deaf = on

    def refuse_orders(self, on: bool) -> None:
        """It answers each order that it cannot take it; only makers that answer at all."""
        self._line.orders.refusing = on

    def lose_acks(self, count: int) -> None:
        """The next acknowledgements do not arrive."""
        self._line.lost_acks = count

    def wrong_sum_next(self) -> None:
        """The next packet arrives with a wrong sum."""
        self._line.wrong_sums = 1
