"""How often an idle kiosk wakes: voluntary context switches a second of each of its threads, by the kernel's count.

As usual: a scanner on a line, a printer with automatic status, panel and broker; then what must be polled by its
protocol: a printer that must be asked, an ID-card module.
`make idle` prints the table; ARGS="--seconds 30" counts for longer, ARGS="--json FILE" writes the figures too.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable

SETTLED_S = 4.0
"""After READY: what a start still has to do is done."""
TOLD = {"processor": "thousandths of a processor", "all": "all threads"}
NAMED = (sys.executable, str(Path(__file__).with_name("named_threads.py")))


@dataclass(frozen=True, slots=True)
class Setting:
    """A table; `change` makes its configuration of the demo's."""

    settings: DemoSettings
    change: Callable[[str], str] = lambda config: config


def wakes(pid: int) -> Counter[str]:
    """Voluntary context switches of each thread so far; threads of one name together."""
    found: Counter[str] = Counter()
    for task in Path(f"/proc/{pid}/task").iterdir():
        status = (task / "status").read_text(encoding="utf-8").splitlines()
        told = dict(line.split(":\t", 1) for line in status if ":\t" in line)
        found["engine" if task.name == str(pid) else told["Name"]] += int(told["voluntary_ctxt_switches"])
    return found


def without_card_module(config: str) -> str:
    head, _, tail = config.partition('[[scanner]]\nkind = "id-card"')
    return head + tail[tail.index("[[scanner]]") :]


def idle(table: DemoTable, change: Callable[[str], str], seconds: float) -> dict[str, float]:
    """A second, of each thread, and the thousandths of a processor that all of them take."""
    config = table.state / "kiosk.toml"
    config.write_text(change(config.read_text(encoding="utf-8")), encoding="utf-8")
    table.daemon.kiosk = NAMED
    table.daemon.start()
    if table.daemon.wait_for(lambda record: record["event"] == "ready", 30) is None:
        raise SystemExit(f"the daemon did not start: {table.daemon.records}")
    time.sleep(SETTLED_S)
    before, busy, begun = wakes(table.daemon.pid), processor_s(table.daemon.pid), time.monotonic()
    time.sleep(seconds)
    after, took = wakes(table.daemon.pid), time.monotonic() - begun
    busy = processor_s(table.daemon.pid) - busy
    table.daemon.stop()
    found = {name: (count - before[name]) / took for name, count in after.items()}
    return found | {"all": sum(found.values()), "processor": 1000 * busy / took}


def processor_s(pid: int) -> float:
    """That the process has used so far."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


TABLES = {
    "as usual": Setting(DemoSettings(), without_card_module),
    "printer on\nthe network": Setting(DemoSettings(tcp=True), without_card_module),
    "printer that\nmust be asked": Setting(DemoSettings(asb=False), without_card_module),
    "with an ID-card\nmodule": Setting(DemoSettings()),
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for title, setting in TABLES.items():
        with tempfile.TemporaryDirectory() as folder, DemoTable(setting.settings, Path(folder)) as table:
            found[title.replace("\n", " ")] = idle(table, setting.change, given.seconds)
    shown = Table(title="Wake-ups a second of an idle kiosk")
    shown.add_column("thread")
    for title in TABLES:
        shown.add_column(title, justify="right")
    for name in dict.fromkeys(name for each in found.values() for name in each):
        row = (f"{each[name]:.1f}" if name in each else "" for each in found.values())
        shown.add_row(TOLD.get(name, name), *row)
    Console(width=120).print(shown)
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
