"""Contract tests run over a rig: `--rig=virtual` has the far ends of kiosk/virtual, others real devices."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from lines import Joined, Lines, Terminals, VirtualTime
from matrix_page import MatrixPage
from printer_rig import PrinterRig, real_rig, virtual_rig

from drivers.escpos.printer import Confirm
from drivers.id_card.reader import IdCardReader
from drivers.mqtt_broker import BrokerLine, MqttBroker
from drivers.serial_scanner.scanner import SerialScanner as ScannerDriver
from kiosk.virtual.broker import EmbeddedBroker, MosquittoBroker, VirtualBroker, find_mosquitto
from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.printer import PrinterSettings
from kiosk.virtual.serial_scanner import ScannerSettings, SerialScanner


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rig", choices=("virtual", "vm", "bench"), default="virtual", help="what the drivers talk to")
    parser.addoption("--real-time", action="store_true", help="hold all contracts of serial lines over terminals too")
    parser.addoption("--residents", type=int, default=100, help="whose slips are read back")
    parser.addoption("--tries", type=int, default=300, help="how often a device that is away is tried")
    parser.addoption("--matrix", type=Path, metavar="FILE", help="write what the printer's fault matrix saw to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """The page is written where all results come together: not in a worker."""
    config.addinivalue_line("markers", "also_over_terminals: a contract that holds shell, port and threads too")
    file = config.getoption("--matrix")
    if file is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(MatrixPage(file))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Contracts of what hangs on a serial line are held in virtual time, some over the kernel's terminals too."""
    if "over" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("also_over_terminals") is not None
        real = marked or metafunc.config.getoption("--real-time")
        metafunc.parametrize("over", ["virtual-time", "terminals"] if real else ["virtual-time"])


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> str:
    """The rig's name; skips where this machine does not have it."""
    name: str = request.config.getoption("--rig")
    if name != "virtual":
        pytest.skip(f"the {name} rig is not on this machine")
    return name


@pytest.fixture
def wires() -> Iterator[Path]:
    """A folder with a short path, for terminals and Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        yield Path(folder)


@pytest.fixture
def lines(rig: str, wires: Path, over: str) -> Lines:
    return Terminals(wires) if over == "terminals" else VirtualTime()


@dataclass
class CardRig:
    driver: IdCardReader
    module: CardModule
    lines: Lines


@pytest.fixture(params=[True, False], ids=["answers-again", "answers-once"])
def card_rig(lines: Lines, request: pytest.FixtureRequest) -> Iterator[CardRig]:
    settings, wire = CardModuleSettings(rf_read_s=0.05, answers_again=request.param), lines.wire("card")
    with CardModule(wire, settings, stage=lines.stage(wire)) as module:
        driver = IdCardReader(lines.port("card"), line_to=lines.line_to)
        driver.open()
        yield CardRig(driver, module, lines)
        driver.close()


@dataclass
class ScannerRig:
    driver: ScannerDriver
    scanner: SerialScanner
    lines: Lines

    def hold_up(self, *codes: bytes) -> Joined:
        return self.lines.hold_up(self.scanner, *codes)


MakeScanner = Callable[..., ScannerRig]


@pytest.fixture
def make_scanner(lines: Lines) -> Iterator[MakeScanner]:
    """Scanners of any maker; `far` settles the far end, the rest is the driver's."""
    with ExitStack() as exits:

        def make(far: dict[str, object], baud: int = 115200, **settings: object) -> ScannerRig:
            wire = lines.wire("scanner")
            scanner = SerialScanner(wire, ScannerSettings(**far), lines.stage(wire))  # type: ignore[arg-type]
            exits.enter_context(scanner)
            driver = ScannerDriver(lines.port("scanner"), baud, line_to=lines.line_to, **settings)  # type: ignore[arg-type]
            driver.open()
            exits.callback(driver.close)
            return ScannerRig(driver, scanner, lines)

        yield make


@pytest.fixture
def scanner_rig(make_scanner: MakeScanner) -> ScannerRig:
    return make_scanner({})


MakePrinter = Callable[..., PrinterRig]


@pytest.fixture(params=["serial", "usb"])
def make_printer(rig: str, wires: Path, request: pytest.FixtureRequest) -> Iterator[MakePrinter]:
    """Printers in virtual time on a slow line and on a fast one; `on_real_lines` adds lines that the kernel has."""
    kind, _, real = request.param.partition("-")
    with ExitStack() as exits:

        def make(confirm: Confirm = Confirm.PROCESS_ID, interrupted: bool = False, **settings: object) -> PrinterRig:
            baud = 115200 if kind == "serial" else None
            far = PrinterSettings(**{"baud": baud, "head_mm_s": 600.0, **settings})  # type: ignore[arg-type]
            link = wires / f"printer{len(list(wires.iterdir()))}"
            made = real_rig(kind, confirm, far, link) if real else virtual_rig(kind, confirm, far)
            exits.callback(made.end)
            exits.callback(made.driver.close)
            made.driver.open(interrupted)
            return made

        yield make


@pytest.fixture(params=["mosquitto", "embedded"])
def broker(rig: str, wires: Path, request: pytest.FixtureRequest) -> Iterator[VirtualBroker]:
    if request.param == "mosquitto" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with MosquittoBroker(wires) if request.param == "mosquitto" else EmbeddedBroker() as broker:
        yield broker


@pytest.fixture
def broker_driver(broker: VirtualBroker) -> Iterator[MqttBroker]:
    driver = MqttBroker(BrokerLine("127.0.0.1", broker.port, "wy-0352-a"))
    yield driver
    driver.close()


MakeTable = Callable[..., DemoTable]


@pytest.fixture
def make_table(rig: str, tmp_path: Path) -> Iterator[MakeTable]:
    """Whole tables: the far ends switched on, the daemon not yet started."""
    with ExitStack() as exits:

        def make(**changes: object) -> DemoTable:
            given = {"pool_size": 5, "speed_mm_s": 600.0, **changes}
            table = DemoTable(DemoSettings(**given), tmp_path / "state")  # type: ignore[arg-type]
            return exits.enter_context(table)

        yield make


@pytest.fixture
def table(make_table: MakeTable) -> DemoTable:
    """A table that is ready to serve: the first label is out."""
    table = make_table()
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", 20), table.daemon.records
    assert table.daemon.listens(20)
    return table
