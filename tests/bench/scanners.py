"""How long from the last byte of a card or code to `Scanned`, beside what its bytes alone take on the line.

`make bench-scanners` prints the table; ARGS="--scans 1000" measures longer. The driver runs in a process of its own,
as in the daemon, the far end in this one; both read the same monotonic clock.
"""

import argparse
import multiprocessing
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

import evdev
from evdev import ecodes
from rich.console import Console
from rich.progress import track
from rich.table import Table

from drivers import id_card
from drivers.hid_scanner import HidScanner
from drivers.scan_frames import Framing
from drivers.scan_orders import Model
from drivers.serial_scanner import SerialScanner as ScannerDriver
from kiosk.inbox import Scanned, new_inbox
from kiosk.ports import Scanner
from kiosk.supervisor import ScannerAttendant
from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.cards import IdCard
from kiosk.virtual.scanner_orders import Maker
from kiosk.virtual.serial_scanner import SerialScanner
from kiosk.virtual.wire import PtyWire

CARD = IdCard("110199199001010010", "测试甲", photo=bytes(range(256)) * 4)
CODE = b"110199199001010010"
CARD_FRAME, PHOTO = 1295, 1024
FULL_SPEED = 12_000_000
THREAD_SWITCH_S = 0.0005
LIMIT_S = 20.0

MakeScanner = Callable[[], Scanner]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: bytes of a scan, what they take at the least (ms), and the delays behind them (ms)."""

    title: str
    size: int
    floor_ms: float
    delays_ms: list[float]
    silence_ms: float = 0.0
    """What of the floor is the silence that ends a code without an end."""


def _attend(make: MakeScanner, results: Connection) -> None:
    """In a process of its own: what the daemon does with a scanner, each scan's time to the other side."""
    sys.setswitchinterval(THREAD_SWITCH_S)
    # Only how soon a card is found; what is measured begins later.
    id_card.POLL_S = 0.01
    inbox = new_inbox()
    ScannerAttendant("scanner", inbox, make(), time.monotonic_ns).start()
    while True:
        item = inbox.get()
        if isinstance(item, Scanned):
            results.send(item.at_ns)


