"""A point for a morning: three tables and a bag, a broker between them, a list of residents, a district, a centre."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forenoon import Forenoon, resident
from staff_page import StaffPage

from kiosk.cli import main
from kiosk.office.signing_keys import make
from kiosk.virtual.broker import VirtualBroker
from kiosk.virtual.demo.pages import free_port
from kiosk.virtual.demo.settings import ROUND, DemoSettings
from kiosk.virtual.demo.table import DemoTable

BLOCKS = {"a": "0351", "b": "0352", "c": "0353", "h": "0354"}
FAST = DemoSettings(pool_size=10, speed_mm_s=400.0)
PATIENCE_S = 60.0
PAGES_PORT = free_port(0)


@dataclass(frozen=True)
class Resident:
    """One row of the office's list."""

    serial: int
    building: int
    unit: int
    flat: str
    note: str = ""

    @property
    def stairwell(self) -> str:
        return f"{self.building}号楼{self.unit}单元"


@dataclass
class Morning:
    """`days` are the tables, by their names; `h` is the bag."""

    folder: Path
    broker: VirtualBroker
    days: dict[str, Forenoon] = field(default_factory=dict)

    # The district

    def list_residents(self, people: Iterable[Resident]) -> None:
        """The office's list becomes the point's file, and somebody copies it to each kiosk."""
        rows = (f"{p.building},{p.unit},{p.flat},测试甲,{resident(p.serial)},{p.note}" for p in people)
        source = self.folder / "list.csv"
        source.write_text("\n".join(["楼栋,单元,房号,姓名,身份证号,备注", *rows]), "utf-8")
        keys = (
            "--round-key",
            str(self.folder / "a" / "keys" / "round-key"),
            "--key",
            str(self.folder / "district.key"),
        )
        out = self.folder / "rosters"
        where = ("--round", ROUND, "--point", "wy-0352", "--out", str(out))
        assert main(["roster", "make", str(source), "--zeros-compared", *where, *keys]) == 0
        for name in self.days:
            fresh = self.folder / name / "roster.new"
            shutil.copy(out / f"wy-0352-{ROUND}.roster", fresh)
            fresh.replace(self.folder / name / "list.roster")

    def taken(self, since: dict[str, int]) -> None:
        """Every kiosk that runs has taken the list."""
        for name, at in since.items():
            daemon = self.days[name].table.daemon
            assert daemon.wait_for(lambda r: r.get("key") == "roster-taken", PATIENCE_S, at), name

    def marks(self) -> dict[str, int]:
        """How far each log is."""
        return {name: len(day.table.daemon.records) for name, day in self.days.items()}

    def staff_page(self) -> StaffPage:
        """Of table a, in a browser."""
        return StaffPage(self.folder / "a" / "kiosk.toml", PAGES_PORT, self.folder / "devices")

    # The people

    def come(self, name: str, people: Iterable[int], *expected: str) -> None:
        for person in people:
            time.sleep(0.1)  # The log has twenty notices a second and no more.
            self.days[name].scan(resident(person), *(expected or ("accepted", "accepted-unlisted")))

    def at_once(self, *queues: Callable[[], None]) -> None:
        """Several tables serve at the same time."""
        with ThreadPoolExecutor(len(queues)) as pool:
            for done in [pool.submit(queue) for queue in queues]:
                done.result(timeout=240)

    # What the kiosks know

    def column(self, name: str, query: str, *values: object) -> list[Any]:
        return self.days[name].column(query, *values)

    def heard(self, name: str, people: int) -> None:
        """It comes to know so many people of others."""
        query = "SELECT count(DISTINCT key) FROM others WHERE reason IS NULL"
        end = time.monotonic() + PATIENCE_S
        while (known := self.column(name, query)[0]) < people and time.monotonic() < end:
            time.sleep(0.1)
        assert known == people, (name, known, people)

    def missing(self, name: str) -> set[tuple[str, str]]:
        """Who has not come, as the table's own command has it: unit and flat."""
        out = self.folder / f"missing-{name}.csv"
        assert main(["roster", "missing", "--config", str(self.folder / name / "kiosk.toml"), "--out", str(out)]) == 0
        rows = (line.split(",") for line in out.read_text("utf-8-sig").split()[1:])
        return {(unit, flat) for unit, flat, *_ in rows}

    def units(self, name: str) -> dict[str, dict[str, int]]:
        """The table's last word on each unit, as the broker has it."""
        said = [r for r in self.days["a"].centre.received if r.topic.endswith(f"/{name}/units")]
        return {unit["unit"]: unit for unit in said[-1].payload["units"]} if said else {}

    def counts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The centre's last counts of each life of each kiosk."""
        told = (r.payload for r in self.days["a"].centre.received if "/counts/" in r.topic)
        return {(each["kiosk"], each["epoch"]): each for each in told}

    # Boxes

    def hand_over(self, name: str) -> list[str]:
        """All that is sealed goes into one box, and the driver takes it: the codes."""
        day = self.days[name]
        day.settled()
        if day.column("SELECT 1 FROM tubes WHERE state = 'open' AND filled"):
            day.staff("seal", "tube-sealed")
        day.staff("box", "packing")
        codes = day.tubes("sealed")
        for code in codes:
            day.scan(code, "tube-boxed")
        day.sure("box-close", "box-close", "box-closed")
        day.sure("hand-over", "hand-over", "handed-over")
        day.settled()
        return codes

    def told_of(self, codes: Iterable[str]) -> None:
        """The centre has the record of each of these tubes, as handed over."""
        wanted, end = set(codes), time.monotonic() + PATIENCE_S
        while wanted - {c for c, r in self.records().items() if r["state"] == "handed-over"}:
            assert time.monotonic() < end, "the centre never heard of all tubes"
            time.sleep(0.3)

    def records(self) -> dict[str, dict[str, Any]]:
        return self.days["a"].records()


