"""A receipt printer between its line and its paper: it moves when it is looked at, and waits for nothing."""

import threading
from collections.abc import Callable

from PIL import Image

from kiosk.virtual.printer import slips
from kiosk.virtual.printer.intake import Intake
from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.replies import Replies
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Torn
from kiosk.virtual.printer.strips import Strip
from kiosk.virtual.wire import Wire

OFF_MOST = 4096


class Body:
    """Takes bytes no faster than the line and moves paper no faster than the head (ESC/POS notes, sections 8 and 9).

    `now` is its clock, in seconds; every method may be called from any thread.
    """

    def __init__(self, wire: Wire, settings: PrinterSettings, replies: Replies, now: Callable[[], float]) -> None:
        self.settings = settings
        self._wire, self._replies, self._now = wire, replies, now
        self._lock = threading.RLock()
        self._replies.silent = not settings.answers
        self._machine = Machine(settings, self._reply, self._cut_off, self._power_cut)
        self._intake = Intake(settings.byte_s)
        self._powered = True
        self._pieces: list[Torn | Image.Image] = []

    # What an onlooker sees

    def roll(self) -> Image.Image:
        """All the paper that came out since the start, also what hangs out now; slow."""
        with self._lock:
            now = self._catch_up()
            ended = list(self._pieces)
            track, head = self._machine.track, self._machine.head
            strips, first, end = self._strips_now(), track.first_row, head.row + head.rows_burnt(now)
        width = self.settings.width
        pieces = [slips.drawn(piece, width).image if isinstance(piece, Torn) else piece for piece in ended]
        return slips.joined([*pieces, slips.picture(strips, first, end, width)])

    def unfinished(self) -> bool:
        """Dots have been printed since the last cut."""
        with self._lock:
            self._catch_up()
            first = self._machine.track.first_row
            return any(strip.ink and burnt > 0 and top >= first for top, burnt, strip in self._strips_now())

    @property
    def at_rest(self) -> bool:
        """Nothing buffered and the head still, or nothing that can be done."""
        with self._lock:
            self._catch_up()
            return self._intake.empty and self._machine.next_event == float("inf")

    # What happens in it

    def _most(self) -> int:
        """Bytes that may be read from the wire now; one that is off loses them."""
        return self._intake.most(self._machine.room) if self._powered else OFF_MOST

    def _next_event(self) -> float:
        """When something happens by itself."""
        return min(self._machine.next_event, self._intake.next_at)

    def _arrive(self, data: bytes) -> None:
        """Bytes were read from the wire."""
        with self._lock:
            if data and self._powered and self._wire.plugged:
                self._intake.read(data, self._now())

    def _catch_up(self) -> float:
        """Let everything happen that is due; returns the present time. Needs the lock."""
        now = self._now()
        data, began = self._intake.come(now)
        if data:
            self._machine.take(data, began)
            if self._intake.ends():
                self._pull_cable()
        self._machine.advance(now)
        return now

    def _act(self, action: Callable[[float], None]) -> None:
        """Something happens to it now."""
        with self._lock:
            action(self._catch_up())

    def _pull_cable(self) -> None:
        self._intake.lose()
        self._replies.forget()
        self._wire.unplug()

    def _power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._intake.lose()
            self._replies.forget()
        if not self.settings.line_stays:
            self._wire.unplug()

    def _reply(self, due: float, answer: bytes) -> None:
        if self._wire.plugged:
            self._replies.send(due, answer)

    def _cut_off(self, torn: Torn) -> None:
        self._pieces.append(torn)

    def _strips_now(self) -> tuple[tuple[int, int, Strip], ...]:
        """The strips since the last cut, the one under the head with the rows that it has got so far."""
        strips = list(self._machine.track.strips)
        head = self._machine.head
        if strips and head.busy:
            top, _, strip = strips[-1]
            strips[-1] = (top, head.row + head.rows_burnt(self._now()) - top, strip)
        return tuple(strips)
