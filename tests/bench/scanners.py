"""How long from the last byte of a card or code, or from the camera's frame, to `Scanned`, beside the least it can be:
what the bytes alone take on the line, what zxing-cpp alone takes for the frame.

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
from statistics import median, quantiles

import evdev
import zxingcpp
from evdev import ecodes
from rich.console import Console
from rich.progress import track
from rich.table import Table

from drivers.camera.camera import Camera
from drivers.camera.settings import CameraSettings
from drivers.camera.symbols import FORMATS
from drivers.hid_scanner.scanner import HidScanner
from drivers.id_card import looks
from drivers.id_card.reader import IdCardReader
from drivers.scan_frames import Framing
from drivers.serial_scanner.conversation import STARTING_S
from drivers.serial_scanner.orders import Model
from drivers.serial_scanner.scanner import SerialScanner as ScannerDriver
from kiosk.engine.attendants import ScannerAttendant
from kiosk.engine.inbox import Scanned, new_inbox
from kiosk.model import Hand
from kiosk.ports import Scanner, Timed
from kiosk.virtual.camera_frames import Grey, draw
from kiosk.virtual.camera_library import Behaviour, furnish
from kiosk.virtual.camera_scenes import Held, Scene, Trouble
from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.cards import IdCard
from kiosk.virtual.scanner_orders import Maker
from kiosk.virtual.serial_scanner import ScannerSettings, SerialScanner
from kiosk.virtual.wire import PtyWire

CARD = IdCard("110199199001010010", "测试甲", photo=bytes(range(256)) * 4)
CODE = b"110199199001010010"
CARD_FRAME, PHOTO = 1295, 1024
FULL_SPEED = 12_000_000
THREAD_SWITCH_S = 0.0005
LIMIT_S = 20.0
CODES_IN_TURN = 48
"""More than the frames after which a code that left may come again. The first turn warms up."""
FRAME_PAUSE_S = 0.03

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
    looks.POLL_S = 0.01
    inbox = new_inbox()
    scanner = make()
    ScannerAttendant("scanner", inbox, scanner, Hand.SHARED, time.monotonic_ns).start()
    while True:
        item = inbox.get()
        if isinstance(item, Scanned):
            results.send((item.at_ns, scanner.heard_ns if isinstance(scanner, Timed) else 0))


@contextmanager
def timed(make: MakeScanner) -> Iterator[Callable[[], tuple[int, int]]]:
    """A driver at work; the function waits for its next scan: when it was Scanned and when the driver says that its
    last byte or frame came, monotonic nanoseconds."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_attend, args=(make, far), daemon=True)
    process.start()

    def times_ns() -> tuple[int, int]:
        if not near.poll(LIMIT_S):
            raise SystemExit("no scan came")
        found: tuple[int, int] = near.recv()
        return found

    try:
        yield times_ns
    finally:
        process.terminate()
        process.join()


@contextmanager
def attended(make: MakeScanner) -> Iterator[Callable[[], int]]:
    """A driver at work; the function waits for its next scan, monotonic nanoseconds."""
    with timed(make) as times_ns:
        yield lambda: times_ns()[0]


def cards(scans: int, folder: Path, baud: int) -> Row:
    """Cards laid and lifted one after the other."""
    last_bytes: queue.SimpleQueue[float] = queue.SimpleQueue()
    settings = CardModuleSettings(baud=baud, rf_read_s=0.0)
    driver = partial(IdCardReader, str(folder / "card"), baud)
    delays = []
    with CardModule(PtyWire(folder / "card"), settings, last_bytes.put) as module, attended(driver) as scanned_ns:
        for _ in track(range(scans), f"cards at {baud}", transient=True):
            module.lay(CARD)
            delays.append(scanned_ns() / 1e6 - last_bytes.get() * 1e3)
            module.lift()
            # Longer than the driver waits for a quiet line before it looks again.
            time.sleep(0.25)
    return Row(f"ID card, {baud} baud", CARD_FRAME, CARD_FRAME * 10_000 / baud, delays)


