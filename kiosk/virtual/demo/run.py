"""The demo from the first resident to the summary."""

import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.virtual.demo.crowd import Visit, crowd
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.pages import DemoPages, Playground
from kiosk.virtual.demo.report import numbers, summary, ways
from kiosk.virtual.demo.settings import DemoSettings, configuration
from kiosk.virtual.demo.stage import Stage, stage
from kiosk.virtual.demo.subscriber import Received, Subscriber
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visitors import Visitors
from kiosk.virtual.demo.visits import Queue, Served
from kiosk.virtual.printer import Slip

START_S = 30.0
DELIVERY_S = 15.0
PACE_S = 2.0
"""Between two residents when people watch."""


class DemoError(Exception):
    """The kiosk did not do what the demo needs; the message says what was seen."""


def write_config(settings: DemoSettings, file: Path) -> None:
    """The configuration that the demo gives to the daemon, with its lines under /run/kiosk-demo."""
    wires = Path("/run/kiosk-demo")
    file.write_text(configuration(settings, wires, wires / "state", None, None), encoding="utf-8")


def run_demo(settings: DemoSettings) -> int:
    """Serves the residents and leaves the results in `out`; exit status 0 if all of them were answered."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with _folder(settings.out) as folder, stage(settings.residents, settings.language) as shown:
        show = _Show(folder, shown)
        table = DemoTable(settings, folder / "state", show.slip, show.record)
        with table, _pages(settings, table, show) as visits:
            centre = Subscriber(table.broker.port, show.message)
            try:
                report = _serve(visits, table, centre, show)
            except DemoError as failure:
                shown.say(str(failure))
                return 1
            finally:
                centre.stop()
        show.write(report, table)
    _tell(report, settings.out)
    return 0


class _Show:
    """Gathers what happens, from whatever thread, and passes it to the stage and to the files."""

    def __init__(self, folder: Path, shown: Stage) -> None:
        self.folder, self.stage = folder, shown
        self._play: Playground | None = None
        self.served: list[Served] = []
        self._lock = threading.Lock()
        self._counts_file = (folder / "counts.jsonl").open("w", encoding="utf-8")

    def watch(self, play: Playground) -> None:
        """Somebody plays along, and sees what happens too."""
        self._play = play

    def slip(self, slip: Slip) -> None:
        if self._play is not None:
            self._play.slip(slip)
        name = "-".join((f"{slip.index:04d}", *numbers(slip))) + ".png"
        slip.image.save(self.folder / "paper" / name)
        self.stage.slip(slip)

    def record(self, record: Record) -> None:
        if self._play is not None:
            self._play.record(record)
        calls = record.get("event") == "notice" and record.get("signal") in ("attention", "question")
        if calls or record.get("event") == "stderr":
            self.say(str(record["text"]))

    def message(self, received: Received) -> None:
        with self._lock:
            self._counts_file.write(received.line() + "\n")
        self.stage.received(received)

    def visit(self, served: Served) -> None:
        self.served.append(served)
        self.stage.visit(served)

    def say(self, text: str) -> None:
        self.stage.say(text)

    def write(self, report: dict[str, Any], table: DemoTable) -> None:
        self._counts_file.close()
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (self.folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        with (table.state / "log.jsonl").open("w", encoding="utf-8") as log:
            log.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in table.daemon.records)


@contextmanager
def _pages(settings: DemoSettings, table: DemoTable, show: _Show) -> Iterator[Iterator[Visit]]:
    """Who comes; where somebody watches, with pages on which they play along."""
    if settings.pages_port is None:
        yield _at_a_pace(crowd(settings.residents, settings.seed), 0.0 if settings.residents is not None else PACE_S)
        return
    visitors = Visitors(settings.seed, PACE_S)
    play = Playground(table, visitors, settings.language)
    show.watch(play)
    with DemoPages(table, play, settings.pages_port + 1) as pages:
        show.stage.where(pages.resident, pages.staff, pages.play)
        pages.show()
        yield visitors.coming()


def _at_a_pace(visits: Iterable[Visit], pause_s: float) -> Iterator[Visit]:
    for visit in visits:
        yield visit
        time.sleep(pause_s)


def _serve(visits: Iterable[Visit], table: DemoTable, centre: Subscriber, show: _Show) -> dict[str, Any]:
    centre.start()
    table.daemon.start()
    if table.daemon.wait_for(_can_serve, START_S) is None or not table.daemon.listens(START_S):
        raise DemoError(f"the kiosk did not become ready within {START_S:.0f} s")
    show.say("the kiosk is ready")
    queue = Queue(table)
    try:
        for visit in visits:
            served = queue.serve(visit)
            show.visit(served)
            if served.reason == "no-answer" and not table.daemon.running():
                raise DemoError("the kiosk ended")
    except KeyboardInterrupt:
        show.say("stopping")
    return _report(table, centre, show)


def _report(table: DemoTable, centre: Subscriber, show: _Show) -> dict[str, Any]:
    samples = sum(each.accepted for each in show.served)
    refused = len(show.served) - samples
    centre.wait_for("counts", lambda counts: _complete(counts, samples, refused), DELIVERY_S)
    table.daemon.stop()
    # Draws what is still to be drawn.
    table.printer.stop()
    return summary(show.served, ways(show.served, table.slips), centre.latest("counts") or {})


def _complete(counts: dict[str, Any], samples: int, refused: int) -> bool:
    return bool(counts["samples"] >= samples and sum(counts["refused"].values()) >= refused)


def _can_serve(record: Record) -> bool:
    """The first label is on paper: printer, journal and engine work."""
    return record.get("event") == "printed"


def _tell(report: dict[str, Any], out: Path | None) -> None:
    refused = ", ".join(f"{n} {reason}" for reason, n in report["refused"].items()) or "none"
    lines = [", ".join(f"{report[key]} {key}" for key in ("residents", "samples", "tubes", "labels", "vouchers"))]
    lines += [f"refused: {refused}"]
    if report["scan_to_paper_ms"]:
        total, limit, ours = (report[key] for key in ("scan_to_paper_ms", "limit_ms", "ours_ms"))
        lines += [f"scan to last dot: p50 {total['p50']} ms, p99 {total['p99']} ms"]
        lines += [f"  wire and paper alone p50 {limit['p50']} ms; ours p50 {ours['p50']} ms, p99 {ours['p99']} ms"]
    if out is not None:
        lines += [f"slips, counts and figures are in {out}"]
    sys.stdout.write("\n".join(lines) + "\n")


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Where the demo writes: `out` without the results of an earlier demo, or a folder that vanishes."""
    folder = out or Path(tempfile.mkdtemp(prefix="kiosk-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / "state" / "kiosk.toml").exists():
        raise DemoError(f"{folder} is not empty and not of an earlier demo: name another folder")
    for old in ("paper", "state"):
        shutil.rmtree(folder / old, ignore_errors=True)
    for old in ("counts.jsonl", "summary.json"):
        (folder / old).unlink(missing_ok=True)
    (folder / "paper").mkdir()
    try:
        yield folder
    finally:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
