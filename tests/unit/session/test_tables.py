"""The tables of a point as one: who was sampled at one is refused at the others while they hear each other."""

import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import permutations
from typing import NoReturn

import pytest

from kiosk.engine.inbox import DeviceNews, Printed, SheetRead
from kiosk.journal import Journal, JournalUnwilling
from kiosk.journal.clashes import clashes
from kiosk.model import ExemptReason, Refusal, Sheet, SheetName, Standing, Told
from kiosk.ports import PrintOutcome, PrintReport, Signal
from point_bench import Point
from table_bench import Bench, listed

REASON = ExemptReason.BEDRIDDEN
ACCEPTED, THERE = (Signal.ACCEPTED, "accepted"), (Signal.REFUSED, "refused.sampled-at-table")


@pytest.fixture
def point(tmp_path) -> Iterator[Point]:
    made = Point(tmp_path)
    yield made
    made.close()


def come(point: Point, name: str, code: str) -> tuple[Signal, str]:
    """Somebody comes, and the paper comes out; then what is to be said is said."""
    table = point.tables[name]
    shown = table.scan(code)
    table.finish()
    point.say(name)
    return shown


def refused(point: Point, name: str) -> dict[str, str]:
    """What whoever was refused last was told."""
    told = [notice for _, notice in point.tables[name].shown if notice.key == "refused.sampled-at-table"]
    return dict(told[-1].values)


def others(point: Point, name: str) -> list[tuple[str, str | None]]:
    """Whom a table knows of others."""
    with closing(sqlite3.connect(point.tables[name].path)) as database:
        return database.execute("SELECT kiosk, tube FROM others ORDER BY kiosk, key").fetchall()


def test_who_was_sampled_at_one_table_is_refused_at_the_other_as_soon_as_it_has_heard(point, number):
    assert come(point, "a", number(1)) == ACCEPTED
    point.hear_what_is_said("b")
    assert come(point, "b", number(1)) == THERE, "it is not written yet"
    values = refused(point, "b")
    assert (values["table"], values["number"][-4:], values["at"]) == ("a", number(1)[-4:], "2022-05-20 06:40")
    point.rest("b")
    assert point.tables["b"].state.tables.heard == {}
    assert come(point, "b", number(1)) == THERE
    assert come(point, "b", number(2)) == ACCEPTED
    assert point.tables["b"].sent_away()["sampled-at-table"] == 2


def test_it_is_said_once_the_paper_is_out_and_not_before(point, number):
    table = point.tables["a"]
    table.scan(number(1))
    assert not [message for message in table.published if "/people/" in message.topic]
    table.finish()
    said = [message for message in table.published if "/people/" in message.topic]
    assert [message.topic.rpartition("/")[2] for message in said] == ["0"]
    body = json.loads(said[0].payload)
    assert [(len(each["key"]), each["tube"], each["reason"]) for each in body["people"]] == [(22, "035000000169", None)]


def test_what_is_said_of_people_is_in_no_outbox(point, number):
    come(point, "a", number(1))
    assert [message.topic for message in point.tables["a"].journal.outbox() if "/people/" in message.topic] == []


def test_cut_apart_each_goes_on_and_together_again_they_agree_and_staff_are_told_of_who_is_at_both(point, number):
    come(point, "a", number(1))
    point.settle()
    point.cut = {"a", "b"}
    assert come(point, "a", number(2)) == ACCEPTED
    assert come(point, "b", number(2)) == ACCEPTED
    assert come(point, "b", number(3)) == ACCEPTED
    assert come(point, "b", number(1)) == THERE, "that much it knows still"
    point.settle()
    for name, table, away in (("a", "b", 3), ("b", "a", 1)):
        told = [dict(notice.values) for _, notice in point.tables[name].shown if notice.key == "sampled-at-both"]
        assert told == [{"number": "*" * 14 + number(2)[-4:], "table": table}]
        assert come(point, name, number(away)) == THERE
    assert all(
        len(bench.state.sampling.open.holes or "1") for bench in point.tables.values() if bench.state.sampling.open
    )
    totals = [table.state.counters.totals for table in point.tables.values()]
    assert [(each.samples, each.voided) for each in totals] == [(2, 0), (2, 0)], "neither tube is changed"


