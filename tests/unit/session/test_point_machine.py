"""Two tables and a network that loses, repeats and reorders: any order of people, acts and faults."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from kiosk.credentials import staff_codes
from kiosk.journal.clashes import clashes
from kiosk.messages.people import sheet_of
from kiosk.model import StaffAction
from point_bench import Point
from session_machine import BROKEN
from table_bench import STAFF_KEY, listed, resident_number

STAFF = {action: text for text, action in staff_codes(STAFF_KEY).items()}
TABLES = st.sampled_from(["a", "b"])
ACTS = st.sampled_from([StaffAction.VOID_LAST, StaffAction.EXEMPT_RECOVERED, StaffAction.UNDO, StaffAction.SEAL])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("person"), TABLES, st.integers(0, 5)),
        st.tuples(st.just("person"), TABLES, st.integers(0, 5)),
        st.tuples(st.just("act"), TABLES, ACTS),
        st.tuples(st.just("hear"), TABLES, st.integers(0, 9)),
        st.tuples(st.just("lose"), TABLES, st.integers(0, 9)),
        st.tuples(st.just("repeat"), TABLES, st.integers(0, 9)),
        st.tuples(st.just("rest"), TABLES, st.just(0)),
        st.tuples(st.just("cut"), TABLES, st.just(0)),
        st.tuples(st.just("join"), TABLES, st.just(0)),
        st.tuples(st.just("power"), TABLES, st.just(0)),
        st.tuples(st.just("card"), TABLES, st.just(0)),
    ),
    max_size=40,
)


def take(point: Point, what: str, name: str, n: int | StaffAction) -> None:  # noqa: C901 - one arm a step
    table, waiting = point.tables[name], point.between[name]
    match what, n:
        case "person", int(person):
            table.scan(resident_number(person))
            table.finish()
            point.say(name)
        case "act", StaffAction() as act:
            table.scan(STAFF[act])
            table.finish()
            point.say(name)
        case "hear", int(at) if waiting:
            point.hear(name, at)
        case "lose", int(at) if waiting:
            waiting.pop(at % len(waiting))
        case "repeat", int(at) if waiting:
            waiting.append(waiting[at % len(waiting)])
        case "rest", _:
            table.engine.rest()
            point.say(name)
        case "cut", _:
            point.cut.add(name)
        case "join", _ if name in point.cut:
            point.cut.discard(name)
            point.hear_all(name)
        case "power" | "card", _:
            # Only a table that was heard has said all that its sheets will be asked for.
            if what == "card":
                point.settle()
            point.switch_off(name, lost=what == "card")
            point.switch_on(name)
        case _:
            return
    event(what)


def keys(point: Point, name: str, query: str, *values: object) -> set[bytes]:
    with closing(sqlite3.connect(point.tables[name].path)) as database:
        return {bytes(row[0]) for row in database.execute(query, values)}


def voucher_of(point: Point, name: str, key: bytes) -> str:
    query = "SELECT voucher FROM samples WHERE void = 0 AND substr(person_key, 1, 16) = ?"
    with closing(sqlite3.connect(point.tables[name].path)) as database:
        return str(database.execute(query, (key,)).fetchone()[0])


def told_by_others(point: Point, name: str) -> set[bytes]:
    """Whom every other table, and each earlier life of this one, says that it has sampled."""
    table, found = point.tables[name], set()
    for message in point.retained.values():
        sheet = sheet_of(message.topic, message.payload, table.plan.address)
        if sheet is not None and (sheet.name.kiosk, sheet.name.epoch) != (name, table.state.counters.epoch):
            found |= {each.key for each in sheet.people if each.reason is None}
    return found


def known_wherever_they_went(point: Point, name: str, here: set[bytes], there: set[bytes]) -> None:
    """Whoever comes now, once what still waited for a scan is called off."""
    table = point.tables[name]
    table.seconds += 70
    for person in range(6):
        key, answer = listed(person, "").key[:16], table.scan(resident_number(person))[1]
        table.finish()
        if answer == "accepted":
            assert key not in here | there
            table.scan(STAFF[StaffAction.VOID_LAST])
            table.finish()
        else:
            assert answer == f"refused.{'already-sampled' if key in here else 'sampled-at-table'}"
            assert key in here | there


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_sheets_converge_and_whoever_is_at_two_tables_is_listed(steps):
    with tempfile.TemporaryDirectory() as folder:
        point = Point(Path(folder), changes={"without_paper": True, "pool_size": 3})
        try:
            for what, name, n in steps:
                take(point, what, name, n)
            point.settle()
            for name in point.names:
                table = point.tables[name]
                with closing(sqlite3.connect(table.path)) as database:
                    assert [wrong for wrong, query in BROKEN.items() if database.execute(query).fetchone()] == []
                here = keys(point, name, "SELECT substr(person_key, 1, 16) FROM samples WHERE void = 0")
                there = keys(point, name, "SELECT key FROM others WHERE reason IS NULL")
                assert there == told_by_others(point, name)
                listed_now = {each.voucher for each in clashes(table.path, "r1")}
                assert listed_now == {voucher_of(point, name, key) for key in here & there}
                known_wherever_they_went(point, name, here, there)
        finally:
            point.close()
