"""What a start costs: instructions of `kiosk run` up to READY, and of what it imports, counted by cachegrind.

Instructions and not seconds, as they are the same on a busy machine. The daemon serves the demo's table; a package's
figure is an interpreter that imports it alone, less one that imports nothing, so what two of them share is in both.
`make start` prints the table; ARGS="--json FILE" writes the figures too.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable

IMPORTED = {
    "kiosk.config": "kiosk.config, with pydantic",
    "pydantic": "pydantic",
    "drivers.escpos.library": "python-escpos",
    "drivers.gpio_panel": "gpiozero, by the panel's driver",
    "drivers.mqtt_broker": "paho-mqtt, by the broker's driver",
    "drivers.serial_port": "pyserial, by a scanner's line",
    "kiosk.app": "kiosk.app: the kiosk without its drivers",
}
COUNTED = {
    "start": "kiosk run up to READY, and stopped",
    "python": "of these an interpreter that does nothing",
} | IMPORTED
READY_S = 120
"""Under valgrind all takes some fifty times as long."""


def counting(counted: Path) -> list[str]:
    return [
        "valgrind",
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
        f"--log-file={counted}",
    ]


def instructions(counted: Path) -> int:
    """Of the process that left this log."""
    found = re.search(r"I\s+refs:\s+([0-9,]+)", counted.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"valgrind counted nothing: {counted.read_text(encoding='utf-8')}")
    return int(found[1].replace(",", ""))


def to_import(module: str, folder: Path) -> int:
    counted = folder / "import"
    words = f"import {module}" if module else ""
    subprocess.run([*counting(counted), sys.executable, "-c", words], check=True)
    return instructions(counted)


def to_ready(folder: Path) -> int:
    """Of a start at the demo's table that is stopped as soon as it is ready."""
    counted = folder / "start"
    with DemoTable(DemoSettings(), folder / "state") as table:
        table.daemon.kiosk = (*counting(counted), *table.daemon.kiosk)
        table.daemon.start()
        if table.daemon.wait_for(lambda record: record["event"] == "ready", READY_S) is None:
            raise SystemExit(f"the daemon did not start: {table.daemon.records}")
        table.daemon.stop(READY_S)
    return instructions(counted)


def measured(modules: Sequence[str]) -> dict[str, int]:
    """Instructions of the start, and of each import beyond an interpreter that does nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Once before, so that all bytecode is there.
        for module in modules:
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        idle = to_import("", folder)
        found = {"start": to_ready(folder), "python": idle}
        for module in track(modules, "imports", transient=True):
            found[module] = to_import(module, folder) - idle
    return found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    found = measured(tuple(IMPORTED))
    table = Table(title="Start")
    table.add_column("")
    table.add_column("millions of\ninstructions", justify="right")
    for what, count in found.items():
        table.add_row(COUNTED[what], f"{count / 1e6:,.0f}")
    Console(width=120).print(table)
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