def test_who_was_taken_back_at_one_may_be_sampled_at_the_other(point, number, staff):
    come(point, "a", number(1))
    point.settle()
    point.tables["a"].scan(staff["void-last"])
    point.settle()
    assert others(point, "b") == []
    assert come(point, "b", number(1)) == ACCEPTED


def test_a_later_code_of_the_tube_is_heard(point, number, staff):
    come(point, "a", number(1))
    point.settle()
    for code in (staff["move"], "035000000169", staff["yes"]):
        point.tables["a"].scan(code)
    point.settle()
    assert others(point, "b") == [("a", "035000000266")]


def test_a_table_that_was_off_hears_all_when_it_comes_back_and_knows_it_after_the_next_cut(point, number):
    point.switch_off("b")
    for person in range(70):
        point.cut = {"b"}
        assert come(point, "a", number(person)) == ACCEPTED
    point.cut = set()
    point.switch_on("b")
    assert len(others(point, "b")) == 70
    point.switch_off("b")
    point.cut = {"b"}
    point.switch_on("b")
    assert [come(point, "b", number(person)) for person in (0, 33, 69)] == [THERE] * 3


def test_a_table_whose_journal_was_lost_knows_its_people_from_its_own_sheets(point, number, staff):
    for person in range(40):
        come(point, "a", number(person))
    point.tables["a"].scan(staff["void-last"])
    point.settle()
    point.switch_off("a", lost=True)
    table = point.switch_on("a")
    assert come(point, "a", number(5)) == THERE
    assert refused(point, "a")["table"] == "a"
    assert come(point, "a", number(39)) == ACCEPTED, "who was taken back"
    assert come(point, "a", number(41)) == ACCEPTED
    point.settle()
    point.switch_off("a")
    point.switch_on("a")
    assert come(point, "a", number(5)) == THERE
    assert come(point, "b", number(41)) == THERE
    assert [notice.key for _, notice in table.shown].count("sampled-at-both") == 0


def test_a_journal_that_was_rolled_back_does_not_clash_with_itself(point, number):
    for person in (1, 2):
        come(point, "a", number(person))
    point.settle()
    table = point.tables["a"]
    roll_back = rolled_back(table)
    come(point, "a", number(3))
    point.switch_off("a")
    roll_back()
    again = point.switch_on("a")
    point.settle()
    assert again.state.questions.loss is not None
    assert come(point, "a", number(3)) == THERE, "its own sheet knows"
    assert [notice.key for _, notice in again.shown].count("sampled-at-both") == 0


def test_units_are_the_points(point, number, staff):
    street = [listed(n, "1号楼") for n in range(6)]
    for table in point.tables.values():
        table.offer(street)
    come(point, "a", number(0))
    come(point, "b", number(1))
    for code in (staff["exempt-bedridden"], number(2), staff["exempt-elsewhere"], number(3)):
        point.tables["b"].scan(code)
    point.settle()
    for table, here in (("a", 1), ("b", 1)):
        point.rest(table)
        counts = point.tables[table].state.roster.progress["1号楼"].counts
        assert counts == {
            Standing.SAMPLED: here,
            Standing.OTHER_TABLE: 1,
            Standing.EXEMPT: 1,
            Standing.ELSEWHERE: 1,
            Standing.MISSING: 2,
        }
        said = [message for message in point.retained.values() if message.topic.endswith(f"/{table}/units")]
        assert json.loads(said[0].payload)["unlisted"] == 0


def test_a_repeated_or_older_sheet_changes_nothing_and_costs_no_commit(point, number):
    come(point, "a", number(1))
    first = [message for message in point.retained.values() if "/people/" in message.topic][-1]
    come(point, "a", number(2))
    point.settle()
    before = point.tables["b"].state.counters.seq
    for message in (first, *point.retained.values()):
        point.deliver("b", message)
    point.rest("b")
    assert (point.tables["b"].state.counters.seq, len(others(point, "b"))) == (before, 2)


