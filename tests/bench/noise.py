"""What five hundred noise codes a second at one scanner cost the journal, and whoever stands at the other.

`make bench-noise` prints the table; ARGS="--residents 300" measures longer. A whole daemon over virtual devices:
some residents in quiet, as many with the noise, in turn, so that whatever else the machine does meets both alike; then
the noise alone. A resident's delay runs from the last byte of the code to the decision, which noise can hold up, and to
the commit that registers the person.
"""

import argparse
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from statistics import quantiles

from rich.console import Console
from rich.progress import track
from rich.table import Table

from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.serial_scanner import SerialScanner
from kiosk.virtual.wire import PtyWire

NOISE_A_SECOND = 500
LIMIT_S = 20.0
IN_TURN = 20
LOOK_S = 0.005
MOST_COMMITS, MOST_DELAY_MS = 2.0, 5.0


@dataclass
class Phase:
    """What was measured in one part of the run."""

    title: str
    decided_ms: list[float] = field(default_factory=list)
    committed_ms: list[float] = field(default_factory=list)
    commits: int = 0
    lines: int = 0
    noise: int = 0
    seconds: float = 0.0

    def row(self) -> tuple[str, ...]:
        delays = (f"{_p(50, times):.2f} / {_p(99, times):.2f}" if times else "" for times in self._delays())
        a_second = (f"{each / self.seconds:.1f}" for each in (self.noise, self.commits, self.lines))
        return (self.title, *delays, *a_second)

    def _delays(self) -> tuple[list[float], list[float]]:
        return self.decided_ms, self.committed_ms


def _p(percent: int, times: list[float]) -> float:
    return quantiles(times, n=100)[percent - 1]


@contextmanager
def measured(phase: Phase, table: DemoTable) -> Iterator[None]:
    """Counts commits of any kind, as another connection to the journal sees them, and lines of the log."""
    over = threading.Event()

    def look() -> None:
        with closing(sqlite3.connect(table.journal)) as database:
            before = database.execute("PRAGMA data_version").fetchone()
            while not over.wait(LOOK_S):
                now = database.execute("PRAGMA data_version").fetchone()
                phase.commits += now != before
                before = now

    watcher = threading.Thread(target=look)
    began, lines = time.monotonic(), len(table.daemon.records)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        phase.seconds += time.monotonic() - began
        phase.lines += len(table.daemon.records) - lines


@contextmanager
def noise(phase: Phase, scanner: SerialScanner) -> Iterator[None]:
    """Codes that nobody knows, each another one, and bytes that are no code."""
    over = threading.Event()

    def make() -> None:
        began = time.monotonic()
        for number in count():
            if over.wait(max(0.0, began + number / NOISE_A_SECOND - time.monotonic())):
                return
            scanner.present(b"\x1b@\x00" if number % 2 else f"?{number:x}".encode())
            phase.noise += 1

    thread = threading.Thread(target=make)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def serve(phase: Phase, table: DemoTable, numbers: Iterator[str], chance: Random) -> None:
    """One after the other, at any moment of the second."""
    for _ in range(IN_TURN):
        time.sleep(chance.uniform(0.05, 0.3))
        since = len(table.daemon.records)
        last_byte_s = table.scanner.present(next(numbers).encode())
        printed = table.daemon.wait_for(lambda r: r["event"] == "printed" and bool(r["times_ns"]), LIMIT_S, since)
        if printed is None:
            raise SystemExit(f"a resident was not served within {LIMIT_S:.0f} s")
        phase.decided_ms.append(printed["times_ns"]["decided"] / 1e6 - last_byte_s * 1e3)
        phase.committed_ms.append(printed["times_ns"]["committed"] / 1e6 - last_byte_s * 1e3)


def run(residents: int, seconds: float, seed: int) -> list[Phase]:
    quiet, noisy, alone = Phase("quiet"), Phase("with noise"), Phase("noise alone")
    chance = Random(seed)
    numbers = (with_check_digit(f"1101991990{1 + n // 27000:02}{1 + n // 1000 % 27:02}{n % 1000:03}") for n in count())
    with tempfile.TemporaryDirectory() as folder:
        settings = DemoSettings(speed_mm_s=600.0, pool_size=20)
        with DemoTable(settings, Path(folder)) as table, SerialScanner(PtyWire(Path(folder) / "noisy")) as scanner:
            with (Path(folder) / "kiosk.toml").open("a", encoding="utf-8") as config:
                config.write(f'\n[[scanner]]\nkind = "serial"\nname = "noisy"\nport = "{folder}/noisy"\n')
            table.daemon.start()
            printed = table.daemon.wait_for(lambda r: r["event"] == "printed", LIMIT_S)
            if printed is None or not table.daemon.listens(LIMIT_S):
                raise SystemExit("the kiosk did not start")
            for _ in track(range(residents // IN_TURN), "residents", transient=True, console=Console(stderr=True)):
                with measured(quiet, table):
                    serve(quiet, table, numbers, chance)
                with measured(noisy, table), noise(noisy, scanner):
                    serve(noisy, table, numbers, chance)
            with measured(alone, table), noise(alone, scanner):
                time.sleep(seconds)
    return [quiet, noisy, alone]


def main() -> None:
    """Prints the table; exit status 1 if the noise costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0, help="of noise alone")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    phases = run(options.residents, options.seconds, options.seed)
    table = Table(title=f"{options.residents} residents each, from the last byte on, p50 / p99")
    for column in ("", "decided ms", "committed ms", "noise codes/s", "commits/s", "log lines/s"):
        table.add_column(column, justify="right" if column else "left")
    for phase in phases:
        table.add_row(*phase.row())
    Console(width=120).print(table)
    quiet, noisy, alone = phases
    later_ms = _p(99, noisy.decided_ms) - _p(99, quiet.decided_ms)
    sys.exit(alone.commits / alone.seconds > MOST_COMMITS or later_ms > MOST_DELAY_MS)


if __name__ == "__main__":
    main()
