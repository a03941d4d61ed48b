"""Each statement between two starts finds its rows by an index: none walks through a table that grows."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

import pytest

from kiosk.engine.inbox import AskRead
from kiosk.journal.journal import NOBODY_SEALED
from kiosk.journal.schema import migrations
from kiosk.model import JobKind, SheetName
from kiosk.model.queries import (
    CopiesOf,
    ElsewhereOf,
    EverKnownHere,
    ExpectedBy,
    KnownOf,
    PriorOf,
    ProgressAround,
    Query,
    SampledHere,
    SheetOf,
    Unpacked,
)
from kiosk.model.records import Ask
from kiosk.ports import PrinterState, PrintOutcome
from table_bench import Bench, listed

SMALL = {"life", "outbox"}
"""One row; three topics of the round, and what the broker never took of others."""


@contextmanager
def overheard(bench: Bench) -> Iterator[set[str]]:
    """Statements as they are run, with their values."""
    said: set[str] = set()
    database = bench.journal._db  # noqa: SLF001 - its statements are what is looked at
    database.set_trace_callback(said.add)
    try:
        yield said
    finally:
        database.set_trace_callback(None)


def walks(database: sqlite3.Connection, statement: str) -> list[str]:
    """A search without an index walks too: so SQLite says it of a maximum."""
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [step for step in plan if _walks(step) and step.split()[1] not in SMALL]


def _walks(step: str) -> bool:
    return step.startswith("SCAN ") or (step.startswith("SEARCH ") and " USING " not in step)


def a_long_day(bench: Bench, number, staff) -> None:
    """All that a table does, and the clock is set in the middle."""
    bench.trusted = False
    bench.start()
    for person in range(7):
        bench.scan(number(person))
        bench.scan(number(person))
        bench.finish()
    bench.printer(None)
    for person in range(7, 16):
        bench.scan(number(person))
    bench.printer(PrinterState(known=True))
    bench.trusted = True
    bench.engine.rest()
    acts = ("yes", "void-last", "seal", "report", "reprint", "reprint-label", "pause", "pause", "tube")
    for act in acts:
        bench.scan(staff[act])
        bench.finish()
    for code in ("TB0000000001", "V0352000000158", "nobody's"):
        bench.scan(code)
    for answer in ("no", "yes"):
        bench.scan(number(20 + len(answer)))
        bench.finish(PrintOutcome.UNCONFIRMED)
        bench.engine.rest()
        bench.scan(staff[answer])
    shown = {
        "void": number(20 + len("yes")),
        "exempt-recovered": number(26),
        "with-me": number(27),
        "move": "V0352000000158",
    }
    for act, code in shown.items():
        for each in (staff[act], code, staff["yes"]):
            bench.scan(each)
            bench.finish()
    tube = bench.state.sampling.open
    assert tube is not None
    for code in (staff["void"], tube.code or "", staff["yes"]):
        bench.scan(code)
    bench.finish()
    sealed = [tube.code or "" for tube in bench.look_up(Unpacked())]
    leaving = ("box-close", "yes", "hand-over", "yes", "hand-over-back", "yes")
    for code in (staff["box"], *sealed, *(staff[act] for act in leaving)):
        bench.scan(code)
        bench.finish()
    bench.journal.acknowledge(bench.published)
    bench.scan(number(30))
    bench.engine.rest()
    a_roster(bench, number, staff)
    bench.engine.take(AskRead(Ask("a1", bench.state.counters.epoch, ((1, 2), (4, 9)))))
    bench.engine.rest()


def a_roster(bench: Bench, number, staff) -> None:
    bench.offer(listed(person, f"{person // 10}号楼") for person in range(25, 60))
    bench.hear("b", 40, 41)
    bench.hear("b", 41, 42, seq=2)
    bench.hear("a", 43)
    bench.scan(staff["next-unit"])
    for code in (number(31), staff["missing-here"], staff["missing"]):
        bench.scan(code)
        bench.engine.rest()
        bench.finish()


def test_no_statement_of_a_working_day_walks_through_a_table(make_bench, number, staff):
    bench = make_bench(pool_size=3, without_paper=True, closing_slip=True, suppliers=True, records=True, tables=True)
    asked: set[type] = set()
    answer = bench.journal.answer

    def noted(queries):
        asked.update(map(type, queries))
        return answer(queries)

    bench.journal.answer = noted
    with overheard(bench) as said:
        a_long_day(bench, number, staff)
        for kind in JobKind:
            bench.look_up(CopiesOf(kind, 1))
    assert asked == set(get_args(Query)), "each kind of look-up is among them"
    plain = {each for each in said if each.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))}
    assert len({each.split("(")[0] for each in plain}) > 15
    found = {each: steps for each in plain if (steps := walks(bench.journal._db, each))}  # noqa: SLF001
    assert found == {}


@pytest.mark.parametrize(
    "index", ["one_sample_a_person", "one_voucher_a_copy", "undated_samples", "closings_of_a_tube"]
)
def test_without_its_index_one_would(make_bench, number, staff, index):
    """So the test above sees what it is there for."""
    bench = make_bench(pool_size=3, without_paper=True, closing_slip=True, suppliers=True, records=True, tables=True)
    with overheard(bench) as said:
        a_long_day(bench, number, staff)
        for kind in JobKind:
            bench.look_up(CopiesOf(kind, 1))
    bench.journal._db.execute(f"DROP INDEX {index}")  # noqa: SLF001
    plain = [each for each in said if each.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    assert any(walks(bench.journal._db, each) for each in plain)  # noqa: SLF001


@pytest.mark.parametrize("kind", [PriorOf, ProgressAround, ExpectedBy, ElsewhereOf])
def test_who_comes_is_looked_up_by_their_key_and_not_among_all_of_the_round(make_bench, kind):
    bench = make_bench()
    with overheard(bench) as said:
        bench.look_up(kind(bytes(32)))
    database = bench.journal._db  # noqa: SLF001
    steps = [row[3] for each in said for row in database.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert [step for step in steps if step.endswith("(round=?)")] == []


@pytest.mark.parametrize(
    "query",
    [
        KnownOf(SheetName("b", "0" * 32, 3)),
        SampledHere((bytes(16),)),
        EverKnownHere((bytes(16),)),
        SheetOf(3),
    ],
    ids=lambda query: type(query).__name__,
)
def test_a_sheet_is_looked_up_as_that_and_not_among_all_of_the_round(make_bench, query):
    """Whoever comes meanwhile waits for eight of them."""
    bench = make_bench(tables=True)
    with overheard(bench) as said:
        bench.look_up(query)
    database = bench.journal._db  # noqa: SLF001
    steps = [row[3] for each in said for row in database.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert [step for step in steps if step.endswith("(round=?)")] == []


@pytest.mark.parametrize("statement", [NOBODY_SEALED, migrations()[9]], ids=["first start in a round", "new release"])
def test_a_start_walks_through_all_people_once_and_not_once_for_each_tube(make_bench, statement):
    database = make_bench().journal._db  # noqa: SLF001
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert "SCAN samples" in plan
    assert [step for step in plan if "CORRELATED" in step] == []