def codes(
    scans: int, folder: Path, title: str, baud: int, framing: Framing, end: bytes, maker: Maker, silence_ms: float = 0.0
) -> Row:
    """Codes presented one after the other; `silence_ms` is what ends them where nothing else does."""
    delays = []
    driver = partial(ScannerDriver, str(folder / "scanner"), baud, framing, Model(maker))
    far_end = SerialScanner(PtyWire(folder / "scanner"), ScannerSettings(end, baud=baud, split=64, maker=maker))
    with far_end as scanner, attended(driver) as scanned_ns:
        _until_heard(lambda: scanner.present(CODE), scanned_ns)
        for _ in track(range(scans), title, transient=True):
            last_s = scanner.present(CODE)
            delays.append(scanned_ns() / 1e6 - last_s * 1e3)
    size = len(CODE + end) + 7 * (maker is Maker.ZEBRA_SSI)
    return Row(title, size, size * 10_000 / baud + silence_ms, delays, silence_ms)


def _until_heard(present: Callable[[], object], scanned_ns: Callable[[], int]) -> None:
    """What is presented before the driver is up is thrown away by it."""
    heard = threading.Event()

    def repeat() -> None:
        while not heard.is_set():
            present()
            heard.wait(0.5)

    thread = threading.Thread(target=repeat)
    thread.start()
    scanned_ns()
    heard.set()
    thread.join()
    # As long as a scanner may be starting, each code is kept a little to see whether it is alone.
    time.sleep(STARTING_S)


def frames(scans: int, folder: Path, width: int, height: int) -> Row:
    """A new code in each frame. What the libraries of the camera take to hand the frame over is not in it."""
    furnish(folder, list(_drawn(width, height)), Behaviour(frames_s=1 / FRAME_PAUSE_S, again=True))
    os.environ["PYTHONPATH"] = str(folder)
    # The camera sets the pace: whoever waits beside it misses every other frame.
    driver = partial(Camera, CameraSettings(width=width, height=height, frames_s=1e3))
    delays = []
    with timed(driver) as times_ns:
        for index in track(range(scans + CODES_IN_TURN), f"frames {width}x{height}", transient=True):
            scanned_ns, heard_ns = times_ns()
            if index >= CODES_IN_TURN:
                delays.append((scanned_ns - heard_ns) / 1e6)
    return Row(f"camera, {width}x{height}", width * height, _alone_ms(width, height), delays)


def _drawn(width: int, height: int) -> Iterator[Grey]:
    for index in range(CODES_IN_TURN):
        held = Held(f"A-{index:04}".encode(), "QRCode", 0.6, 0.6, 0.5)
        yield draw(Scene(Trouble.PLAIN, (held,), 1), width, height)


def _alone_ms(width: int, height: int) -> float:
    """As cold as the kiosk finds them."""
    spent = []
    for frame in list(_drawn(width, height)):
        time.sleep(FRAME_PAUSE_S)
        begun = time.perf_counter()
        zxingcpp.read_barcodes(frame, formats=FORMATS)
        spent.append((time.perf_counter() - begun) * 1e3)
    return median(spent)


def keys(scans: int) -> Row:
    """A keyboard that types 18 digits and Enter, two reports a key, 1 ms apart."""
    digits = [getattr(ecodes, f"KEY_{digit}") for digit in CODE.decode()]
    delays = []
    keyboard = evdev.UInput({ecodes.EV_KEY: list(range(1, 120))}, vendor=0x1234, product=0x5678)
    with keyboard, attended(partial(HidScanner, keyboard.device.path)) as scanned_ns:

        def typed() -> list[float]:
            return [_report(keyboard, code, value) for code in (*digits, ecodes.KEY_ENTER) for value in (1, 0)]

        _until_heard(typed, scanned_ns)
        for _ in track(range(scans), "keyboard", transient=True):
            left_s = typed()
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
        yield frames(scans, folder, 640, 480)
        yield frames(scans, folder, 1280, 960)
    if os.access("/dev/uinput", os.W_OK):
        yield keys(scans)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=300)
    scans = parser.parse_args().scans
    table = Table(title=f"last byte or frame to Scanned, {scans} scans each (ms)")
    for column in ("", "bytes", "least", "p50", "p99", "p50 / least"):
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
