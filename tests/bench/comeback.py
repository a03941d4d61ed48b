"""A county's broker is killed, and all its kiosks come back at once, with counts that have changed meanwhile.

Each kiosk is the real publisher over the table's real driver, 250 of them a process; the broker is mosquitto with the
county's very files (`--plain`: without TLS). Told are the seconds from its start until the last kiosk's last count is
right at a reader, the most messages of a second, the broker's memory and processor, and what a board takes to read all.
`make bench-comeback`; ARGS="--kiosks 352,2000,5000 --json".
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

from county_files import Office, own_broker

from drivers.mqtt_broker import BrokerLine as KioskLine
from drivers.mqtt_broker import MqttBroker
from kiosk.engine import publisher
from kiosk.engine.back_off import broker as back_off
from kiosk.engine.inbox import Inbox, Item
from kiosk.engine.publisher import Publisher
from kiosk.messages import Address
from kiosk.messages.counts import counts
from kiosk.messages.gauges import Fare, gauges
from kiosk.messages.health import Condition, health
from kiosk.messages.status import connection, status
from kiosk.model import Counters, Instant, Totals
from kiosk.office.board.store import Store
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError
from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rights import rights
from kiosk.ports import DeviceAbsent, DeviceError, Message
from kiosk.virtual.broker import MosquittoBroker

A_PROCESS = 250
"""The driver waits by select(), three descriptors a line."""
PORT = 18_883
"""Of none that the kernel gives to whoever comes: of thousands who knock one would reach itself."""
DOWN_S = 3.0
PATIENCE_S = 1200.0
EPOCH, BOOT = "e" * 32, "b" * 32
HEALTHY = Condition({"scanner": True}, {}, frozenset(), frozenset(), 0, "whole")
PLAIN = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 1000000
max_inflight_messages 20
"""


class Flag:
    """Whether the broker is there, to all processes; it has no lock for which thousands could wait."""

    def __init__(self, value: bool) -> None:
        self._value = RawValue("b", value)

    @property
    def value(self) -> bool:
        return bool(self._value.value)

    @value.setter
    def value(self, value: bool) -> None:
        self._value.value = value


@dataclass(frozen=True, slots=True)
class Way:
    """How kiosks come to the broker."""

    port: int
    ca: str | None = None
    names: str | None = None


@dataclass(slots=True)
class Figures:
    """Of one broker with so many kiosks; seconds, MB, messages."""

    kiosks: int
    tls: bool
    first_s: float = 0.0
    back_s: float = 0.0
    most_a_second: int = 0
    broker_cpu_s: float = 0.0
    broker_mb: float = 0.0
    failed: int = 0
    board_s: float = 0.0
    board_mb: float = 0.0


class Tally(Inbox):
    """Nobody decides anything here; `failed` are openings of lines; `is_there`: the broker."""

    def __init__(self, is_there: Flag) -> None:
        super().__init__()
        self.failed, self.is_there = 0, is_there

    def put(self, item: Item, timeout: float | None = None) -> None:
        """It is nobody's."""


class Counted(MqttBroker):
    """Notes how often it could not be opened. While nobody is there it says so by itself: thousands that knock each
    second would leave this machine no time for the one that is measured."""

    def __init__(self, line: KioskLine, tally: Tally) -> None:
        super().__init__(line)
        self._tally = tally

    def open(
        self, will: Message, hears: Sequence[str] = (), recalls: Sequence[str] = (), of_others: Sequence[str] = ()
    ) -> None:
        if not self._tally.is_there.value:
            raise DeviceAbsent("broker: nobody listens")
        try:
            super().open(will, hears, recalls, of_others)
        except DeviceError:
            self._tally.failed += 1
            raise


