"""`kiosk collect` on a real mosquitto and a real PostgreSQL: what the table holds, whoever is killed."""

import json
import time
from collections.abc import Iterator

import pytest
from collectors import CollectorProcess
from county_files import Office, own_broker
from postgres_server import PostgresServer, postgres_server

from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rights import rights
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

PLACE = "sampling/v1/cn/r1/wy-0352"
WIDE = "max_queued_messages 0\nallow_anonymous true\npersistence false\n"
SUM = "select coalesce(sum((payload ->> 'samples')::int), 0) from state where topic like '%/counts/%'"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def county(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with MosquittoBroker(tmp_path, given=lambda port: f"listener {port} 127.0.0.1\n{WIDE}") as broker:
        yield broker


@pytest.fixture
def where(county, postgres) -> list[str]:
    postgres.rows("drop table if exists state")
    return [
        "--host",
        "127.0.0.1",
        "--port",
        str(county.port),
        "--database",
        postgres.conninfo,
        "--create",
        "--again",
        "2",
    ]


def kiosks(county: MosquittoBroker) -> BrokerLine:
    line = BrokerLine(BrokerAt("127.0.0.1", county.port, "kiosks"), ())
    line.open()
    return line


def say(line: BrokerLine, leaf: str, seq: int, **more: object) -> None:
    line.publish(f"{PLACE}/{leaf}", json.dumps({"epoch": "e1", "seq": seq, "ts": None, **more}).encode())


def until(is_so, otherwise: str, limit_s: float = 40) -> None:
    end = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


def test_two_collectors_share_2000_messages_and_one_that_is_killed_loses_none(county, postgres, where) -> None:
    line = kiosks(county)
    with CollectorProcess("one", *where) as one, CollectorProcess("two", *where) as two:
        for collector in (one, two):
            collector.await_event("collected")
        for n in range(2000):
            if n == 1000:
                until(lambda: one.heard() > 0, "it has no share")
            if n == 1100:
                one.kill()
            say(line, f"k{n % 200}/counts/e1", seq=n, samples=n // 200 + 1)
        # 200 tables, and of each the last of its ten words.
        until(lambda: postgres.rows(SUM) == [(2000,)], f"the sum is {postgres.rows(SUM)}")
        assert postgres.rows("select count(*), min(seq), max(seq) from state") == [(200, 1800, 1999)]
        ended = two.end()
        assert (ended["event"], ended["strange"]) == ("ended", 0)
        assert ended["newer"] >= 500


def test_a_database_that_is_killed_is_waited_for_and_nothing_is_lost(county, postgres, where) -> None:
    line = kiosks(county)
    with CollectorProcess("one", *where) as one:
        one.await_event("collected")
        say(line, "a/counts/e1", seq=1, samples=1)
        until(lambda: postgres.rows(SUM) == [(1,)], "the first is not there")
        postgres.kill()
        for n in range(2, 302):
            say(line, f"k{n}/counts/e1", seq=n, samples=1)
        one.await_event("database-away")
        postgres.start()
        until(lambda: postgres.rows(SUM) == [(301,)], "not all are there")
        assert [each["event"] for each in one.said if "database" in each["event"]][-1] == "database-back"
        assert one.end()["strange"] == 0


def test_what_no_kiosk_says_is_told_and_harms_nothing(county, postgres, where) -> None:
    line = kiosks(county)
    with CollectorProcess("one", *where) as one:
        one.await_event("collected")
        line.publish(f"{PLACE}/a/health", b"{")
        line.publish(f"{PLACE}/b/health", rb'{"epoch":"e1","seq":1,"x":"\u0000"}')
        line.publish(f"{PLACE}/c/counts/e1", b'{"epoch":"e2","seq":1}')
        say(line, "d/health", seq=1)
        until(lambda: len(strange(one)) >= 3, "not all are told")
        assert strange(one) == {
            (f"{PLACE}/a/health", "no JSON"),
            (f"{PLACE}/b/health", "the database does not take it"),
            (f"{PLACE}/c/counts/e1", "the epoch of another topic"),
        }
        until(lambda: postgres.rows("select topic from state") == [(f"{PLACE}/d/health",)], "the good one is not there")


def strange(collector: CollectorProcess) -> set[tuple[str, str]]:
    return {(each["topic"], each["why"]) for each in collector.said if each.get("event") == "strange"}


def test_what_stands_at_the_broker_is_read_by_who_comes_late(county, postgres, where) -> None:
    line = kiosks(county)
    for n in range(300):
        say(line, f"k{n}/counts/e1", seq=n, samples=1)
    with CollectorProcess("late", *where):
        until(lambda: postgres.rows("select to_regclass('state')") != [(None,)], "there is no table")
        until(lambda: postgres.rows(SUM) == [(300,)], "not all are there")


def test_at_a_countys_broker_as_it_is_shipped_two_collectors_share_by_their_certificates(tmp_path, postgres) -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    postgres.rows("drop table if exists state")
    office, folder = Office(tmp_path / "office"), tmp_path / "county"
    folder.mkdir()
    names = rights(names_of(["wy-0352/a", "collector", "collector-b"]))
    with MosquittoBroker(folder, given=lambda port: own_broker(office, folder, names, port)) as county:
        where = ["--host", "127.0.0.1", "--port", str(county.port), "--database", postgres.conninfo, "--create"]
        own = [office.name(name) for name in ("collector", "collector-b")]
        files = [["--ca", office.ca, "--certificate", each.certificate, "--key", each.key] for each in own]
        kiosk = BrokerLine(office.at(county.port, "wy-0352/a"), ())
        kiosk.open()
        options = [[*where, *map(str, each)] for each in files]
        with CollectorProcess("collector", *options[0]) as one, CollectorProcess("collector-b", *options[1]) as two:
            for collector in (one, two):
                collector.await_event("collected")
            for n in range(1, 101):
                say(kiosk, "a/counts/e1", seq=n, samples=n)
                say(kiosk, f"a/tubes/{n}", seq=n)
            kiosk.publish(f"{PLACE}/a/people/e1/0", b'{"epoch":"e1","seq":1,"people":[]}')
            until(lambda: postgres.rows(SUM) == [(100,)], "the last count is not there")
            until(lambda: postgres.rows("select count(*) from state") == [(101,)], "not all are there")
            shares = [each.end()["heard"] for each in (one, two)]
            # Neither had all of the 200, and nobody heard what is for tables only.
            assert sum(shares) >= 200
            assert all(0 < share < 200 for share in shares)
            assert postgres.rows("select topic from state where topic like '%people%'") == []
