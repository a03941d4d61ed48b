"""Which of two words of one topic stands in the table, by the real PostgreSQL."""

import json
import time
from collections.abc import Iterator

import pytest
from postgres_server import PostgresServer, postgres_server

from kiosk.office.collecting.database import Database
from kiosk.office.collecting.received import Row, row_of
from kiosk.office.collecting.store import StoreAwayError, Written

PLACE = "sampling/v1/cn/r1/wy-0352/a"
HOUR_MS = 3_600_000
AN_HOUR_AGO = int(time.time() * 1000) - HOUR_MS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def database(postgres) -> Iterator[Database]:
    postgres.rows("drop table if exists state")
    made = Database(postgres.conninfo)
    made.create()
    yield made
    made.close()


def word(leaf: str, epoch: str, seq: int, **more: object) -> Row:
    return row_of(f"{PLACE}/{leaf}", json.dumps({"epoch": epoch, "seq": seq, "ts": None, **more}).encode())


def status(epoch: str, seq: int, state: str, connection: int, **more: object) -> Row:
    return word("status", epoch, seq, state=state, connection=connection, **more)


NEWER_LAST = {
    "a later commit": (word("health", "e1", 1), word("health", "e1", 2)),
    "the same commit, said later": (
        word("gauges", "e1", 1, boot="b", mono_ms=9),
        word("gauges", "e1", 1, boot="b", mono_ms=10),
    ),
    "another life, by the clock": (
        word("health", "e1", 900, ts=AN_HOUR_AGO - 1000),
        word("health", "e2", 1, ts=AN_HOUR_AGO),
    ),
    "a later connection, though a will is of an older commit": (
        status("e1", 9, "lost", 65537),
        status("e1", 8, "online", 65538),
    ),
    "the end of the connection that stands": (status("e1", 9, "online", 65537), status("e1", 7, "lost", 65537)),
    "a round that is over, said by whoever holds another": (
        status("e1", 7, "lost", 65537),
        status("e1", 9, "closed", 0),
    ),
    "a sheet put right by a later life": (
        word("tubes/1", "e1", 7, ts=AN_HOUR_AGO - 1000),
        word("tubes/1", "e2", 3, ts=AN_HOUR_AGO),
    ),
}


@pytest.mark.parametrize("name", NEWER_LAST)
@pytest.mark.parametrize("is_late", [False, True])
def test_the_newer_stands_in_whatever_order_they_come(database, postgres, name, is_late):
    older, newer = NEWER_LAST[name]
    for row in (newer, older) if is_late else (older, newer):
        database.write([row])
    assert postgres.rows("select payload from state") == [(json.loads(newer.payload),)]
    # Nor does anything change that once more.
    assert database.write([older, newer, newer, older]) == Written(0)


@pytest.mark.parametrize("ahead_ms", [None, 3 * HOUR_MS], ids=["without a clock", "with a clock that runs ahead"])
def test_of_two_lives_the_one_that_was_heard_later_stands_where_no_clock_tells(database, postgres, ahead_ms):
    first = word("health", "e1", 900, ts=None if ahead_ms is None else int(time.time() * 1000) + ahead_ms)
    database.write([first])
    assert database.write([word("health", "e2", 1, ts=AN_HOUR_AGO)]) == Written(1)
    assert postgres.rows("select epoch from state") == [("e2",)]


def test_lives_of_a_journal_stand_beside_each_other_and_add_up(database, postgres):
    database.write(
        [word("counts/e1", "e1", 9, samples=300, voided=2), word("counts/e2", "e2", 1, samples=12, voided=0)]
    )
    people = (
        "select sum((payload->>'samples')::int - (payload->>'voided')::int) from state where topic like '%/counts/%'"
    )
    assert postgres.rows(people) == [(310,)]


def test_the_columns_are_what_readers_sort_by(database, postgres):
    database.write([status("e1", 8, "online", 65538, ts=1652059121204)])
    found = postgres.rows(
        "select topic, epoch, seq, connection, (extract(epoch from said_at) * 1000)::bigint, payload ->> 'state',"
        " received_at > now() - interval '1 minute' from state"
    )
    assert found == [(f"{PLACE}/status", "e1", 8, 65538, 1652059121204, "online", True)]


def test_one_row_that_no_database_takes_spoils_no_other(database, postgres):
    rows = [word(f"tubes/{n}", "e1", n, code=f"{n}") for n in range(100)]
    rows[41] = row_of(f"{PLACE}/tubes/41", rb'{"epoch":"e1","seq":41,"code":"\u0000"}')
    assert database.write(rows) == Written(99, (rows[41],))
    assert postgres.rows("select count(*) from state") == [(99,)]


def test_a_database_without_the_table_says_how_one_is_made(postgres):
    postgres.rows("drop table if exists state")
    database = Database(postgres.conninfo)
    with pytest.raises(StoreAwayError, match="`kiosk collect --create` makes it"):
        database.write([word("health", "e1", 1)])


def test_what_a_message_holds_is_in_no_error(database, postgres):
    postgres.rows("alter table state add constraint no_more check (seq < 5)")
    number = "110199199001011234"
    assert database.write([word("health", "e1", 9, x=number)]).newer == 0
    postgres.rows("alter table state drop column payload")
    with pytest.raises(StoreAwayError) as told:
        database.write([word("health", "e1", 9, x=number)])
    assert number not in str(told.value)


def test_no_connection_string_is_told_at_once():
    with pytest.raises(ValueError, match='missing "=" after "nonsense"'):
        Database("nonsense")
