"""What one person costs the card: bytes written to each file of the state directory and syncs, as the kernel sees them.

`make wear` prints the table; ARGS="--residents 300" lets more people come. A whole daemon over virtual devices with its
broker, a voucher each and a label each tenth time, watched by strace. Between two people the kiosk rests for as long as
it needs to do what it does in a quiet moment.
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable

MOST_BYTES, MOST_SYNCS = 30_000, 2.05
"""A person's; what is folded in once in a hundred people is in it."""
QUIET_S, LIMIT_S = 0.7, 20.0
CALL = re.compile(r"(?P<call>p?write(?:64|v)?|fdatasync|fsync)\(\d+<(?P<path>[^>]*)>.* = (?P<result>\d+)$")
TORN = re.compile(r"^(?P<pid>\d+) +(?P<begin>.*) <unfinished \.\.\.>$")
MENDED = re.compile(r"^(?P<pid>\d+) +<\.\.\. \w+ resumed>(?P<end>.*)$")


@dataclass
class Wear:
    """By name of the file."""

    bytes: Counter[str] = field(default_factory=Counter)
    syncs: Counter[str] = field(default_factory=Counter)


def wear(lines: Iterable[str], directory: Path) -> Wear:
    """What strace saw of files under the directory."""
    found = Wear()
    for line in _whole(lines):
        call = CALL.search(line)
        if call is None or not Path(call["path"]).is_relative_to(directory):
            continue
        name = Path(call["path"]).name or "."
        if call["call"].endswith("sync"):
            found.syncs[name] += 1
        else:
            found.bytes[name] += int(call["result"])
    return found


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """A call during which another thread made one stands in two lines."""
    begun: dict[str, str] = {}
    for line in map(str.rstrip, lines):
        if torn := TORN.match(line):
            begun[torn["pid"]] = torn["begin"]
        elif mended := MENDED.match(line):
            yield begun.pop(mended["pid"], "") + mended["end"]
        else:
            yield line


@contextmanager
def watched(pid: int, log: Path) -> Iterator[None]:
    command = ["strace", "-f", "-y", "-s", "0", "-e", "trace=write,pwrite64,writev,pwritev,fsync,fdatasync"]
    strace = subprocess.Popen([*command, "-p", str(pid), "-o", str(log)], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    if "attached" not in (said := strace.stderr.readline()):
        raise SystemExit(f"strace sees nothing: {said}")
    try:
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait()


def serve(table: DemoTable, serial: int) -> None:
    since = len(table.daemon.records)
    number = with_check_digit(f"1101991990{1 + serial // 27000:02}{1 + serial // 1000 % 27:02}{serial % 1000:03}")
    table.scanner.present(number.encode())
    printed = table.daemon.wait_for(lambda r: r["event"] == "printed" and bool(r["times_ns"]), LIMIT_S, since)
    if printed is None:
        raise SystemExit(f"a resident was not served within {LIMIT_S:.0f} s")
    time.sleep(QUIET_S)


def run(residents: int, settings: DemoSettings) -> tuple[Wear, Wear]:
    """While people come, and at the orderly stop."""
    with tempfile.TemporaryDirectory() as folder, DemoTable(settings, Path(folder).resolve()) as table:
        table.daemon.start()
        if table.daemon.wait_for(lambda r: r["event"] == "printed", LIMIT_S) is None:
            raise SystemExit("the kiosk did not start")
        time.sleep(2 * QUIET_S)
        with watched(table.daemon.pid, Path(folder) / "people.strace"):
            for serial in track(range(residents), "residents", transient=True, console=Console(stderr=True)):
                serve(table, serial)
        with watched(table.daemon.pid, Path(folder) / "stop.strace"):
            table.daemon.stop()
        return tuple(_read(Path(folder), name) for name in ("people", "stop"))  # type: ignore[return-value]


def _read(folder: Path, name: str) -> Wear:
    with (folder / f"{name}.strace").open(encoding="utf-8", errors="replace") as lines:
        return wear(lines, folder.resolve())


def main() -> None:
    """Prints the table; exit status 1 if a person costs more than they may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=150)
    options = parser.parse_args()
    people, stop = run(options.residents, DemoSettings(speed_mm_s=600.0, pool_size=10))
    table = Table(title=f"a person, of {options.residents}; a label each tenth time")
    for column in ("file", "bytes", "syncs", "bytes of the stop", "syncs of it"):
        table.add_column(column, justify="left" if column == "file" else "right")
    for name in sorted({*people.bytes, *people.syncs, *stop.bytes, *stop.syncs}):
        table.add_row(name, *_row(people, options.residents, [name]), *_row(stop, 1, [name]))
    total = [*{*people.bytes, *people.syncs, *stop.bytes, *stop.syncs}]
    table.add_row("all", *_row(people, options.residents, total), *_row(stop, 1, total))
    Console(width=100).print(table)
    bytes_, syncs = (sum(each.values()) / options.residents for each in (people.bytes, people.syncs))
    sys.exit(bytes_ > MOST_BYTES or syncs > MOST_SYNCS)


def _row(found: Wear, people: int, names: Iterable[str]) -> tuple[str, str]:
    names = tuple(names)
    written, synced = (sum(each[name] for name in names) for each in (found.bytes, found.syncs))
    return f"{written / people:,.0f}", f"{synced / people:.2f}"


if __name__ == "__main__":
    main()
