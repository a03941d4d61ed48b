"""Records on a real mosquitto, from the table's own parts to the authority's shelf: kept, asked for, opened once."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.mqtt_broker import BrokerLine as TableLine
from kiosk.app.simulation.table import Table
from kiosk.messages import Address
from kiosk.office.authority_keys import pair
from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.office.opening import record_of
from kiosk.office.records import collecting
from kiosk.office.records.collecting import Collecting, Line
from kiosk.office.records.shelf import Shelf
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

PLACE = Address("cn", "r1", "wy-0352", "a")
PEOPLE = 40
PATIENCE_S = 60


@pytest.fixture
def county(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    folder = tmp_path / "county"
    folder.mkdir()
    with MosquittoBroker(folder) as broker:
        yield broker


class Day:
    """A table whose people come all the time; each look at it is eleven seconds later."""

    def __init__(self, folder: Path, port: int) -> None:
        self.seconds, self.private, public = 1_653_000_000.0, *pair()
        line = TableLine("127.0.0.1", port, "wy-0352-a")
        self.table = Table(folder, PLACE, "0352", line, public, lambda: self.seconds)
        for person in range(PEOPLE):
            self.seconds += 20
            self.table.serve(person)

    def rest(self) -> None:
        self.seconds += 11
        self.table.rest()


@pytest.fixture
def day(tmp_path, county) -> Iterator[Day]:
    made = Day(tmp_path / "table", county.port)
    yield made
    made.table.stop()


def collected(day: Day, port: int, folder: Path, until: Callable[[Collecting], bool]) -> Collecting:
    """A collector that works until then."""
    line, found = Line(BrokerAt("127.0.0.1", port, "records"), "+", "+"), Collecting(Shelf(folder), time.time)
    line.open()
    end = time.monotonic() + PATIENCE_S
    while not until(found):
        assert time.monotonic() < end, found.standing()
        day.rest()
        line.turn(found)
    line.close()
    return found


def is_all(found: Collecting) -> bool:
    standing = found.standing()
    return standing.records == PEOPLE // 10 and not standing.missing


def codes(folder: Path) -> list[str]:
    return sorted(record_of(file.read_bytes()).code for file in folder.glob("*/tubes-*.json"))


def test_a_record_that_was_lost_on_the_way_is_asked_for_and_comes(county, day, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "ASK_S", 0.5)
    shelf = tmp_path / "shelf"
    collected(day, county.port, shelf, is_all)
    assert len(codes(shelf)) == 4
    lost = sorted(shelf.glob("*/tubes-*.json"))[1]
    record = record_of(lost.read_bytes())
    centre = BrokerLine(BrokerAt("127.0.0.1", county.port, "centre"), ())
    centre.open()
    centre.publish(PLACE.topic(f"tubes/{record.code}"), b"")
    lost.unlink()
    found = collected(day, county.port, shelf, lambda found: is_all(found) and not found.asks())
    assert found.standing().fresh == 1
    assert record_of(lost.read_bytes()).members == record.members
    reader = BrokerLine(BrokerAt("127.0.0.1", county.port, "reader"), (PLACE.topic("ask"), PLACE.topic("answer")))
    reader.open()
    stands: dict[str, Any] = {}
    while not reader.is_whole:
        stands |= {each.topic.rpartition("/")[2]: json.loads(each.payload) for each in reader.read(0.1)}
    reader.close()
    centre.close()
    assert stands["answer"]["known"] == 1


def test_a_collector_that_is_killed_loses_nothing_and_each_opens_once(county, day, tmp_path):
    shelf, key = tmp_path / "shelf", tmp_path / "authority.pem"
    words = ["records", "collect", "--into", str(shelf), "--host", "127.0.0.1", "--port", str(county.port), "--json"]
    command = [sys.executable, "-m", "kiosk", *words]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not list(shelf.glob("*/tubes-*.json")):
        day.rest()
        time.sleep(0.02)
    first.kill()
    first.wait()
    while day.table.unsaid:
        day.rest()
    done = subprocess.run([*command, "--once"], capture_output=True, text=True, timeout=PATIENCE_S + 60, check=False)
    said = json.loads(done.stdout)
    assert (done.returncode, said["records"], said["missing"], said["strange"]) == (0, 4, {}, 0)
    assert len(set(codes(shelf))) == len(codes(shelf)) == 4
    people = [member for code in shelf.glob("*/tubes-*.json") for member in record_of(code.read_bytes()).members]
    assert len({member.voucher for member in people}) == len(people) == PEOPLE
    assert not key.exists(), "a shelf needs no key"


def test_what_a_stick_brings_is_taken_by_the_same_rules(county, day, tmp_path):
    shelf, other = tmp_path / "shelf", tmp_path / "other"
    collected(day, county.port, shelf, is_all)
    (shelf / "cn-r1-wy-0352-a" / "tubes-x.json").write_text("{")
    words = ["records", "collect", "--into", str(other), "--stick", str(shelf), "--json"]
    for fresh in (4, 0):
        done = subprocess.run(
            [sys.executable, "-m", "kiosk", *words], capture_output=True, text=True, timeout=60, check=True
        )
        assert json.loads(done.stdout) == {"records": 4, "fresh": fresh, "strange": 1, "missing": {}}
    assert codes(other) == codes_of(shelf)


def codes_of(folder: Path) -> list[str]:
    """Of those that are records."""
    return sorted(record_of(f.read_bytes()).code for f in folder.glob("*/tubes-0*.json"))