def unwilling(*_: object) -> NoReturn:
    raise JournalUnwilling("the disk is full", Refusal.DISK_FULL)


def one(n: int) -> Sheet:
    return Sheet(SheetName(f"k{n}", "0" * 32, 0), 1, (Told(n.to_bytes(16, "big"), 1, "TB0000000009", None),))


def test_of_a_flood_of_sheets_a_bounded_part_waits_and_none_is_lost(point):
    table = point.tables["b"]
    for n in range(3000):
        table.engine.take(SheetRead(one(n)))
        assert len(table.state.tables.heard) <= 1024
    for _ in range(128):
        table.engine.rest()
    assert len(others(point, "b")) == 3000


def test_people_that_wait_are_bounded_too(point):
    table = point.tables["b"]
    for n in range(60):
        exempt = [Told((1000 * n + each).to_bytes(16, "big"), None, None, None, REASON) for each in range(1000)]
        table.engine.take(SheetRead(Sheet(SheetName(f"k{n}", "0" * 32, -1), 1, tuple(exempt))))
        assert table.state.tables.waiting < 32_768 + 1000
    for _ in range(8):
        table.engine.rest()
    assert len(others(point, "b")) == 60_000


def test_what_no_disk_could_keep_is_heard_again_once_one_can(point, number, monkeypatch):
    table = point.tables["b"]
    table.scan(number(1))
    monkeypatch.setattr(Journal, "commit", unwilling)
    (job,) = table.state.printing.sending
    table.engine.take(Printed("printer", (job,), PrintReport((PrintOutcome.CONFIRMED,), 0, 0, 0), None))
    for n in range(1100):
        table.engine.take(SheetRead(one(n)))
    table.engine.rest()
    assert (len(table.engine._owed), len(table.state.tables.heard)) == (1, 1024)  # noqa: SLF001 - what it holds back
    assert table.heard_again == 0
    monkeypatch.undo()
    table.engine.rest()
    assert table.heard_again == 1
    for n in range(1100):
        table.engine.take(SheetRead(one(n)))
    for _ in range(138):
        table.engine.rest()
    assert (len(others(point, "b")), table.heard_again) == (1100, 1)
    assert (table.state.printing.sending, table.engine._owed) == ((), deque())  # noqa: SLF001


def test_after_another_life_of_a_journal_that_is_whole_who_is_taken_back_may_be_sampled_everywhere(
    point, number, staff
):
    """A power cut that gave up numbers begins another life; the earlier one's sheets must not outlive what it said."""
    for person in (1, 2):
        come(point, "a", number(person))
    point.settle()
    epoch = point.tables["a"].state.counters.epoch
    point.switch_off("a")
    (point.folder / "a" / "journal.mark").unlink()
    table = point.switch_on("a")
    assert table.state.counters.epoch != epoch
    for code in (staff["yes"], staff["void"], number(1), staff["yes"]):
        table.scan(code)
    point.settle()
    assert [len(keys) for keys in (others(point, "a"), others(point, "b"))] == [0, 1]
    assert come(point, "b", number(1)) == ACCEPTED
    point.settle()
    assert come(point, "a", number(1)) == THERE
    assert come(point, "a", number(2)) == (Signal.REFUSED, "refused.already-sampled")
    assert come(point, "b", number(2)) == THERE


def test_an_exemption_that_an_earlier_life_told_is_taken_back_at_every_table(point, number, staff):
    """Else nobody would look for them any more. The journal forgot it in a power cut; the sheet did not."""
    for table in point.tables.values():
        table.offer([listed(n, "1号楼") for n in range(3)])
    table = point.tables["a"]
    roll_back = rolled_back(table)
    for serial in (1, 2):
        exempt(table, staff, number(serial))
    point.settle()
    point.switch_off("a")
    roll_back()
    table = point.switch_on("a")
    exempt(table, staff, number(1))
    assert table.scan(staff["undo"]) == (Signal.NOTED, "exemption-undone")
    point.settle()
    for name in ("a", "b"):
        counts = point.tables[name].state.roster.progress["1号楼"].counts
        assert counts == {Standing.EXEMPT: 1, Standing.MISSING: 2}


