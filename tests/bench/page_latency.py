"""What pages cost the table, and how soon they show what happened.

The same residents come twice to the demo's table: alone, and with both pages open in a browser, a reader who never
reads, and the pages' process beside them. Then, of each scan that was committed, how long it took to the painted page.
`make bench-screens`; ARGS="--residents 200".
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from browser import chromium
from playwright.sync_api import Browser, Page

from kiosk.virtual.demo import DemoSettings
from kiosk.virtual.demo.crowd import crowd
from kiosk.virtual.demo.pages import free_port, pages_command
from kiosk.virtual.demo.report import ways
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visits import Queue, Served

WATCH = """() => {
  window.painted = [];
  new MutationObserver(() => {
    const tone = document.body.dataset.tone;
    const tube = document.getElementById("place").textContent;
    if (tone !== "accepted" || !tube) return;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.painted.push(performance.timeOrigin + performance.now());
    }));
  }).observe(document.getElementById("place"), { childList: true, characterData: true, subtree: true });
}"""


def percentiles(values: Sequence[float]) -> str:
    ranked = sorted(values)
    return ", ".join(f"p{p} {ranked[ceil(p / 100 * len(ranked)) - 1]:.1f} ms" for p in (50, 90, 99))


def serve(table: DemoTable, residents: int) -> list[Served]:
    table.daemon.start()
    if not table.daemon.listens(30):
        raise SystemExit("the kiosk did not become ready")
    queue = Queue(table)
    return [queue.serve(visit) for visit in crowd(residents, 5)]


def alone(folder: Path, residents: int) -> list[float]:
    with DemoTable(DemoSettings(), folder / "state") as table:
        served = serve(table, residents)
        table.daemon.stop()
        table.printer.stop()
        return [way.ours for way in ways(served, table.slips)]


def watched(folder: Path, residents: int) -> tuple[list[float], list[float]]:
    port, path = free_port(0), folder / "s"
    with DemoTable(DemoSettings(), folder / "state") as table, chromium() as browser:
        config = table.state / "kiosk.toml"
        config.write_text(f'{config.read_text()}\n[screen]\nsocket = "{path}"\nport = {port}\n', encoding="utf-8")
        (folder / "devices").mkdir()
        pages = subprocess.Popen(pages_command(config, folder / "devices"), stderr=subprocess.DEVNULL)
        table.daemon.start()
        try:
            page = _open(browser, port)
            deaf = socket.socket(socket.AF_UNIX)
            deaf.connect(str(path))
            queue = Queue(table)
            served = [queue.serve(visit) for visit in crowd(residents, 5)]
            page.wait_for_timeout(500)
            painted = page.evaluate("() => window.painted")
            deaf.close()
        finally:
            pages.kill()
            pages.wait()
        table.daemon.stop()
        table.printer.stop()
        return [way.ours for way in ways(served, table.slips)], _latencies(served, painted)


def _open(browser: Browser, port: int) -> Page:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    staff, resident = browser.new_page(), browser.new_page()
    staff.goto(f"http://127.0.0.1:{port}/staff")
    resident.goto(f"http://127.0.0.1:{port}/resident")
    resident.wait_for_function("() => document.body.dataset.tone === 'ready'")
    resident.evaluate(WATCH)
    return resident


def _latencies(served: Sequence[Served], painted: Sequence[float]) -> list[float]:
    """From each commit to the first paint after it that shows somebody accepted."""
    offset_ms = (time.time_ns() - time.monotonic_ns()) / 1e6
    commits = [
        each.printed["times_ns"]["committed"] / 1e6 + offset_ms for each in served if each.accepted and each.printed
    ]
    return [min((at for at in painted if at >= commit), default=float("inf")) - commit for commit in commits]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        before = alone(Path(one), options.residents)
        after, painted = watched(Path(other), options.residents)
    figures = {"ours_alone_ms": before, "ours_watched_ms": after, "committed_to_painted_ms": painted}
    lines = [
        f"over wire and paper, nobody watches: {percentiles(before)}",
        f"over wire and paper, both pages open: {percentiles(after)}",
        f"from the commit to the painted page: {percentiles(painted)} ({len(painted)} people)",
    ]
    sys.stdout.write((json.dumps(figures) if options.json else "\n".join(lines)) + "\n")


if __name__ == "__main__":
    main()
