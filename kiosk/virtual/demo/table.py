"""A table of a sampling point without its hardware: the far ends, a broker, keys, and the daemon between them."""

import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.credentials import key_of_round, staff_codes
from kiosk.virtual.broker import VirtualBroker, broker
from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.demo.daemon import Daemon, Record
from kiosk.virtual.demo.settings import AUTHORITY, ROUND, DemoSettings, configuration
from kiosk.virtual.pins import PinBoard
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.serial_scanner import SerialScanner
from kiosk.virtual.wire import PtyWire, TcpWire

CARD_READ_S = 0.3
"""What a module takes to talk to a card before it answers; it is before the clock of scan to paper starts."""


class DemoTable:
    """Everything that stands on the table, switched on by `with`; the daemon is started by whoever uses it.

    `state` holds the journal and is kept; `slips` is all paper that was cut.
    """

    card_module: CardModule
    scanner: SerialScanner
    printer: VirtualPrinter
    spare: VirtualPrinter | None = None
    pins: PinBoard
    broker: VirtualBroker
    daemon: Daemon
    wires: Path
    """The folder of all lines."""

    def __init__(
        self,
        settings: DemoSettings,
        state: Path,
        on_slip: Callable[[Slip], None] = lambda _: None,
        on_record: Callable[[Record], None] = lambda _: None,
    ) -> None:
        self._settings, self.state = settings, state
        self._on_slip, self._on_record = on_slip, on_record
        self.slips: list[Slip] = []
        self._exits = ExitStack()

    @property
    def pages_port(self) -> int | None:
        return self._settings.pages_port

    @property
    def journal(self) -> Path:
        return self.state / "journal.sqlite"

    @property
    def staff_codes(self) -> dict[str, str]:
        """What the staff's sheet of this round says, by action."""
        key = (self.state / "keys" / "staff-key").read_bytes().strip()
        return {str(action): text for text, action in staff_codes(key_of_round(key, ROUND)).items()}

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            # Unix sockets need short paths, so the lines lie in a folder of their own.
            wires = Path(tempfile.mkdtemp(prefix="kiosk-"))
            exits.callback(shutil.rmtree, wires, ignore_errors=True)
            self.wires = wires
            self._set_up(wires, exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.close()

    def _set_up(self, wires: Path, exits: ExitStack) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        self.card_module = exits.enter_context(
            CardModule(PtyWire(wires / "id-card"), CardModuleSettings(rf_read_s=CARD_READ_S))
        )
        self.scanner = exits.enter_context(SerialScanner(PtyWire(wires / "scanner")))
        wire = TcpWire() if self._settings.tcp else PtyWire(wires / "printer")
        self.printer = exits.enter_context(VirtualPrinter(wire, self._printer_settings(), self._cut))
        if self._settings.spare:
            spare = VirtualPrinter(PtyWire(wires / "spare"), self._printer_settings(), self._cut)
            self.spare = exits.enter_context(spare)
        self.pins = exits.enter_context(PinBoard(wires / "pins"))
        (wires / "broker").mkdir()
        self.broker = exits.enter_context(broker(wires / "broker"))
        printer_port = wire.port if isinstance(wire, TcpWire) else None
        config = self.state / "kiosk.toml"
        text = configuration(self._settings, wires, self.state, self.broker.port, printer_port)
        config.write_text(text, encoding="utf-8")
        self.daemon = Daemon(config, _keys(self.state / "keys"), wires / "pins", self._on_record)
        exits.callback(self.daemon.stop)

    def _cut(self, slip: Slip) -> None:
        self.slips.append(slip)
        self._on_slip(slip)

    def _printer_settings(self) -> PrinterSettings:
        settings = self._settings
        return PrinterSettings(
            paper_mm=settings.paper_mm,
            baud=None if settings.tcp else settings.baud,
            head_mm_s=settings.speed_mm_s,
            asb=settings.asb,
        )


def _keys(directory: Path) -> Path:
    """Keys of the demo's own, made once for a state directory."""
    directory.mkdir(mode=0o700, exist_ok=True)
    authority = directory / AUTHORITY
    if not authority.exists():
        # Its private half is kept by nobody: the demo's records are opened by nobody.
        public = X25519PrivateKey.generate().public_key()
        authority.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for name in ("round-key", "staff-key", "voucher-key"):
        file = directory / name
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32), encoding="ascii")
    return directory
