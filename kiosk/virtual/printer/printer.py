"""A receipt printer at the far end of a wire, in real time."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Self

from kiosk.virtual.printer import slips, typeface
from kiosk.virtual.printer.buttons import Buttons
from kiosk.virtual.printer.replies import ReplyLine
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Slip, Torn
from kiosk.virtual.wire import Wire

IDLE_S = 0.05
# How long a full buffer is left alone.
FULL_S = 0.001
logger = logging.getLogger(__name__)


class VirtualPrinter(Buttons):
    """A printer on threads of its own.

    `on_slip` is called on a drawing thread, once for each slip, some time after its cut.
    """

    def __init__(self, wire: Wire, settings: PrinterSettings, on_slip: Callable[[Slip], None] = lambda _: None) -> None:
        self._line_back = ReplyLine(wire, settings.byte_s)
        super().__init__(wire, settings, self._line_back, time.monotonic)
        self._on_slip = on_slip
        self._torn: queue.SimpleQueue[Torn | None] = queue.SimpleQueue()
        self._undrawn = 0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Plug the wire in and run. OSError if the wire cannot be made, FontMissing without the character ROM."""
        typeface.check()
        self._wire.plug()
        self._stopping.clear()
        self._line_back.start()
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
        self._line_back.stop()
        self._wire.unplug()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def all_drawn(self) -> bool:
        """It is at rest, and `on_slip` has had each slip that was cut."""
        with self._lock:
            return self.at_rest and not self._undrawn

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

    def _cut_off(self, torn: Torn) -> None:
        super()._cut_off(torn)
        self._undrawn += 1
        self._torn.put(torn)

    def _draw(self) -> None:
        while (torn := self._torn.get()) is not None:
            try:
                slip = slips.drawn(torn, self.settings.width)
                with self._lock:
                    self._pieces[torn.index] = slip.image
                self._on_slip(slip)
            except Exception:
                logger.exception("slip %d could not be drawn or delivered", torn.index)
            with self._lock:
                self._undrawn -= 1
