"""A driver of a printer and its far end, on a real line in real time or on a still one in virtual time, where waiting
costs nothing. A test says the same to both."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, overload

import pytest

from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import Confirm, EscposPrinter
from drivers.printer_line import SerialLine, UsbLine, Wire
from drivers.tcp_line import TcpLine
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.printer.buttons import Buttons
from kiosk.virtual.wire import PtyWire, TcpWire
from still_printer import StillPrinter, StillWire

LOOK_S = 0.02
"""How often somebody who waits for something looks."""
PATIENCE_S = 4.0
"""Half of what a table has, as heads are fast here and many tests end with what never comes."""

on_real_lines = pytest.mark.parametrize(
    "make_printer", ["serial", "usb", "serial-real", "tcp-real", "usb-real"], indirect=True
)
"""For what the driver's shell and the kernel's lines do; the rest is held in virtual time only."""
on_a_real_line_too = pytest.mark.parametrize("make_printer", ["serial", "usb", "usb-real"], indirect=True)
"""The same where one line of the kernel's shows as much as three."""

Hand = Iterator[Callable[[], bool] | float]
"""What somebody does while the driver works: waits for a condition or some seconds, then acts, and so on."""

T = TypeVar("T")


class Time(Protocol):
    def pause(self, seconds: float) -> None: ...

    def now(self) -> float: ...

    def meanwhile(self, hand: Hand, work: Callable[[], T]) -> T:
        """What the work returns, with somebody's hand in it."""


class RealTime:
    """The hand is the test's own thread; the work runs beside it."""

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> float:
        return time.monotonic()

    def meanwhile(self, hand: Hand, work: Callable[[], T]) -> T:
        result: list[T] = []
        thread = threading.Thread(target=lambda: result.append(work()), daemon=True)
        thread.start()
        for wish in hand:
            if callable(wish):
                assert wait_for(self, wish), "waited in vain"
            else:
                self.pause(wish)
        thread.join(30)
        return result[0]


class VirtualTime:
    """The hand acts while the driver waits."""

    def __init__(self, wire: StillWire) -> None:
        self._wire = wire

    def pause(self, seconds: float) -> None:
        self._wire.rest(self._wire.now_s() + seconds)

    def now(self) -> float:
        return self._wire.now_s()

    def meanwhile(self, hand: Hand, work: Callable[[], T]) -> T:
        self._wire.hand = self._asked_often(hand)
        result = work()
        while self._wire.hand is not None:
            self.pause(LOOK_S)
        return result

    def _asked_often(self, hand: Hand) -> Iterator[float]:
        for wish in hand:
            if callable(wish):
                end = self.now() + 10.0
                while not wish():
                    assert self.now() < end, "waited in vain"
                    yield LOOK_S
            else:
                yield wish


def wait_for(clock: Time, condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What the condition says when it holds, or at last."""
    end = clock.now() + seconds
    while not (found := condition()) and clock.now() < end:
        clock.pause(LOOK_S)
    return found or condition()


class Drawn(Sequence[Slip]):
    """The slips of a still printer, drawn only if somebody looks."""

    def __init__(self, printer: StillPrinter) -> None:
        self._printer = printer
        self._drawn: dict[int, Slip] = {}

    def __len__(self) -> int:
        return self._printer.cuts

    @overload
    def __getitem__(self, at: int) -> Slip: ...
    @overload
    def __getitem__(self, at: slice) -> list[Slip]: ...
    def __getitem__(self, at: int | slice) -> Slip | list[Slip]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        if number not in self._drawn:
            self._drawn[number] = self._printer.slip(number)
        return self._drawn[number]


@dataclass
class PrinterRig:
    """`slips` fills as paper is cut."""

    driver: EscposPrinter
    printer: Buttons
    slips: Sequence[Slip]
    time: Time
    still: StillWire | None = None
    end: Callable[[], None] = field(default=lambda: None)

    @property
    def wire(self) -> StillWire:
        """The line in virtual time."""
        assert self.still is not None
        return self.still

    def wait_for(self, condition: Callable[[], Any], seconds: float = 10.0) -> Any:
        return wait_for(self.time, condition, seconds)

    def meanwhile(self, hand: Hand, work: Callable[[], T]) -> T:
        return self.time.meanwhile(hand, work)

    def pause(self, seconds: float) -> None:
        self.time.pause(seconds)


def virtual_rig(kind: str, confirm: Confirm, settings: PrinterSettings) -> PrinterRig:
    """`serial`, or any other line: fast."""
    byte_s = settings.byte_s if kind == "serial" else 0.0
    wire = StillWire(kind, byte_s, settings)
    driver = EscposPrinter(wire, SlipEncoder(), confirm, PATIENCE_S)
    return PrinterRig(driver, wire.printer, Drawn(wire.printer), VirtualTime(wire), wire)


def real_rig(kind: str, confirm: Confirm, settings: PrinterSettings, link: Path) -> PrinterRig:
    """The file of `usb` ends in a terminal here, in usblp on a machine with USB."""
    slips: list[Slip] = []
    far = TcpWire() if kind == "tcp" else PtyWire(link)
    printer = VirtualPrinter(far, settings, slips.append)
    printer.start()
    if isinstance(far, TcpWire):
        wire = Wire(TcpLine("127.0.0.1", far.port))
    else:
        wire = Wire(SerialLine(str(link), settings.baud or 0) if kind == "serial" else UsbLine(str(link)))
    driver = EscposPrinter(wire, SlipEncoder(), confirm, PATIENCE_S)
    return PrinterRig(driver, printer, slips, RealTime(), end=printer.stop)
