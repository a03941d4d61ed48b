"""How long from scan to paper, beside what wire and paper alone take and beside the usual way; memory and start.

`make bench` prints the tables; ARGS="--residents 200" serves more people at each setting, ARGS="--plot FILE.svg"
draws the times as well.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track

from drivers.serial_scanner.conversation import STARTING_S
from kiosk.virtual.demo.crowd import crowd
from kiosk.virtual.demo.report import numbers, summary, ways
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visits import Queue, Served
from kiosk.virtual.printer import Slip
from speed_figures import Figures, Line, figures
from speed_plot import speed_plot
from speed_tables import hops_table, ways_table
from usual_way import printed_as_pictures

SEED = 7
STARTS = 5

KindOfSlip = tuple[str, Slip]


@dataclass(frozen=True, slots=True)
class Setting:
    """`pictures`: how often the usual way is measured; on a slow line one time takes most of a minute."""

    title: str
    slips: str
    settings: DemoSettings
    pictures: int


SETTINGS = (
    Setting("115200 baud", "label and voucher", DemoSettings(pool_size=1), 5),
    Setting("115200 baud", "voucher, label each 10th", DemoSettings(pool_size=10), 5),
    Setting("19200 baud", "label and voucher", DemoSettings(pool_size=1, baud=19200), 2),
    Setting("9600 baud", "label and voucher", DemoSettings(pool_size=1, baud=9600), 2),
    Setting("TCP", "label and voucher", DemoSettings(pool_size=1, tcp=True), 5),
)


def measured(setting: Setting, residents: int) -> tuple[Line, dict[str, Any]]:
    """The figures of one line, and the hops of the kiosk's way."""
    title = f"{setting.title}, {setting.slips}"
    with tempfile.TemporaryDirectory() as folder, DemoTable(setting.settings, Path(folder)) as table:
        visits = served(table, residents, title)
        found, ours = ways(visits, table.slips), slips_of_scans(visits, table.slips)
        hops = summary(visits, found, {})["hops_ms"]
        kiosk = figures(sizes(slip for scan in ours for slip in scan), [(way.total, way.limit) for way in found])
        usual = as_pictures(table, sorted(ours, key=len)[len(ours) // 2], setting.pictures, title)
    return Line(setting.title, setting.slips, kiosk, usual), hops


def served(table: DemoTable, residents: int, title: str) -> list[Served]:
    """Lets the residents come one after another; the daemon is gone afterwards and all slips are drawn."""
    centre = Subscriber(table.broker.port)
    centre.start()
    start(table)
    if not table.daemon.listens(10):
        raise SystemExit(f"the daemon has no scanner: {table.daemon.records}")
    # As long as a scanner may be starting, each code is kept a little to see whether it is alone.
    time.sleep(STARTING_S)
    queue = Queue(table)
    visits = [queue.serve(visit) for visit in track(list(crowd(residents, SEED)), title, transient=True)]
    time.sleep(0.5)
    table.daemon.stop()
    centre.stop()
    return visits


def slips_of_scans(visits: Sequence[Served], slips: Sequence[Slip]) -> list[list[KindOfSlip]]:
    """The slips of each scan in the order in which they came out."""
    by_number = {number: slip for slip in slips for number in numbers(slip)}
    scans = [visit.printed["slips"] for visit in visits if visit.printed is not None]
    found = [
        [(slip["kind"], by_number[slip["number"]]) for slip in scan if slip["number"] in by_number] for scan in scans
    ]
    return [sorted(scan, key=lambda slip: slip[1].index) for scan in found if scan]


def as_pictures(table: DemoTable, scan: Sequence[KindOfSlip], times: int, title: str) -> Figures:
    """The slips of one scan, printed the usual way."""
    kinds = [kind for kind, _ in scan]
    runs = printed_as_pictures(table, [slip for _, slip in scan], times)
    found = list(track(runs, f"{title}, as pictures", total=times, transient=True))
    last = [(called_at, max(slips, key=lambda slip: slip.last_dot_at)) for called_at, slips in found]
    return figures(
        sizes(pair for _, slips in found for pair in zip(kinds, slips, strict=True)),
        [(1000 * (slip.last_dot_at - called_at), 1000 * slip.limit_s) for called_at, slip in last],
    )


def sizes(slips: Iterator[KindOfSlip]) -> dict[str, int]:
    """The median bytes of each kind of slip."""
    seen: dict[str, list[int]] = {}
    for kind, slip in slips:
        seen.setdefault(kind, []).append(slip.bytes)
    return {kind: round(median(found)) for kind, found in seen.items()}


def start(table: DemoTable) -> dict[str, Any]:
    """Starts the daemon and lets it come to rest; its record `ready`."""
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
    with tempfile.TemporaryDirectory() as folder, DemoTable(DemoSettings(), Path(folder)) as table:
        for _ in range(STARTS):
            ready = start(table)
            status = Path(f"/proc/{table.daemon.pid}/smaps_rollup").read_text(encoding="ascii")
            pss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Pss:"))
            yield float(ready["since_start_s"]), pss
            table.daemon.stop()


def main() -> None:
    """Prints the tables, and draws the plot where one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=40)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    given = parser.parse_args()
    console = Console(width=120)
    found = [measured(setting, given.residents) for setting in SETTINGS]
    lines = [line for line, _ in found]
    console.print(ways_table(lines, given.residents))
    console.print(hops_table({f"{line.title}, {line.slips}": hops for line, hops in found}))
    if given.plot is not None:
        given.plot.write_text(speed_plot(lines), encoding="utf-8")
    (first, _), *others = starts()
    console.print(f"start to ready: first {first:.2f} s, then median {median(s for s, _ in others):.2f} s")
    console.print(f"memory of the daemon (Pss): median {median(kb for _, kb in others) / 1024:.1f} MB")


if __name__ == "__main__":
    main()
