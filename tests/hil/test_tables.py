"""Two tables of one point with real drivers and a broker between them."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.virtual.broker import VirtualBroker, broker
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable


def resident(serial: int) -> str:
    return with_check_digit(f"11019919900101{serial + 100:03d}")


@pytest.fixture
def between(rig, tmp_path) -> Iterator[VirtualBroker]:
    (tmp_path / "broker").mkdir()
    with broker(tmp_path / "broker") as made:
        yield made


@pytest.fixture
def tables(between, tmp_path) -> Iterator[dict[str, DemoTable]]:
    """Two that share the broker and the round's keys."""
    with ExitStack() as exits:
        made = {}
        for number, name in enumerate("ab"):
            table = exits.enter_context(DemoTable(DemoSettings(), tmp_path / name))
            config = table.state / "kiosk.toml"
            text = config.read_text("utf-8").replace('kiosk = "a"', f'kiosk = "{name}"')
            text = text.replace('block = "0352"', f'block = "035{number}"')
            config.write_text(text.replace(f"port = {table.broker.port}", f"port = {between.port}"), "utf-8")
            made[name] = table
        key = (tmp_path / "a" / "keys" / "round-key").read_bytes()
        (tmp_path / "b" / "keys" / "round-key").write_bytes(key)
        for table in made.values():
            table.daemon.start()
            assert table.daemon.listens(20, 0)
        yield made


def scan(table: DemoTable, serial: int, *expected: str) -> dict[str, object]:
    since = len(table.daemon.records)
    table.scanner.present(resident(serial).encode())
    found = table.daemon.wait_for(lambda record: record.get("key") in expected, 10, since)
    assert found, table.daemon.records[since:]
    return found


def known(table: DemoTable, wanted: Callable[[int], bool]) -> bool:
    """Whether it comes to know so many of the other tables' people."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        with closing(sqlite3.connect(table.journal)) as database:
            if wanted(database.execute("SELECT count(*) FROM others").fetchone()[0]):
                return True
        time.sleep(0.1)
    return False


def test_two_tables_are_one(tables, between, capsys):
    a, b = tables["a"], tables["b"]
    scan(a, 0, "accepted")
    scan(a, 1, "accepted")
    assert known(b, lambda n: n == 2)
    told = scan(b, 1, "refused.sampled-at-table")
    assert "a 台" in str(told["text"])
    # Cut apart each goes on.
    between.stop()
    scan(a, 2, "accepted")
    scan(b, 2, "accepted")
    scan(b, 3, "accepted")
    scan(b, 0, "refused.sampled-at-table")
    # Together again they agree, and whoever is at both is listed at each.
    between.start()
    assert known(a, lambda n: n == 2)
    assert known(b, lambda n: n == 3)
    scan(a, 3, "refused.sampled-at-table")
    for table, other in ((a, "b"), (b, "a")):
        assert table.daemon.wait_for(lambda record: record.get("key") == "sampled-at-both", 10)
        assert main(["clashes", "--config", str(table.state / "kiosk.toml"), "--json"]) == 1
        (clash,) = json.loads(capsys.readouterr().out)
        assert (clash["other_table"], clash["number"][-4:]) == (other, resident(2)[-4:])
        assert clash["tube"] != clash["other_tube"]


def test_a_lost_journal_knows_its_people_from_its_own_sheets(tables):
    a = tables["a"]
    for serial in (1, 2, 3):
        scan(a, serial, "accepted")
    assert known(tables["b"], lambda n: n == 3)
    a.daemon.kill()
    for file in Path(a.state).glob("journal.sqlite*"):
        file.unlink()
    since = len(a.daemon.records)
    a.daemon.start()
    assert a.daemon.listens(20, since)
    assert known(a, lambda n: n == 3)
    scan(a, 2, "refused.sampled-at-table")