def exempt(table: Bench, staff: dict[str, str], code: str) -> None:
    assert table.scan(staff["exempt-bedridden"]) == (Signal.NOTED, "exempt-asked")
    assert table.scan(code) == (Signal.NOTED, "exempted.bedridden")


def rolled_back(table: Bench) -> Callable[[], None]:
    """Puts the journal back to how it is now."""
    table.journal.tidy()
    before = table.path.read_bytes()

    def back() -> None:
        for file in table.path.parent.glob("journal.sqlite-*"):
            file.unlink()
        table.path.write_bytes(before)

    return back


def test_a_broker_that_tells_and_lets_nobody_hear_is_told_to_staff_until_it_does(make_bench):
    bench = make_bench().start()
    bench.finish()
    for deaf in (False, True, False):
        bench.engine.take(DeviceNews("broker", True, deaf=deaf))
        shown = [notice.key for _, notice in bench.shown]
        assert ("tables-unheard" in shown) is (deaf or shown.count("tables-unheard") == 1)
    assert bench.state.told.resting.notice.key != "tables-unheard"


def test_whose_tube_is_lost_at_a_table_that_is_dead_is_sampled_here_at_staffs_word_and_listed(point, number, staff):
    for person in (1, 2):
        come(point, "a", number(person))
    point.settle()
    point.switch_off("a")
    table = point.tables["b"]
    assert table.scan(staff["again"]) == (Signal.NOTED, "again-asked")
    assert come(point, "b", number(1)) == ACCEPTED
    assert come(point, "b", number(2)) == THERE, "once"
    assert [clash.seats[1].kiosk for clash in clashes(table.path, "r1")] == ["a"]
    with closing(sqlite3.connect(table.path)) as database:
        assert database.execute("SELECT action, about FROM acts").fetchall() == [("again", "V0351000000192")]


def said_by(kiosk: str, epoch: str, at_ms: int | None, mark: str) -> SheetRead:
    return SheetRead(Sheet(SheetName(kiosk, epoch * 32, 0), 1, (Told(bytes(16), 1, None, None),), mark, at_ms))


def test_a_table_with_another_round_key_is_told_to_staff_until_it_has_the_same(make_bench):
    """Else both would accept everybody, and nobody would know. What it says last holds, in whatever order it comes."""
    sheets = [said_by("b", "d", 1000, "bb"), said_by("b", "e", 2000, "aa"), said_by("b", "f", 1500, "bb")]
    for order in permutations(sheets):
        bench = make_bench(mark="aa").start()
        bench.finish()
        for sheet in order:
            bench.engine.take(sheet)
        assert bench.state.tables.strangers == []
        assert [name.epoch[0] for name in bench.state.tables.heard] == ["e"]
        bench.engine.take(said_by("b", "c", 3000, "bb"))
        assert (bench.shown[-1][1].key, bench.shown[-1][1].values) == ("other-round-key", (("table", "b"),))
        bench.engine.take(said_by("b", "c", 4000, ""))
        assert bench.state.tables.strangers == ["b"], "that says nothing of keys"
        bench.engine.take(said_by("b", "9", 5000, "aa"))
        assert bench.state.told.resting.signal is Signal.READY


def test_what_a_table_said_itself_with_another_key_makes_no_stranger_of_it(make_bench):
    bench = make_bench(mark="aa").start()
    bench.engine.take(said_by(bench.plan.address.kiosk, "d", 1000, "bb"))
    assert (bench.state.tables.strangers, dict(bench.state.tables.heard)) == ([], {})


def test_names_that_somebody_makes_up_fill_no_memory(make_bench):
    bench = make_bench(mark="aa").start()
    for n in range(200):
        bench.engine.take(said_by(f"k{n}", "d", 1000, "bb"))
    assert len(bench.state.tables.strangers) == 64