@contextmanager
def a_morning(folder: Path, broker: VirtualBroker) -> Iterator[Morning]:
    """All is set up and nothing runs yet."""
    public = make(folder / "district.key")
    with ExitStack() as exits:
        morning = Morning(folder, broker)
        for name, block in BLOCKS.items():
            table = exits.enter_context(DemoTable(FAST, folder / name))
            _configure(table, name, block, broker.port, public)
            if name != "a":
                shutil.copy(folder / "a" / "keys" / "round-key", folder / name / "keys" / "round-key")
            morning.days[name] = Forenoon(table, {}, broker.port, centre=f"centre-{name}")
        for day in morning.days.values():
            exits.callback(day.centre.stop)
        yield morning


def _configure(table: DemoTable, name: str, block: str, port: int, public: str) -> None:
    config = table.state / "kiosk.toml"
    text = config.read_text("utf-8").replace("same_scan_s = 3.0", "same_scan_s = 1.0")
    text = text.replace('kiosk = "a"', f'kiosk = "{name}"').replace('block = "0352"', f'block = "{block}"')
    text = re.sub(
        r"\[broker\][^\[]*",
        f'[broker]\nhost = "127.0.0.1"\nport = {port}\nlongest_pause_s = 1\ncounts_bytes_a_minute = 1000000\n\n',
        text,
    )
    if name == "c":
        text = text.replace('source = "printed"', 'source = "both"')
    if name == "h":
        text = re.sub(r"\[broker\][^\[]*", "", text).replace("[point]\n", '[point]\nmode = "home-visit"\n')
    if name == "a":
        # Staff of this table have a second screen. A socket's path is short.
        text += f"\n[screen]\nsocket = {json.dumps(str(table.wires / 'screen'))}\nport = {PAGES_PORT}\n"
    text += f'\n[roster]\nfile = {json.dumps(str(table.state / "list.roster"))}\nkey = "{public}"\n'
    config.write_text(text, "utf-8")


def on_paper(days: Iterable[Forenoon]) -> list[str]:
    """The numbers of all vouchers that came out."""
    return [number for day in days for number in day.vouchers()]
