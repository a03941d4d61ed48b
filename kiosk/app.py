"""The composition root: configuration and keys to a running kiosk. The only module that knows the drivers."""

import contextlib
import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from kiosk import messages
from kiosk.code_forms import forms_of
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
from kiosk.credentials import staff_codes, understand
from kiosk.engine import Engine, Outlets, Secrets
from kiosk.inbox import Inbox, NotPrinted, Trace, new_inbox
from kiosk.journal import Journal, JournalError
from kiosk.layouts import Letterhead, lay_out
from kiosk.local_time import local_date
from kiosk.log import say
from kiosk.model import Instant, PrintJob, Role, Sample
from kiosk.notify import Notifier
from kiosk.ports import Broker, Message, Panel, PluggedIn, Printer, PrinterProbe, Scanner, Signal
from kiosk.publisher import Publisher
from kiosk.record import Life
from kiosk.scan_live import watch
from kiosk.session import Notice, Plan, State
from kiosk.supervisor import Attendant, Crew, PanelAttendant, PrinterAttendant, ScannerAttendant
from kiosk.texts import Texts
from kiosk.voucher_token import KEY_BYTES, Signer, claims_of

if TYPE_CHECKING:
    from drivers.escpos_bytes import Abilities
    from drivers.escpos_line import Wire
    from kiosk.pictures import Read

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
THREAD_SWITCH_S = 0.0005
"""Python's default of 5 ms would let a busy thread hold up the scan's way to the printer."""
STOP_S = 2.0


