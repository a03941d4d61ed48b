"""How long a scan takes when 10, 1,000 or 10,000 slips wait for the printer or, once it is back, for staff; and
with as many people in the journal.

`make growth` prints the table; ARGS="--most 100000" goes further. One engine over a real journal with
`accept_without_paper`; each figure is the median of many scans, the settings in turn, so that whatever else the machine
does meets all alike. Exit status 1 if the most takes more than 1.2 times as long as the least."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table

from kiosk.virtual.demo.crowd import with_check_digit
from table_bench import READY, Bench, plan_of

LEAST, MOST_RATIO = 10, 1.2
SCANS, SETTLING = 100, 10
AFTERWARDS_S = 10.0


@dataclass
class Full:
    """A table with so many slips waiting, or people served."""

    title: str
    n: int
    bench: Bench
    decided_ms: list[float] = field(default_factory=list)
    written_ms: list[float] = field(default_factory=list)

    def fill(self, numbers: Callable[[], str]) -> None:
        """Without syncs: it is not what is measured."""
        self.bench.journal._db.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 - a bench that must come to an end
        for _ in range(self.n):
            self.bench.scan(numbers())
            if self.title == "served":
                self.bench.finish()
        if self.title == "kept back":
            self.bench.printer(READY)
        self.bench.journal.tidy()
        self.bench.journal._db.execute("PRAGMA synchronous = FULL")  # noqa: SLF001
        commit = self.bench.journal.commit

        def timed(*args: object) -> None:
            began = time.perf_counter()
            commit(*args)  # type: ignore[arg-type]
            self.written_ms.append((time.perf_counter() - began) * 1e3)

        self.bench.journal.commit = timed  # type: ignore[method-assign, assignment]

    def scan(self, number: str) -> None:
        self.written_ms.append(0.0)
        began = time.perf_counter()
        self.bench.scan(number, AFTERWARDS_S)
        took_ms = (time.perf_counter() - began) * 1e3
        written_ms = self.written_ms.pop()
        self.written_ms.pop()
        self.written_ms.append(written_ms)
        self.decided_ms.append(took_ms - written_ms)
        if self.title != "waiting":
            self.bench.finish()
            del self.written_ms[len(self.decided_ms) :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000)
    options = parser.parse_args()
    serials = count()

    def number() -> str:
        n = next(serials)
        return with_check_digit(
            f"11019919{50 + n // 324_000:02}{1 + n // 27_000 % 12:02}{1 + n // 1000 % 27:02}{n % 1000:03}"
        )

    with tempfile.TemporaryDirectory() as folder:
        sizes = sorted({LEAST, min(1000, options.most), options.most})
        tables = [
            Full(title, n, Bench(Path(folder) / f"{title}-{n}.sqlite", plan_of(without_paper=True)))
            for title in ("waiting", "kept back", "served")
            for n in sizes
        ]
        for table in track(tables, "filling", transient=True, console=Console(stderr=True)):
            table.bench.start() if table.title == "served" else table.bench.start(None)
            table.fill(number)
        for _ in track(range(SCANS), "scans", transient=True, console=Console(stderr=True)):
            for table in tables:
                table.scan(number())
    _print(tables)


def _print(tables: list[Full]) -> None:
    shown = Table(title=f"median of {SCANS} scans, ms")
    for column in ("", "how many", "decided", "written", "both"):
        shown.add_column(column, justify="right" if column else "left")
    worst = 1.0
    for table in tables:
        decided, written = (median(times[SETTLING:]) for times in (table.decided_ms, table.written_ms))
        shown.add_row(table.title, f"{table.n:,}", f"{decided:.2f}", f"{written:.2f}", f"{decided + written:.2f}")
        least = next(each for each in tables if each.title == table.title)
        worst = max(worst, decided / median(least.decided_ms[SETTLING:]))
    Console(width=100).print(shown)
    sys.exit(worst > MOST_RATIO)


if __name__ == "__main__":
    main()
