"""A receipt printer at the far end of a wire, in real time, with the things that happen to printers as methods."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Self

from PIL import Image

from kiosk.virtual.printer import slips, typeface
from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.replies import ReplyLine
from kiosk.virtual.printer.settings import DOTS_A_MM, PrinterSettings
from kiosk.virtual.printer.slips import Slip, Torn
from kiosk.virtual.printer.strips import Strip
from kiosk.virtual.wire import Wire

IDLE_S = 0.05
# How far ahead of the line the wire may be read, lest a late wake-up leave a gap between bytes that were there in time.
AHEAD_S = 0.004
# How long a full buffer is left alone.
FULL_S = 0.001
logger = logging.getLogger(__name__)


class VirtualPrinter:
    """Takes bytes no faster than the line and moves paper no faster than the head (ESC/POS notes, sections 8 and 9).

    `on_slip` is called on a drawing thread, once for each slip, some time after its cut. Every method may be called
    from any thread.
    """

    def __init__(self, wire: Wire, settings: PrinterSettings, on_slip: Callable[[Slip], None] = lambda _: None) -> None:
        self.settings = settings
        self._wire, self._on_slip = wire, on_slip
        self._lock = threading.RLock()
        self._replies = ReplyLine(wire, settings.byte_s)
        self._replies.silent = not settings.answers
        self._machine = Machine(settings, self._replies.send, self._cut_off, self._power_cut)
        self._incoming = b""
        self._incoming_at = 0.0
        self._line_free = 0.0
        self._left_to_cut: int | None = None
        self._powered = True
        self._slips: list[Torn | Image.Image] = []
        self._torn: queue.SimpleQueue[Torn | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    # Life

    def start(self) -> None:
        """Plug the wire in and run. OSError if the wire cannot be made, FontMissing without the character ROM."""
        typeface.check()
        self._wire.plug()
        self._stopping.clear()
        self._replies.start()
        self._threads = [
            threading.Thread(target=self._run, name="printer", daemon=True),
            threading.Thread(target=self._draw, name="printer-drawing", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Draw the slips that are still to be drawn, and unplug."""
        self._stopping.set()
        self._torn.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._replies.stop()
        self._wire.unplug()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # What an onlooker sees

    def roll(self) -> Image.Image:
        """All the paper that came out since the start, also what hangs out now; slow."""
        with self._lock:
            self._catch_up()
            ended = list(self._slips)
            track, head = self._machine.track, self._machine.head
            strips, first, end = self._strips_now(), track.first_row, head.row + head.rows_burnt(time.monotonic())
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
            return not self._incoming and self._machine.next_event == float("inf")

    # Fault buttons

    def paper_out(self) -> None:
        self._sense(paper_out=True)

    def load_paper(self) -> None:
        self._act(self._machine.load_paper)

    def near_end(self, on: bool = True) -> None:
        self._sense(near_end=on)

    def paper_out_after(self, mm: float) -> None:
        """The paper ends after so many more mm, wherever the job is then."""
        with self._lock:
            now = self._catch_up()
            head = self._machine.head
            head.paper_left = round(mm * DOTS_A_MM) + head.rows_burnt(now)
            if not round(mm * DOTS_A_MM):
                self._machine.sense(now, paper_out=True)

    def open_cover(self) -> None:
        self._sense(cover_open=True)

    def close_cover(self) -> None:
        self._sense(cover_open=False)

    def cutter_error(self, on: bool = True) -> None:
        """The cutter jams; DLE ENQ clears the error, but while it is jammed the next cut fails again."""
        with self._lock:
            self._machine.jammed = on
            self._sense(cutter_error=on)

    def head_hot(self, on: bool = True) -> None:
        self._sense(head_hot=on)

    def drawer(self, high: bool = True) -> None:
        self._sense(drawer_high=high)

    def tear(self) -> None:
        """A hand feeds what was printed to the tear bar and tears it off: a slip, if there is any paper."""
        self._act(self._machine.tear)

    def unplug(self) -> None:
        """The data cable only: buffers, modes and the automatic status setting are kept."""
        with self._lock:
            self._catch_up()
            self._pull_cable()

    def plug(self) -> None:
        self._wire.plug()

    def cut_after(self, count: int) -> None:
        """Unplug after `count` more bytes have come."""
        with self._lock:
            self._left_to_cut = count

    def power_off(self) -> None:
        """Buffers, modes and the line are lost, automatic status is off again."""
        self._act(self._machine.power_off)
        self._power_cut()

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
        self._wire.plug()

    def silence(self, on: bool = True) -> None:
        """Takes bytes and prints, answers nothing."""
        self._replies.silent = on or not self.settings.answers

    def one_way(self, on: bool = True) -> None:
        """The line back is cut: the same to the host as silence."""
        self.silence(on)

    def garbage(self, on: bool = True) -> None:
        """Every answer comes with a byte of noise before it and flipped bits in it."""
        self._replies.garbled = on

    def slow(self, factor: float = 4.0) -> None:
        """The head takes `factor` times as long for a row; 1 is full speed."""
        self._act(lambda now: self._machine.set_speed(now, factor))

    def _sense(self, **changes: bool) -> None:
        self._act(lambda now: self._machine.sense(now, **changes))

    def _act(self, action: Callable[[float], None]) -> None:
        with self._lock:
            action(self._catch_up())

    def _power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._incoming = b""
            self._replies.forget()
        if not self.settings.line_stays:
            self._wire.unplug()

    # The printer's own thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                now = self._catch_up()
                most = self._most()
                wait = min(IDLE_S, max(0.0, self._next_event() - now))
            if most:
                self._arrive(self._wire.read(wait, most))
            else:
                time.sleep(min(FULL_S, wait))

    def _most(self) -> int:
        """Bytes that may be taken from the wire now."""
        if not self._powered:
            return 4096
        ahead, coming = max(2, int(AHEAD_S / self.settings.byte_s)), len(self._incoming)
        if coming > ahead // 2:
            return 0
        most = min(self._machine.room, ahead) - coming
        return max(0, most if self._left_to_cut is None else min(most, self._left_to_cut - coming))

    def _next_event(self) -> float:
        events = [self._machine.next_event]
        if self._incoming:
            # A real-time command may be among what is coming: it is looked for every millisecond.
            byte_s = self.settings.byte_s
            events.append(self._incoming_at + min(len(self._incoming) * byte_s, max(FULL_S, byte_s)))
        return min(events)

    def _arrive(self, data: bytes) -> None:
        now = time.monotonic()
        with self._lock:
            if not data or not self._powered or not self._wire.plugged:
                return
            if not self._incoming:
                self._incoming_at = max(now, self._line_free)
            # What comes after the cut is lost with the cable.
            self._incoming = (self._incoming + data)[: self._left_to_cut]
            self._line_free = self._incoming_at + len(self._incoming) * self.settings.byte_s

    def _catch_up(self) -> float:
        """Let everything happen that is due; returns the present time. Needs the lock."""
        now = time.monotonic()
        if self._incoming:
            come = min(len(self._incoming), int((now - self._incoming_at) / self.settings.byte_s + 1e-6))
            self._take(come)
        self._machine.advance(now)
        return now

    def _take(self, come: int) -> None:
        if come <= 0:
            return
        data, start = self._incoming[:come], self._incoming_at
        self._incoming = self._incoming[come:]
        self._incoming_at = start + come * self.settings.byte_s
        self._machine.take(data, start)
        if self._left_to_cut is not None:
            self._left_to_cut -= come
            if self._left_to_cut <= 0:
                self._left_to_cut = None
                self._pull_cable()

    def _pull_cable(self) -> None:
        self._incoming = b""
        self._replies.forget()
        self._wire.unplug()

    def _strips_now(self) -> tuple[tuple[int, int, Strip], ...]:
        """The strips since the last cut, the one under the head with the rows that it has got so far."""
        strips = list(self._machine.track.strips)
        head = self._machine.head
        if strips and head.busy:
            top, _, strip = strips[-1]
            strips[-1] = (top, head.row + head.rows_burnt(time.monotonic()) - top, strip)
        return tuple(strips)

    # Drawing

    def _cut_off(self, torn: Torn) -> None:
        self._slips.append(torn)
        self._torn.put(torn)

    def _draw(self) -> None:
        while (torn := self._torn.get()) is not None:
            try:
                slip = slips.drawn(torn, self.settings.width)
                with self._lock:
                    self._slips[torn.index] = slip.image
                self._on_slip(slip)
            except Exception:
                logger.exception("slip %d could not be drawn or delivered", torn.index)
