"""Long absences: each device is tried again and again in vain, a try a second, and nothing is left behind."""

import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty
from types import MappingProxyType

import evdev
import pytest
from gpiozero.pins.mock import MockFactory

from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import EscposPrinter
from drivers.gpio_panel import GpioPanel, PanelPins
from drivers.hid_scanner.scanner import HidScanner
from drivers.id_card.reader import IdCardReader
from drivers.mqtt_broker import BrokerLine, MqttBroker
from drivers.printer_line import Line, SerialLine, UsbLine, Wire
from drivers.serial_scanner.scanner import SerialScanner
from drivers.tcp_line import TcpLine
from kiosk.engine.attendants import Attendant, PanelAttendant, PrinterAttendant, ScannerAttendant
from kiosk.engine.inbox import DeviceNews, Inbox, PrinterNews
from kiosk.engine.publisher import Publisher
from kiosk.engine.told import event_of
from kiosk.messages import Address
from kiosk.model import Hand, Instant
from kiosk.ports import Button, Message, Scanner, Signal
from kiosk.virtual.broken_library import PLACES, Behaviour, BrokenLibrary, Leak, Raise, stand_in_for_evdev
from kiosk.virtual.broker_faults import BadBroker, hang_up
from kiosk.virtual.wire import PtyWire

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

NOWHERE = "/dev/nowhere"
CLOSED_PORT = 9
BUTTON = 23
OWN = Address("cn", "r1", "wy-0352", "a")
WILL = Message("sampling/status", 1, b"lost")
NO_LISTENER = BrokerLine("127.0.0.1", CLOSED_PORT, "wy-0352-a")
FIRST_TRIES = 100
"""Until everything that is loaded and kept once has been."""
MOST_LINES = 6
"""In the log, of 10,000 tries, almost three hours: a word at the beginning, a fault of ours once an hour."""
MOST_KB = 3072
MOST_DESCRIPTORS = 6
"""More at any moment than at rest: what one opening needs."""

SECOND = 1_000_000_000


class Absence:
    """One attendant, tried on this thread, and what is said of it in the log; a second passes with each try."""

    def __init__(self) -> None:
        self.inbox, self.now_ns, self.lines = Inbox(), 0, 0
        self.exits = ExitStack()

    def clock(self) -> int:
        return self.now_ns

    def try_once(self, attendant: Attendant) -> None:
        self.now_ns += SECOND
        attendant._attend()  # noqa: SLF001 - without the pause after it
        with suppress(Empty):
            while True:
                item = self.inbox.get(0)
                assert isinstance(item, DeviceNews | PrinterNews)
                event_of(item, Instant("boot", self.now_ns, 0, True))

    def scanner(self, scanner: Scanner) -> Attendant:
        return ScannerAttendant("device", self.inbox, scanner, Hand.SHARED, self.clock)

    def printer(self, line: Line) -> Attendant:
        printer = EscposPrinter(Wire(line), SlipEncoder())
        return PrinterAttendant("device", self.inbox, printer, lambda _: pytest.fail("no slip"), False, self.clock)

    def panel(self, factory: str, buttons: Mapping[Button, int] = MappingProxyType({})) -> Attendant:
        pins = PanelPins(5, 17, 27, 22, 18, buttons, factory)
        attendant = PanelAttendant("device", self.inbox, GpioPanel(pins), self.clock)
        attendant.show(Signal.READY)
        return attendant

    def broker(self, line: BrokerLine) -> Attendant:
        return Publisher("device", self.inbox, MqttBroker(line), OWN, lambda *_: WILL, self.clock)

    def broken(self, kind: str, call: str, error: Callable[[], BaseException]) -> None:
        self.breaks(kind, call, Raise(error))

    def breaks(self, kind: str, call: str, behaviour: Behaviour) -> None:
        library = BrokenLibrary(threading.current_thread().name, *PLACES[kind][call])
        self.exits.enter_context(library).behaviour = behaviour

    def terminal(self, wires: Path) -> str:
        wire = PtyWire(wires / "line")
        wire.plug()
        self.exits.callback(wire.unplug)
        return str(wires / "line")


def _no_line(absence: Absence, wires: Path) -> Attendant:
    return absence.scanner(SerialScanner(NOWHERE))


def _a_line_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("serial", "read", lambda: RuntimeError("no"))
    return absence.scanner(SerialScanner(absence.terminal(wires)))


def _no_module(absence: Absence, wires: Path) -> Attendant:
    return absence.scanner(IdCardReader(NOWHERE))


def _a_module_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("id-card", "read", lambda: SystemExit(1))
    return absence.scanner(IdCardReader(absence.terminal(wires)))


def _no_keyboard(absence: Absence, wires: Path) -> Attendant:
    return absence.scanner(HidScanner(NOWHERE))


