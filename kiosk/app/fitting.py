"""From the configuration's tables to drivers; each is imported only where a table asks for it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from kiosk.app.clock import Clock, floor_s
from kiosk.config import (
    CameraTable,
    Config,
    ConfigError,
    HidScannerTable,
    IdCardTable,
    Mistake,
    PanelTable,
    PrinterTable,
    ScannerTable,
    SerialPrinterTable,
    SerialScannerTable,
    TcpPrinterTable,
    UsbPrinterTable,
)
from kiosk.engine.back_off import AT_HAND, IN_A_PROCESS, ON_THE_NETWORK, BackOff
from kiosk.log import say
from kiosk.log.seldom import Seldom
from kiosk.ports import Broker, Panel, PluggedIn, Printer, PrinterProbe, Scanner

if TYPE_CHECKING:
    from drivers.escpos.abilities import Abilities
    from drivers.printer_line import Wire
    from kiosk.doctor.pictures import Read


def scanner_of(table: ScannerTable) -> Scanner:
    match table:
        case IdCardTable():
            from drivers.id_card.reader import IdCardReader

            return IdCardReader(table.port, table.baud)
        case SerialScannerTable():
            from drivers.scan_frames import Framing
            from drivers.serial_scanner.orders import Model
            from drivers.serial_scanner.scanner import SerialScanner

            rearm_s = table.trigger_timeout_s if table.trigger == "host" else None
            return SerialScanner(table.port, table.baud, Framing(table.framing), Model(table.model), rearm_s)
        case HidScannerTable():
            from drivers.hid_scanner.scanner import HidScanner

            return HidScanner(table.path, table.vendor, table.product, table.layout, table.end == "pause")
        case CameraTable():
            from drivers.camera.camera import Camera
            from drivers.camera.settings import CameraSettings

            size, exposure = (table.width, table.height), table.exposure_us or None
            return Camera(CameraSettings(table.number, *size, table.frames_s, exposure, table.lens_position))
        case _:
            assert_never(table)


def printer_of(table: PrinterTable, index: int) -> Printer:
    from drivers.escpos.encoder import SlipEncoder
    from drivers.escpos.printer import Confirm, EscposPrinter

    abilities = _abilities(table, index)
    _look_at_fonts(table, index)
    return EscposPrinter(_wire(table), SlipEncoder(abilities), Confirm(table.confirm))


def _look_at_fonts(table: PrinterTable, index: int) -> None:
    """Raises ConfigError with those that the file names and that cannot be used."""
    from drivers.escpos.glyphs import fault_of

    faults = {font: fault_of(font) for font in table.fonts or ()}
    mistakes = [
        Mistake(f"printer[{index}].fonts", f"{font}: {fault}", "Name an outline font (.ttf, .otf), or remove it")
        for font, fault in faults.items()
        if fault
    ]
    if mistakes:
        raise ConfigError("config", mistakes)


def _wire(table: PrinterTable) -> "Wire":
    from drivers.printer_line import SerialLine, UsbLine, Wire
    from drivers.tcp_line import TcpLine

    match table:
        case SerialPrinterTable():
            return Wire(SerialLine(table.port, table.baud, table.flow == "xonxoff", table.flow == "rtscts"))
        case UsbPrinterTable():
            return Wire(UsbLine(table.device))
        case TcpPrinterTable():
            return Wire(TcpLine(table.host, table.port))


def _abilities(table: PrinterTable, index: int) -> "Abilities":
    from drivers.escpos.abilities import RARE_FONTS, Abilities, cuts, own_codes, profiles

    try:
        own_barcode, own_qr = own_codes(table.profile)
    except KeyError as error:
        wrong = f"python-escpos knows no printer {table.profile!r}"
        fix = f"Write one of {', '.join(_nearest(table.profile, profiles()))}"
        raise ConfigError("config", [Mistake(f"printer[{index}].profile", wrong, fix)]) from error
    return Abilities(
        table.paper_mm,
        table.charset,
        own_barcode if table.barcode is None else table.barcode == "native",
        own_qr if table.qr is None else table.qr == "native",
        RARE_FONTS if table.fonts is None else table.fonts,
        cuts(table.profile) if table.cut is None else table.cut == "native",
        table.columns,
    )


def _nearest(name: str, known: list[str]) -> list[str]:
    """Those that look like it, else all."""
    from difflib import get_close_matches

    by_small_letters = {each.lower(): each for each in known}
    return [by_small_letters[each] for each in get_close_matches(name.lower(), by_small_letters, n=5)] or sorted(known)


def back_off_of(table: PrinterTable | ScannerTable) -> BackOff:
    match table:
        case CameraTable():
            return IN_A_PROCESS
        case TcpPrinterTable():
            return ON_THE_NETWORK
        case SerialPrinterTable() | UsbPrinterTable() | IdCardTable() | SerialScannerTable() | HidScannerTable():
            return AT_HAND


def panel_of(table: PanelTable | None, state: Path) -> Panel | None:
    if table is None:
        return None
    from drivers.gpio_panel import GpioPanel, PanelPins

    pins = PanelPins(
        table.ready, table.accepted, table.refused, table.attention, table.buzzer, table.buttons, table.pin_factory
    )
    return GpioPanel(pins, state)


def broker_of(config: Config, credentials: Path | None, clock: Clock) -> Broker | None:
    """Certificates are judged by the clock, or, while that is not set, by how late it must be at least."""
    table = config.broker
    if table is None:
        return None
    seldom = Seldom()

    def floor() -> float | None:
        clock.look()
        now = clock()
        if now.trusted:
            return None
        found = floor_s()
        if seldom.may("floor", now.mono_ns):
            say("clock-not-set", why="the broker's certificate is judged by the floor", floor_s=round(found))
        return found

    from drivers.mqtt_broker import BrokerLine, MqttBroker

    key = str(credentials / "broker-key") if table.certificate and credentials else None
    client_id = f"{config.point.point}-{config.point.kiosk}"
    tls = _text(table.ca_file), _text(table.certificate), key
    line = BrokerLine(table.host, table.port, client_id, table.protocol, *tls)
    return MqttBroker(line, floor)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def printer_probe(table: PrinterTable) -> PrinterProbe:
    """Asks the printer of the table what it is; opens nothing yet."""
    from drivers.escpos.probe import EscposProbe

    return EscposProbe(_wire(table))


@contextlib.contextmanager
def picture_reader() -> Iterator["Read"]:
    """The camera's decoding for pictures."""
    from drivers.camera.symbols import SymbolReader

    with contextlib.closing(SymbolReader()) as reader:
        yield lambda frame: reader.read(frame).symbols


def plugged_in(root: Path = Path("/")) -> list[PluggedIn]:
    """What this machine has; nothing is opened."""
    from drivers.plugged_in import plugged_in as look

    return look(root)