class Clock:
    """The clocks of this machine; trusted once the time service has set the wall clock in this boot."""

    def __init__(self, trusted: bool = False) -> None:
        self._boot = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else "unknown"
        self._trusted = trusted
        self.look()

    def look(self) -> None:
        self._trusted = self._trusted or SYNCHRONISED.exists()

    def __call__(self) -> Instant:
        return Instant(self._boot, time.monotonic_ns(), time.time_ns() // 1_000_000, self._trusted)


def read_key(directory: Path | None, name: str) -> bytes:
    """One key of at least 16 bytes from systemd's credentials directory. Raises ConfigError, never showing the key."""
    if directory is None:
        fix = "Start by systemd with LoadCredential=, or give --credentials DIR"
        raise ConfigError("credentials", [Mistake(name, "there is no credentials directory", fix)])
    try:
        key = (directory / name).read_bytes().strip()
    except OSError as error:
        fix = f"Put the key into {directory / name}"
        raise ConfigError("credentials", [Mistake(name, str(error.strerror), fix)]) from error
    if len(key) < 16:
        raise ConfigError("credentials", [Mistake(name, "is shorter than 16 bytes", "Make a new key")])
    return key


def read_signer(directory: Path | None) -> Signer:
    """The kiosk's own key for vouchers, 64 hex digits. Raises ConfigError, never showing the key."""
    name = "voucher-key"
    text = read_key(directory, name)
    try:
        seed = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        seed = b""
    if len(seed) != KEY_BYTES or len(text) != 2 * KEY_BYTES:
        raise ConfigError(
            "credentials", [Mistake(name, "is not 64 hex digits", "Make a new one: openssl rand -hex 32")]
        )
    return Signer(seed)


def check(config: Config, credentials: Path | None) -> None:
    """All that can be known to be wrong without opening a device. Raises ConfigError."""
    for index, printer in enumerate(config.printer, start=1):
        _printer(printer, index)
    for scanner in config.scanner:
        _scanner(scanner)
    forms_of(config, {})
    if credentials is not None:
        read_key(credentials, "round-key")
        read_key(credentials, "staff-key")
        read_signer(credentials)


def plugged_in(root: Path = Path("/")) -> list[PluggedIn]:
    """What this machine has; nothing is opened."""
    from drivers.plugged_in import plugged_in as look

    return look(root)


def watch_scans(config: Config, credentials: Path | None, stopping: threading.Event) -> Iterator[str]:
    """A line for each thing that happens at the scanners; without credentials staff codes are unknown ones.
    Raises ConfigError."""
    clock = Clock(config.point.clock == "trusted")
    forms = forms_of(config, staff_codes(read_key(credentials, "staff-key")) if credentials else {})
    zone = ZoneInfo(config.point.timezone)
    scanners = {table.name: _scanner(table) for table in config.scanner}
    return watch(scanners, lambda scan: understand(scan, forms, local_date(zone, clock())), time.monotonic_ns, stopping)


class Kiosk:
    """All parts of one table, put together and not yet started. Raises ConfigError, JournalError."""

    def __init__(self, config: Config, credentials: Path | None, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._notifier = Notifier(os.environ.get("NOTIFY_SOCKET", ""))
        self._stopping = False
        self._texts = Texts(config.point.language)
        self._address = _address(config)
        self._inbox = new_inbox()
        secrets = Secrets(read_key(credentials, "round-key"))
        forms = forms_of(config, staff_codes(read_key(credentials, "staff-key")))
        self._sign = _signing(config, read_signer(credentials))
        self._lock = _alone(config.state.directory)
        self._journal = Journal(config.state.directory / "journal.sqlite", config.point.round)
        memory = self._journal.restore(config.tubes.block)
        # A slip in doubt may still hang out: it is cut off before the next one.
        self._printers = self._printer_attendants({job.printer for job in (*memory.sending, *memory.doubtful)})
        self._panel = _panel_attendant(config.panel, self._inbox)
        self._publisher = self._publisher_of(_broker(config, credentials), memory.life)
        out = Outlets(self._print, self._show, self._publish)
        self._engine = Engine(self._journal, State(_plan(config), memory), forms, secrets, clock, out)

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT. Raises JournalError, or RuntimeError for a fault of ours."""
        sys.setswitchinterval(THREAD_SWITCH_S)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        crew = Crew(tuple(self._members()))
        crew.start()
        try:
            self._engine.start()
            self._notifier.ready("serving")
            say("ready", since_start_s=round(_age_s(), 3), undelivered=self._journal.unacknowledged())
            self._engine.run(self._inbox, self._beat, lambda: self._stopping)
        finally:
            self._notifier.stopping()
            crew.stop(STOP_S)
        self._settle()
        self._journal.close()

    def _members(self) -> Iterable[Attendant]:
        for table in self._config.scanner:
            yield ScannerAttendant(table.name, self._inbox, _scanner(table), time.monotonic_ns)
        yield from self._printers.values()
        if self._panel is not None:
            yield self._panel
        if self._publisher is not None:
            yield self._publisher

    def _printer_attendants(self, interrupted: set[str]) -> dict[str, PrinterAttendant]:
        point = self._config.point
        name = f"{point.point}-{point.kiosk}"
        sheet = Letterhead(name, ZoneInfo(point.timezone), self._texts, self._sign)
        heads = {table.name: replace(sheet, paper_mm=table.paper_mm) for table in self._config.printer}
        return {
            table.name: PrinterAttendant(
                table.name,
                self._inbox,
                _printer(table, index),
                lambda job: lay_out(job, heads[job.printer]),
                table.name in interrupted,
            )
            for index, table in enumerate(self._config.printer, start=1)
        }

    def _publisher_of(self, broker: Broker | None, life: Life) -> Publisher | None:
        if broker is None:
            return None
        will = messages.status(self._address, "lost", life, self._clock())
        return Publisher("broker", self._inbox, broker, will, self._farewell)

    def _farewell(self) -> Message:
        return messages.status(self._address, "offline", self._engine.state.memory.life, self._clock())

    def _settle(self) -> None:
        """What the last messages of the devices' threads say is still written down."""
        while not self._inbox.empty():
            self._engine.take(self._inbox.get())
        self._engine.rest()

    def _beat(self) -> None:
        self._clock.look()
        self._notifier.alive()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _print(self, printer: str, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        if self._stopping:
            # The printer's thread has ended or will: what it was not given is not in doubt.
            self._inbox.put(NotPrinted(printer, jobs))
        else:
            self._printers[printer].submit(jobs, trace)

    def _show(self, shown: Signal, notice: Notice) -> None:
        if self._panel is not None:
            self._panel.show(shown)
        values = dict(notice.values)
        for device in values.keys() & {"device", "printer"}:
            values[device] = self._texts.device(values[device])
        if "fault" in values:
            values["fault"] = self._texts.say(f"refusal.{values['fault']}")
        text = self._texts.say(f"notice.{notice.key}", **values)
        say("notice", signal=shown, key=notice.key, text=text)

    def _publish(self, outgoing: Iterable[Message]) -> None:
        if self._publisher is not None:
            self._publisher.offer(outgoing)


def _address(config: Config) -> messages.Address:
    point = config.point
    return messages.Address(point.region, point.round, point.point, point.kiosk)


def _signing(config: Config, signer: Signer) -> Callable[[Sample], str]:
    point = config.point
    issuer = f"{point.round}/{point.point}/{point.kiosk}"
    return lambda sample: signer.sign(claims_of(sample, issuer))


def _plan(config: Config) -> Plan:
    return Plan(
        address=_address(config),
        pool_size=config.tubes.pool_size,
        source=config.tubes.source,
        order=config.tubes.order,
        printers={role: tuple(table.name for table in config.printer if role in table.prints) for role in Role},
        zone=ZoneInfo(config.point.timezone),
        same_scan_ns=int(config.rules.same_scan_s * 1e9),
        without_paper=config.rules.accept_without_paper,
        building=config.tubes.building,
        closing_slip=config.tubes.closing_slip,
    )


def _alone(directory: Path) -> IO[bytes]:
    """Held until the process ends: a second kiosk on this directory would count from the same numbers again."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("ab")
    except OSError as error:
        raise JournalError(f"cannot write in {directory}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise JournalError(f"another kiosk runs on {directory}") from error
    return lock


def _scanner(table: ScannerTable) -> Scanner:
    match table:
        case IdCardTable():
            from drivers.id_card import IdCardReader

            return IdCardReader(table.port, table.baud)
        case SerialScannerTable():
            from drivers.scan_frames import Framing
            from drivers.scan_orders import Model
            from drivers.serial_scanner import SerialScanner

            rearm_s = table.trigger_timeout_s if table.trigger == "host" else None
            return SerialScanner(table.port, table.baud, Framing(table.framing), Model(table.model), rearm_s)
        case HidScannerTable():
            from drivers.hid_scanner import HidScanner

            return HidScanner(table.path, table.vendor, table.product, table.layout)
        case CameraTable():
            from drivers.camera import Camera, CameraSettings

            size, exposure = (table.width, table.height), table.exposure_us or None
            return Camera(CameraSettings(table.number, *size, table.frames_s, exposure, table.lens_position))
        case _:
            assert_never(table)


def printer_probe(table: PrinterTable) -> PrinterProbe:
    """Asks the printer of the table what it is; opens nothing yet."""
    from drivers.escpos_probe import EscposProbe

    return EscposProbe(_wire(table))


def serves(directory: Path) -> bool:
    """Whether a kiosk runs on this state directory, as far as this user may know."""
    try:
        with (directory / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextlib.contextmanager
def picture_reader() -> Iterator["Read"]:
    """The camera's decoding for pictures."""
    from drivers.symbols import SymbolReader

    with contextlib.closing(SymbolReader()) as reader:
        yield lambda frame: reader.read(frame).symbols


def _printer(table: PrinterTable, index: int) -> Printer:
    from drivers.escpos_bytes import SlipEncoder
    from drivers.escpos_printer import Confirm, EscposPrinter

    return EscposPrinter(_wire(table), SlipEncoder(_abilities(table, index)), Confirm(table.confirm))


def _wire(table: PrinterTable) -> "Wire":
    from drivers.escpos_line import SerialLine, TcpLine, UsbLine, Wire

    match table:
        case SerialPrinterTable():
            return Wire(SerialLine(table.port, table.baud, table.flow == "xonxoff", table.flow == "rtscts"))
        case UsbPrinterTable():
            return Wire(UsbLine(table.device))
        case TcpPrinterTable():
            return Wire(TcpLine(table.host, table.port))


def _abilities(table: PrinterTable, index: int) -> "Abilities":
    from drivers.escpos_bytes import RARE_FONTS, Abilities, own_codes

    try:
        own_barcode, own_qr = own_codes(table.profile)
    except KeyError as error:
        fix = "Name a profile of python-escpos, such as default"
        raise ConfigError("config", [Mistake(f"printer[{index}].profile", f"{error}", fix)]) from error
    return Abilities(
        table.paper_mm,
        table.charset,
        own_barcode if table.barcode is None else table.barcode == "native",
        own_qr if table.qr is None else table.qr == "native",
        RARE_FONTS if table.fonts is None else table.fonts,
    )


def _panel_attendant(table: PanelTable | None, inbox: Inbox) -> PanelAttendant | None:
    if table is None:
        return None
    from drivers.gpio_panel import GpioPanel, PanelPins

    pins = PanelPins(
        table.ready, table.accepted, table.refused, table.attention, table.buzzer, table.buttons, table.pin_factory
    )
    panel: Panel = GpioPanel(pins)
    return PanelAttendant("panel", inbox, panel)


def _broker(config: Config, credentials: Path | None) -> Broker | None:
    table = config.broker
    if table is None:
        return None
    from drivers.mqtt_broker import BrokerLine, MqttBroker

    key = str(credentials / "broker-key") if table.certificate and credentials else None
    client_id = f"{config.point.point}-{config.point.kiosk}"
    line = BrokerLine(table.host, table.port, client_id, table.protocol, table.ca_file, table.certificate, key)
    return MqttBroker(line)


def _age_s() -> float:
    """Seconds since this process began, by the kernel's count."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