def _a_keyboard_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.exits.enter_context(stand_in_for_evdev())
    absence.broken("hid", "read", lambda: AttributeError("no"))
    return absence.scanner(HidScanner(NOWHERE))


def _a_keyboard_that_cannot_be_grabbed(absence: Absence, wires: Path) -> Attendant:
    absence.exits.enter_context(stand_in_for_evdev())

    def grab(_: object) -> None:
        raise RuntimeError("no")

    evdev.InputDevice.grab = grab
    return absence.scanner(HidScanner(NOWHERE))


def _no_serial_printer(absence: Absence, wires: Path) -> Attendant:
    return absence.printer(SerialLine(NOWHERE, 115200))


def _a_serial_printer_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("printer-serial", "status", lambda: RuntimeError("no"))
    return absence.printer(SerialLine(absence.terminal(wires), 115200))


def _no_usb_printer(absence: Absence, wires: Path) -> Attendant:
    return absence.printer(UsbLine(NOWHERE))


def _a_usb_printer_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("printer-usb", "status", lambda: RuntimeError("no"))
    absence.broken("printer-usb", "print", lambda: RuntimeError("no"))
    return absence.printer(UsbLine(absence.terminal(wires)))


def _no_print_server(absence: Absence, wires: Path) -> Attendant:
    return absence.printer(TcpLine("127.0.0.1", CLOSED_PORT))


def _a_print_server_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("printer-tcp", "open", lambda: UnicodeError("label too long"))
    return absence.printer(TcpLine("127.0.0.1", CLOSED_PORT))


def _no_chip(absence: Absence, wires: Path) -> Attendant:
    return absence.panel("no-such-factory")


def _a_panel_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("panel", "show", lambda: Exception("GPIO busy"))
    return absence.panel("kiosk-virtual")


def _a_pin_that_is_busy(absence: Absence, wires: Path) -> Attendant:
    """All lamps are taken when a button cannot be, and what is raised is no error of gpiozero's, as of lgpio."""
    real = MockFactory.pin

    def pin(factory: MockFactory, number: int) -> object:
        if number == BUTTON:
            raise Exception("GPIO busy")  # noqa: TRY002 - as lgpio does
        return real(factory, number)

    MockFactory.pin = pin
    absence.exits.callback(setattr, MockFactory, "pin", real)
    return absence.panel("kiosk-virtual", {Button.YES: BUTTON})


def _no_broker(absence: Absence, wires: Path) -> Attendant:
    return absence.broker(NO_LISTENER)


def _a_broker_that_hangs_up(absence: Absence, wires: Path) -> Attendant:
    far = absence.exits.enter_context(BadBroker(hang_up, answer=False))
    return absence.broker(BrokerLine("127.0.0.1", far.port, "wy-0352-a"))


def _a_broker_that_breaks(absence: Absence, wires: Path) -> Attendant:
    absence.broken("broker", "open", lambda: ValueError("no"))
    return absence.broker(NO_LISTENER)


ABSENCES = [value for name, value in sorted(globals().items()) if name.startswith(("_no_", "_a_"))]


@pytest.fixture
def absence() -> Iterator[Absence]:
    absence = Absence()
    with absence.exits:
        yield absence


@pytest.mark.parametrize("begin", ABSENCES, ids=lambda begin: begin.__name__.strip("_"))
def test_nothing_is_left_behind(absence, begin, wires, request, caplog, record_property):
    attendant, tries = begin(absence, wires), request.config.getoption("--tries")
    caplog.set_level(logging.INFO, "kiosk")
    before = _descriptors()
    for _ in range(FIRST_TRIES):
        absence.try_once(attendant)
    gc.collect()
    kb, blocks, most = 0, sys.getallocatedblocks(), 0
    threads = threading.active_count()
    for attempt in range(tries):
        if attempt == tries // 2:
            # What an allocator keeps for itself grows at first.
            kb = _resident_kb()
        absence.try_once(attendant)
        most = max(most, _descriptors() - before)
    gc.collect()
    lines = [record.getMessage() for record in caplog.records]
    grown_kb, kept = _resident_kb() - kb, sys.getallocatedblocks() - blocks
    record_property("left", f"{most} descriptors, {grown_kb} kB, {kept} blocks, {len(lines)} lines")
    assert most <= MOST_DESCRIPTORS
    assert threading.active_count() <= threads
    assert len(lines) <= MOST_LINES, lines
    assert grown_kb <= MOST_KB


def test_what_a_library_leaves_behind_would_be_seen(absence):
    leak = Leak()
    absence.breaks("serial", "open", leak)
    attendant, before = absence.scanner(SerialScanner(NOWHERE)), _descriptors()
    for _ in range(50):
        absence.try_once(attendant)
    assert _descriptors() == before + 50
    for descriptor in leak.left:
        os.close(descriptor)


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