@contextmanager
def attended(make: MakeScanner) -> Iterator[Callable[[], int]]:
    """A driver at work; the function waits for its next scan, monotonic nanoseconds."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_attend, args=(make, far), daemon=True)
    process.start()

    def scanned_ns() -> int:
        if not near.poll(LIMIT_S):
            raise SystemExit("no scan came")
        found: int = near.recv()
        return found

    try:
        yield scanned_ns
    finally:
        process.terminate()
        process.join()


def cards(scans: int, folder: Path, baud: int) -> Row:
    """Cards laid and lifted one after the other."""
    last_bytes: queue.SimpleQueue[float] = queue.SimpleQueue()
    settings = CardModuleSettings(baud=baud, rf_read_s=0.0)
    driver = partial(id_card.IdCardReader, str(folder / "card"), baud)
    delays = []
    with CardModule(PtyWire(folder / "card"), settings, last_bytes.put) as module, attended(driver) as scanned_ns:
        for _ in track(range(scans), f"cards at {baud}", transient=True):
            module.lay(CARD)
            delays.append(scanned_ns() / 1e6 - last_bytes.get() * 1e3)
            module.lift()
            time.sleep(0.03)
    return Row(f"ID card, {baud} baud", CARD_FRAME, CARD_FRAME * 10_000 / baud, delays)


def codes(
    scans: int, folder: Path, title: str, baud: int, framing: Framing, end: bytes, maker: Maker, silence_ms: float = 0.0
) -> Row:
    """Codes presented one after the other; `silence_ms` is what ends them where nothing else does."""
    delays = []
    driver = partial(ScannerDriver, str(folder / "scanner"), baud, framing, Model(maker))
    far_end = SerialScanner(PtyWire(folder / "scanner"), end, baud=baud, split=64, maker=maker)
    with far_end as scanner, attended(driver) as scanned_ns:
        _until_heard(scanner, scanned_ns)
        for _ in track(range(scans), title, transient=True):
            last_s = scanner.present(CODE)
            delays.append(scanned_ns() / 1e6 - last_s * 1e3)
    size = len(CODE + end) + 7 * (maker is Maker.ZEBRA_SSI)
    return Row(title, size, size * 10_000 / baud + silence_ms, delays, silence_ms)


def _until_heard(scanner: SerialScanner, scanned_ns: Callable[[], int]) -> None:
    """What is presented before the driver is up is thrown away by it."""
    heard = threading.Event()

    def present() -> None:
        while not heard.is_set():
            scanner.present(CODE)
            heard.wait(0.5)

    thread = threading.Thread(target=present)
    thread.start()
    scanned_ns()
    heard.set()
    thread.join()


def keys(scans: int) -> Row:
    """A keyboard that types 18 digits and Enter, two reports a key, 1 ms apart."""
    digits = [getattr(ecodes, f"KEY_{digit}") for digit in CODE.decode()]
    delays = []
    keyboard = evdev.UInput({ecodes.EV_KEY: list(range(1, 120))}, vendor=0x1234, product=0x5678)
    with keyboard, attended(partial(HidScanner, keyboard.device.path)) as scanned_ns:
        # The driver must have its grab; nothing tells of it from here.
        time.sleep(2.0)
        for _ in track(range(scans), "keyboard", transient=True):
            left_s = [_report(keyboard, code, value) for code in (*digits, ecodes.KEY_ENTER) for value in (1, 0)]
            # Enter ends the scan as it goes down.
            delays.append(scanned_ns() / 1e6 - left_s[-2] * 1e3)
    return Row("keyboard, 1 ms a report", 2 * len(digits) + 1, 2 * len(digits) + 1.0, delays)


def _report(keyboard: evdev.UInput, code: int, value: int) -> float:
    """Monotonic s when the report left."""
    keyboard.write(ecodes.EV_KEY, code, value)
    keyboard.syn()
    left_s = time.monotonic()
    time.sleep(0.001)
    return left_s


def rows(scans: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="kiosk-") as name:
        folder = Path(name)
        yield cards(scans, folder, 115200)
        yield codes(scans, folder, "code, 9600 baud, CR", 9600, Framing.CR, b"\r", Maker.NONE)
        yield codes(scans, folder, "code, 9600 baud, no end", 9600, Framing.GAP, b"", Maker.NONE, 29 * 10_000 / 9600)
        yield codes(scans, folder, "code, 9600 baud, SSI", 9600, Framing.CR, b"", Maker.ZEBRA_SSI)
        yield codes(scans, folder, "code, USB-CDC, CR", FULL_SPEED, Framing.CR, b"\r", Maker.NONE)
        yield codes(scans, folder, "code, USB-CDC, no end", FULL_SPEED, Framing.GAP, b"", Maker.NONE, 10.0)
    if os.access("/dev/uinput", os.W_OK):
        yield keys(scans)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=300)
    scans = parser.parse_args().scans
    table = Table(title=f"last byte to Scanned, {scans} scans each (ms)")
    for column in ("", "bytes", "floor on the line", "p50", "p99", "p50 / floor"):
        table.add_column(column, justify="right" if column else "left")
    for row in rows(scans):
        cuts = quantiles([delay - row.silence_ms for delay in row.delays_ms], n=100)
        share = f"{cuts[49] / row.floor_ms:.3f}"
        table.add_row(row.title, str(row.size), f"{row.floor_ms:.2f}", f"{cuts[49]:.3f}", f"{cuts[98]:.3f}", share)
    console = Console(width=120)
    console.print(table)
    console.print(f"The photo is {PHOTO * 10_000 / 115200:.1f} ms of the card; no command of the module leaves it out.")
    if not os.access("/dev/uinput", os.W_OK):
        console.print("No keyboard: this kernel has no uinput.")


if __name__ == "__main__":
    main()
