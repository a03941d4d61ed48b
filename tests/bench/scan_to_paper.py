"""How long from scan to paper, beside what wire and paper alone take; and the daemon's memory and start.

`make bench` prints the tables; ARGS="--residents 200" serves more people at each setting.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table as Printed

from kiosk.virtual.demo.crowd import crowd
from kiosk.virtual.demo.report import HOPS, summary, ways
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk.virtual.demo.table import Table
from kiosk.virtual.demo.visits import Queue

LINES = (
    ("115200 baud, label and voucher", DemoSettings(pool_size=1)),
    ("115200 baud, voucher, label each 10th", DemoSettings(pool_size=10)),
    ("19200 baud, label and voucher", DemoSettings(pool_size=1, baud=19200)),
    ("9600 baud, label and voucher", DemoSettings(pool_size=1, baud=9600)),
    ("TCP, label and voucher", DemoSettings(pool_size=1, tcp=True)),
)
STARTS = 5


def served(settings: DemoSettings, residents: int, title: str) -> dict[str, Any]:
    """The summary of one run."""
    with tempfile.TemporaryDirectory() as folder, Table(settings, Path(folder)) as table:
        centre = Subscriber(table.broker.port)
        centre.start()
        _start(table)
        queue = Queue(table)
        visits = [queue.serve(visit) for visit in track(list(crowd(residents, 7)), title, transient=True)]
        table.daemon.stop()
        table.printer.stop()
        centre.stop()
        return summary(visits, ways(visits, table.slips), centre.latest("counts") or {})


def _start(table: Table) -> dict[str, Any]:
    since = len(table.daemon.records)
    table.daemon.start()
    ready = table.daemon.wait_for(lambda record: record["event"] == "ready", 30, since)
    printed = table.daemon.wait_for(lambda record: record["event"] in ("printed", "printer"), 30, since)
    if ready is None or printed is None:
        raise SystemExit(f"the daemon did not start: {table.daemon.records}")
    time.sleep(1.0)
    return ready


def starts() -> Iterator[tuple[float, int]]:
    """Seconds from process start to ready, and kilobytes of memory then; the first start is without caches."""
    with tempfile.TemporaryDirectory() as folder, Table(DemoSettings(), Path(folder)) as table:
        for _ in range(STARTS):
            ready = _start(table)
            status = Path(f"/proc/{table.daemon.pid}/smaps_rollup").read_text(encoding="ascii")
            pss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Pss:"))
            yield float(ready["since_start_s"]), pss
            table.daemon.stop()


def _row(title: str, found: dict[str, Any]) -> Sequence[str]:
    cells = [title]
    for key in ("scan_to_paper_ms", "limit_ms", "ours_ms"):
        cells += [f"{found[key]['p50']:.1f}", f"{found[key]['p99']:.1f}"]
    return [*cells, f"{found['scan_to_paper_ms']['p50'] / found['limit_ms']['p50']:.3f}"]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=40)
    residents = parser.parse_args().residents
    console = Console(width=120)
    ways_table = Printed(title=f"scan to last dot, 58 mm, 150 mm/s, {residents} residents (ms)")
    for column in ("", "p50", "p99", "limit p50", "p99", "ours p50", "p99", "ratio p50"):
        ways_table.add_column(column, justify="right" if column else "left")
    hops_table = Printed(title="hops, p50 / p99 (ms)")
    for column in ("", *HOPS):
        hops_table.add_column(column, justify="right" if column else "left")
    for title, settings in LINES:
        found = served(settings, residents, title)
        ways_table.add_row(*_row(title, found))
        hops = [f"{found['hops_ms'][hop]['p50']:.1f} / {found['hops_ms'][hop]['p99']:.1f}" for hop in HOPS]
        hops_table.add_row(title, *hops)
    console.print(ways_table)
    console.print(hops_table)
    (first, _), *others = starts()
    console.print(f"start to ready: first {first:.2f} s, then median {median(s for s, _ in others):.2f} s")
    console.print(f"memory of the daemon (Pss): median {median(kb for _, kb in others) / 1024:.1f} MB")


if __name__ == "__main__":
    main()
