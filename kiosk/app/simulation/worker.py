"""Some tables of a simulated district in a process of their own: what happens to them, in its order."""

import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from drivers.mqtt_broker import BrokerLine
from kiosk.app.simulation.plans import District, Fault, Happening
from kiosk.app.simulation.table import Table
from kiosk.frozen import dataclass
from kiosk.messages import Address

WRONG_MS = 7_300_000
"""So wrong is a clock that jumped."""
REPORT_S = 0.3
DELIVERY_S = 120.0
REST_S = 1800.0
"""Simulated: so often a table that nobody comes to writes what may wait."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to do: which tables, and where the broker is. `speed`: simulated seconds in one; 0: as fast as
    it goes."""

    folder: Path
    district: District
    tables: tuple[int, ...]
    happenings: Sequence[Happening]
    host: str
    port: int
    authority: bytes
    speed: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    done: int
    at_s: float
    people: int
    """Who is in a tube now, of its tables."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so at its tables when all has happened. `gone`: people of lost cards whom no broker had been told of;
    `tubes` by code: those that have a record, with how many people; `unsaid`: what the broker still does not have."""

    people: int
    accepted: int
    refused: int
    gone: int
    tubes: dict[str, int]
    unsaid: int
    lives: int


def work(orders: Orders, line: Connection) -> None:
    """Until `line` says that it may stop: first Progress, then the Truth goes there."""
    world = _World(orders, line)
    world.run()
    world.deliver()
    line.send(world.truth())
    line.recv()
    world.stop()
    line.send(None)


class _World:
    def __init__(self, orders: Orders, line: Connection) -> None:
        self._orders, self._line = orders, line
        self._at_s, self._gone, self._done = 0.0, 0, 0
        self._said_s = 0.0
        self._tables = {n: self._table(n) for n in orders.tables}
        self._rested = dict.fromkeys(orders.tables, 0.0)

    def _table(self, n: int) -> Table:
        orders, district = self._orders, self._orders.district
        place = Address(district.region, district.round, district.point(n), "a")
        broker = BrokerLine(orders.host, orders.port, f"{place.point}-{place.kiosk}")
        folder = orders.folder / place.point
        return Table(folder, place, f"{n:04d}", broker, orders.authority, self._now_s)

    def _now_s(self) -> float:
        return self._orders.district.begins_s + self._at_s

    def run(self) -> None:
        begun = time.monotonic()
        for happening in self._orders.happenings:
            self._wait(happening.at_s, begun)
            self._at_s = max(self._at_s, happening.at_s)
            self._happen(self._tables[happening.table], happening)
            self._rested[happening.table] = self._at_s
            self._done += 1
            self._report()

    def _wait(self, at_s: float, begun: float) -> None:
        speed = self._orders.speed
        while speed and (left_s := at_s / speed - (time.monotonic() - begun)) > 0:
            self._rest()
            time.sleep(min(left_s, REPORT_S))
            self._report()

    def _happen(self, table: Table, happening: Happening) -> None:
        match happening.fault:
            case None:
                table.serve(happening.person)
            case Fault.CUT:
                table.pull(True)
            case Fault.MENDED:
                table.pull(False)
            case Fault.REBOOT:
                table.reboot()
            case Fault.LOST:
                self._gone += table.lose_card()
            case Fault.CLOCK:
                table.reboot(lie_ms=WRONG_MS)

    def _rest(self) -> None:
        for n, table in self._tables.items():
            if self._at_s - self._rested[n] > REST_S:
                self._rested[n] = self._at_s
                table.rest()

    def _report(self) -> None:
        if time.monotonic() - self._said_s > REPORT_S:
            self._said_s = time.monotonic()
            people = sum(table.count() for table in self._tables.values())
            self._line.send(Progress(self._done, self._at_s, people))

    def deliver(self) -> None:
        """The evening: every cable is mended, and all is told."""
        for table in self._tables.values():
            table.pull(False)
        end = time.monotonic() + DELIVERY_S
        while time.monotonic() < end:
            self._at_s += 20
            for table in self._tables.values():
                table.rest()
            if not any(table.unsaid for table in self._tables.values()):
                return
            time.sleep(0.1)

    def truth(self) -> Truth:
        tables = self._tables.values()
        return Truth(
            sum(table.count() for table in tables),
            sum(table.accepted for table in tables),
            sum(table.refused for table in tables),
            self._gone,
            {code: n for table in tables for code, n in table.tubes().items()},
            sum(table.unsaid for table in tables),
            sum(len(table.lives) for table in tables),
        )

    def stop(self) -> None:
        for table in self._tables.values():
            table.stop()
