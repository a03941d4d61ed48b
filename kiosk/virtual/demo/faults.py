"""What a visitor does to the demo's table, and mends again."""

import threading
from collections.abc import Callable, Mapping
from enum import StrEnum

from kiosk.virtual.demo.table import DemoTable


class Fault(StrEnum):
    """Each is there or not."""

    PAPER = "paper"
    COVER = "cover"
    CABLE = "cable"
    NETWORK = "network"


class Faults:
    """Any thread turns: one after the other, for a second click comes while the first is still at work."""

    def __init__(self, table: DemoTable) -> None:
        self._on: set[Fault] = set()
        self._lock = threading.Lock()
        printer, broker = table.printer, table.broker
        self._acts: Mapping[Fault, tuple[Callable[[], None], Callable[[], None]]] = {
            Fault.PAPER: (printer.paper_out, printer.load_paper),
            Fault.COVER: (printer.open_cover, printer.close_cover),
            Fault.CABLE: (printer.unplug, printer.plug),
            Fault.NETWORK: (broker.stop, broker.start),
        }

    @property
    def on(self) -> list[str]:
        return sorted(self._on.copy())

    def turn(self, fault: Fault) -> None:
        """There if it was not, and mended if it was."""
        begin, end = self._acts[fault]
        with self._lock:
            if fault in self._on:
                end()
                self._on.discard(fault)
            else:
                begin()
                self._on.add(fault)