class Kiosk:
    """What one table tells, without the table."""

    def __init__(self, n: int, way: Way, tally: Tally) -> None:
        self._place, self._seq = Address("cn", "r1", f"p-{n:05d}", "a"), 1
        name = f"{self._place.point}/a"
        files = (None, None) if way.names is None else (f"{way.names}/{name}.pem", f"{way.names}/{name}.key")
        host = "127.0.0.1" if way.ca is None else "localhost"
        line = KioskLine(host, way.port, name, "auto", way.ca, *files)
        own = self._place

        def status_of(state: Any, number: int) -> Message:
            return status(own, state, self._counters, _now(), connection(1, number))

        self._publisher = Publisher(
            "broker", tally, Counted(line, tally), own, status_of, time.monotonic_ns, back_off=back_off(60)
        )
        self.change()
        self._publisher.start()

    @property
    def _counters(self) -> Counters:
        totals = Totals(samples=self._seq, tubes=self._seq // 10, labels=0, vouchers=self._seq, voided=0, exempt=0)
        return Counters(EPOCH, "0001", self._seq, totals=totals)

    def change(self) -> None:
        self._seq += 1
        counters, at = self._counters, _now()
        fare = Fare(None, {}, {}, 0, None, None, {}, None, None, "0")
        self._publisher.offer(
            [
                counts(self._place, counters, at),
                health(self._place, counters, at, HEALTHY),
                gauges(self._place, counters, at, fare),
            ]
        )

    def stop(self) -> None:
        self._publisher.stop()


def _now() -> Instant:
    return Instant(BOOT, time.monotonic_ns(), time.time_ns() // 1_000_000, True)


def work(numbers: range, way: Way, line: Connection, is_there: Flag) -> None:
    """`change`, `stop`: as it is told; each time it answers how many connections have failed so far."""
    threading.stack_size(256 * 1024)
    # Hundreds that wait for their turn would each look two hundred times a second whether it has come.
    sys.setswitchinterval(0.5)
    # Each looks once a second whether it is to stop: of thousands that alone would take a core.
    publisher.REST_S = 20.0
    tally = Tally(is_there)
    kiosks = [Kiosk(n, way, tally) for n in numbers]
    while line.recv() == "change":
        for kiosk in kiosks:
            kiosk.change()
        line.send(tally.failed)
    line.send(tally.failed)
    for kiosk in kiosks:
        kiosk.stop()


class Crowd:
    """All kiosks, some hundred to a process."""

    def __init__(self, kiosks: int, way: Way) -> None:
        context = multiprocessing.get_context("spawn")
        self.is_there = Flag(True)
        self._lines: list[Connection] = []
        self._processes = []
        for first in range(0, kiosks, A_PROCESS):
            near, far = context.Pipe()
            numbers = range(first, min(first + A_PROCESS, kiosks))
            process = context.Process(target=work, args=(numbers, way, far, self.is_there), daemon=True)
            process.start()
            self._lines.append(near)
            self._processes.append(process)

    def tell(self, word: str) -> int:
        for line in self._lines:
            line.send(word)
        return sum(line.recv() for line in self._lines)

    def end(self) -> int:
        failed = self.tell("stop")
        for process in self._processes:
            process.join(5)
            process.kill()
        return failed


@dataclass(slots=True)
class Reader:
    """Which count of each kiosk is known at the centre, and how many were said in each second; what
    stood there when it came is known, and not counted."""

    at: BrokerAt
    seqs: dict[str, int] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)

    def until(self, kiosks: int, seq: int) -> tuple[float, float]:
        """Seconds (monotonic) when the first, and when all of them were as late as that."""
        line = BrokerLine(self.at, ("sampling/v1/+/+/+/+/counts/+", "sampling/v1/+/+/+/+/status"), qos=0)
        end, first_s, right = time.monotonic() + PATIENCE_S, 0.0, 0
        while right < kiosks:
            try:
                line.open()
                while right < kiosks:
                    for heard in line.read(0.1):
                        now = time.monotonic()
                        if not heard.retained:
                            self.seconds[int(now)] = self.seconds.get(int(now), 0) + 1
                        if "/counts/" in heard.topic:
                            self.seqs[heard.topic] = json.loads(heard.payload)["seq"]
                            first_s = first_s or (now if self.seqs[heard.topic] >= seq else 0.0)
                    right = sum(each >= seq for each in self.seqs.values())
                    _in_time(end, right, kiosks)
            except LineError:
                time.sleep(0.05)
                _in_time(end, right, kiosks)
        line.close()
        return first_s, time.monotonic()


def _in_time(end: float, right: int, kiosks: int) -> None:
    if time.monotonic() > end:
        raise SystemExit(f"only {right} of {kiosks} counts are right after {PATIENCE_S:.0f} s")


@contextmanager
def county(folder: Path, kiosks: int, tls: bool) -> Iterator[tuple[MosquittoBroker, Way, BrokerAt]]:
    """The broker, not yet started; how kiosks come to it, and a board."""
    own = folder / "broker"
    own.mkdir()
    if not tls:
        broker = MosquittoBroker(own, PORT, given=lambda port: PLAIN.format(port=port, folder=own))
        broker.start()
        yield broker, Way(broker.port), BrokerAt("127.0.0.1", broker.port, "board")
        broker.kill()
        return
    office = Office(folder / "office")
    names = ["board", *(f"p-{n:05d}/a" for n in range(kiosks))]
    for name in names:
        office.name(name)
    broker = MosquittoBroker(own, PORT, given=lambda port: own_broker(office, own, rights(names_of(names)), port))
    broker.start()
    yield broker, Way(broker.port, str(office.ca), str(folder / "office" / "names")), office.at(broker.port, "board")
    broker.kill()


def pid_of(broker: MosquittoBroker) -> int:
    process = broker._process  # noqa: SLF001 - its memory is what is looked at
    assert process is not None
    return process.pid


def processor_s(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def most_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(kiosks: int, tls: bool) -> Figures:
    folder = Path(tempfile.mkdtemp(prefix="comeback-", dir="/dev/shm"))
    try:
        with county(folder, kiosks, tls) as (broker, way, at):
            figures = Figures(kiosks, tls)
            crowd = Crowd(kiosks, way)
            Reader(at).until(kiosks, 2)
            time.sleep(3)
            crowd.is_there.value = False
            broker.kill()
            time.sleep(DOWN_S)
            failed_before = crowd.tell("change")
            broker.start()
            begun, reader = time.monotonic(), Reader(at)
            crowd.is_there.value = True
            first_s, back_s = reader.until(kiosks, 3)
            figures.first_s, figures.back_s = round(first_s - begun, 2), round(back_s - begun, 1)
            figures.most_a_second = max(reader.seconds.values())
            time.sleep(2)
            pid = pid_of(broker)
            figures.broker_cpu_s, figures.broker_mb = processor_s(pid), round(most_mb(pid), 1)
            figures.board_s, figures.board_mb = board(at)
            figures.failed = crowd.end() - failed_before
            return figures
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def board(at: BrokerAt) -> tuple[float, float]:
    """Seconds, and MB more, until a board that comes now has read all and added it up."""
    before, begun = most_mb(os.getpid()), time.monotonic()
    watch = Watch(at, "+", "r1", {}, Store(None), time.time)
    watch.once()
    watch.board()
    return round(time.monotonic() - begun, 2), round(most_mb(os.getpid()) - before, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiosks", default="352,2000,5000")
    parser.add_argument("--plain", action="store_true", help="without TLS alone")
    parser.add_argument("--tls", action="store_true", help="by TLS alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    ways = [tls for tls, other in ((False, options.tls), (True, options.plain)) if not other]
    for tls in ways:
        for kiosks in map(int, options.kiosks.split(",")):
            figures = measured(kiosks, tls)
            told = (
                json.dumps(asdict(figures))
                if options.json
                else " ".join(f"{name}={value}" for name, value in asdict(figures).items())
            )
            sys.stdout.write(told + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
