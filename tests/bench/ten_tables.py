"""What hearing ten other tables costs one: memory, and the way from scan to paper.

The same residents come twice to the demo's table: alone, and while a broker tells of ten tables with a thousand people
each, whose next ones come meanwhile. `make bench-tables`; ARGS="--residents 200 --people 2000".
"""

import argparse
import hashlib
import json
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

from kiosk.messages import Address
from kiosk.messages.people import people
from kiosk.model import Counters, Instant, Told
from kiosk.model.tables import KEY_BYTES, PEOPLE
from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.virtual.demo import DemoSettings
from kiosk.virtual.demo.crowd import crowd
from kiosk.virtual.demo.report import ways
from kiosk.virtual.demo.settings import ROUND
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visits import Queue

TABLES = 10
EACH_S = 0.5
"""Each of the ten tables registers somebody as often: a queue as fast as ours."""
AT = Instant("b" * 32, 0, 1_653_000_000_000, True)


def percentiles(values: Sequence[float]) -> str:
    ranked = sorted(values)
    return ", ".join(f"p{p} {ranked[ceil(p / 100 * len(ranked)) - 1]:.2f} ms" for p in (50, 90, 99))


def sheet(table: int, number: int, filled: int, seq: int) -> tuple[str, bytes]:
    """The topic and the words of a sheet with so many people."""
    address = Address("cn-511781", ROUND, "wy-0352", f"t{table}")
    told = tuple(
        Told(_key(table, number * PEOPLE + n), number * PEOPLE + n + 1, f"{table:04d}00000112", AT.wall_ms)
        for n in range(filled)
    )
    counters = Counters(f"{table:032x}", "0001", seq)
    message = people(address, counters, AT, number, told, "")
    return message.topic, message.payload


def _key(table: int, n: int) -> bytes:
    return hashlib.sha256(b"%d %d" % (table, n)).digest()[:KEY_BYTES]


def whole(count: int) -> Iterator[tuple[str, bytes]]:
    for table in range(TABLES):
        for number in range(count // PEOPLE):
            yield sheet(table, number, PEOPLE, number + 1)


class Neighbours(threading.Thread):
    """Ten tables that go on: each next person is said as one more on the last sheet."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(name="neighbours", daemon=True)
        self._line = BrokerLine(BrokerAt("127.0.0.1", port, "neighbours"), ())
        self._first, self.ended, self.told = count // PEOPLE, threading.Event(), 0

    def run(self) -> None:
        self._line.open()
        while not self.ended.wait(EACH_S):
            number, filled = self._first + self.told // PEOPLE, self.told % PEOPLE + 1
            said = [sheet(table, number, filled, 10_000 + self.told) for table in range(TABLES)]
            self._line.publish_all(said)
            self.told += 1
        self._line.close()


def memory_mb(pid: int) -> float:
    """What it would give back, by the kernel's proportional count."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def serve(folder: Path, residents: int, count: int) -> tuple[list[float], float, int]:
    """Milliseconds over wire and paper of each slip, the memory at the end, and how many changes were heard."""
    with DemoTable(DemoSettings(), folder / "state") as table:
        neighbours = None
        if count:
            line = BrokerLine(BrokerAt("127.0.0.1", table.broker.port, "filling"), ())
            line.open()
            line.publish_all(whole(count), timeout=60)
            line.close()
        table.daemon.start()
        if not table.daemon.listens(30):
            raise SystemExit("the kiosk did not become ready")
        if count:
            neighbours = Neighbours(table.broker.port, count)
            neighbours.start()
        queue = Queue(table)
        served = [queue.serve(visit) for visit in crowd(residents, 5)]
        memory = memory_mb(table.daemon.pid)
        if neighbours is not None:
            neighbours.ended.set()
            neighbours.join(30)
        table.daemon.stop()
        table.printer.stop()
        told = 0 if neighbours is None else neighbours.told * TABLES
        return [way.ours for way in ways(served, table.slips)], memory, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=100)
    parser.add_argument("--people", type=int, default=1000, help="at each of the ten tables")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        alone, memory_alone, _ = serve(Path(one), options.residents, 0)
        beside, memory_beside, told = serve(Path(other), options.residents, options.people)
    figures = {
        "ours_alone_ms": alone,
        "ours_beside_ms": beside,
        "memory_alone_mb": memory_alone,
        "memory_beside_mb": memory_beside,
        "told_meanwhile": told,
    }
    heard = f"beside {TABLES} tables of {options.people}, {told} sheets told meanwhile"
    lines = [
        f"alone: over wire and paper {percentiles(alone)}; {memory_alone:.1f} MB",
        f"{heard}: over wire and paper {percentiles(beside)}; {memory_beside:.1f} MB",
    ]
    sys.stdout.write((json.dumps(figures) if options.json else "\n".join(lines)) + "\n")


if __name__ == "__main__":
    main()
