"""A printer and its line whose time is a number: it passes only while the driver waits, and then at once."""

from collections.abc import Callable, Iterator
from math import inf

from drivers.escpos.script import HungUp
from kiosk.ports import DeviceGone
from kiosk.virtual.between import Between
from kiosk.virtual.printer import PrinterSettings, Slip
from kiosk.virtual.printer.buttons import Buttons
from kiosk.virtual.printer.replies import Replies
from kiosk.virtual.printer.slips import Torn, drawn

KERNEL_BYTES = 4096
"""What a line holds beside the printer's own buffer, as a terminal does."""
MOST_READ = 512
BEGIN = 1000.0


class Cable:
    """The printer's end, as kiosk.virtual.wire.Wire says, and the bytes that are in the kernel either way."""

    def __init__(self) -> None:
        self.plugged = self.opened = False
        self.to_printer, self.to_host = bytearray(), bytearray()

    @property
    def room(self) -> int:
        return KERNEL_BYTES - len(self.to_printer)

    def plug(self) -> None:
        self.plugged = True

    def unplug(self) -> None:
        """What is on its way is lost, and the host's end is gone until it is opened again."""
        self.plugged = self.opened = False
        self.to_printer.clear()
        self.to_host.clear()

    def read(self, _timeout: float, most: int = 4096) -> bytes:
        return _taken(self.to_printer, most)

    def write(self, data: bytes) -> None:
        if self.plugged:
            self.to_host += data


class StillPrinter(Buttons):
    """A printer that moves when its line's time does."""

    def __init__(self, wire: Between, settings: PrinterSettings, now: Callable[[], float]) -> None:
        super().__init__(wire, settings, Replies(settings.byte_s), now)
        self.between = wire
        self._torn: list[Torn] = []

    @property
    def cuts(self) -> int:
        """How many slips were cut off."""
        return len(self._torn)

    def slip(self, number: int) -> Slip:
        return drawn(self._torn[number], self.settings.width)

    def turn(self) -> float:
        """Does what is due; when it wants to be called again."""
        self._catch_up()
        self._arrive(self._wire.read(0, self._most()))
        now = self._catch_up()
        while answer := self._replies.leave(now):
            self._wire.write(answer)
        return min(self._next_event(), self._replies.next_at, self.between.next_at)

    def _cut_off(self, torn: Torn) -> None:
        super()._cut_off(torn)
        self._torn.append(torn)


class StillWire:
    """The driver's end, with the clock of both."""

    def __init__(self, kind: str, byte_s: float, settings: PrinterSettings) -> None:
        self.name, self.byte_s = f"still {kind}", byte_s
        self.drained_at = 0.0
        self.resumes = False
        self.opened = 0
        """How often."""
        self._idle_end: bool | None = None
        self.hand: Iterator[float] | None = None
        """Somebody who acts, then waits so many seconds, and so on."""
        self._now, self._hand_at = BEGIN, 0.0
        self._cable = Cable()
        self.between = Between(self._cable, self.now_s)
        self.printer = StillPrinter(self.between, settings, self.now_s)
        self.printer.plug()

    def now_s(self) -> float:
        return self._now

    def rest(self, until_s: float) -> None:
        self._pass(until_s, lambda: False)

    def open(self) -> None:
        if not self._cable.plugged:
            raise DeviceGone(f"printer {self.name}: not plugged in")
        self._cable.opened, self._idle_end = True, None
        self.opened += 1

    def close(self, discard: bool = False) -> None:
        """As the lines of drivers do: what is pending is taken back, or still comes."""
        self._cable.opened = False
        if discard:
            self._cable.to_printer.clear()

    def leave(self, until_s: float) -> int:
        self._pass(until_s, lambda: not self._cable.to_printer or not self._cable.opened)
        self._look()
        return len(self._cable.to_printer)

    def wait(self, timeout: float, heeding: bool) -> bool:
        heard = self._cable.to_host
        self._pass(self._now + max(0.0, timeout), lambda: heeding and (bool(heard) or not self._cable.opened))
        return False

    def wake(self) -> None:
        """Nobody does while time stands still."""

    def read(self, timeout: float) -> bytes:
        self._pass(self._now + max(0.0, timeout), lambda: bool(self._cable.to_host) or not self._cable.opened)
        self._look()
        return _taken(self._cable.to_host, MOST_READ)

    def write(self, data: bytes, timeout: float) -> int:
        sent, end = 0, self._now + timeout
        while sent < len(data) and self._now < end:
            if sent and not self._cable.opened:
                return sent
            self._look()
            taken = min(len(data) - sent, self._cable.room)
            self._cable.to_printer += data[sent : sent + taken]
            self.drained_at = max(self.drained_at, self._now) + taken * self.byte_s
            sent += taken
            if sent < len(data):
                self._pass(end, lambda: self._cable.room > 0 or not self._cable.opened)
        return sent

    def end_idle(self, in_order: bool = True) -> None:
        """The far end ends the line, and the printer behind it lives on."""
        self._cable.opened, self._idle_end = False, in_order

    def _look(self) -> None:
        if self._cable.opened:
            return
        gone = f"printer {self.name}: hung up"
        raise DeviceGone(gone) if self._idle_end is None else HungUp(gone, self._idle_end)

    def _pass(self, until: float, enough: Callable[[], bool]) -> None:
        """Time passes from one thing that happens to the next, until there is enough or it is late."""
        while True:
            next_at = self.printer.turn()
            if self.hand is not None and self._hand_at <= self._now:
                self._hand_acts()
                continue
            if enough() or self._now >= until:
                return
            self._now = min(until, max(self._now, next_at), inf if self.hand is None else self._hand_at)

    def _hand_acts(self) -> None:
        assert self.hand is not None
        wait = next(self.hand, None)
        if wait is None:
            self.hand = None
        else:
            self._hand_at = self._now + wait


def _taken(buffer: bytearray, most: int) -> bytes:
    data = bytes(buffer[:most])
    del buffer[:most]
    return data
