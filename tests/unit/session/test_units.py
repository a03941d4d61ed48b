"""Who is expected: a roster comes, people come, units are counted and called, and who is missing is listed."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.engine.inbox import RosterRead
from kiosk.model import Expected, MissingList, Roster, RosterHead, Standing, Status
from kiosk.ports import Signal
from table_bench import Bench, listed

HOUSE = ("1号楼1单元", "1号楼2单元", "2号楼1单元")


def street() -> list[Expected]:
    """Ten people in each of three units, two on a floor."""
    return [listed(n, HOUSE[n // 10], f"{n % 10 // 2 + 1}0{n % 2 + 1}") for n in range(30)]


@pytest.fixture
def bench(make_bench) -> Bench:
    table: Bench = make_bench(pool_size=10, call_at_percent=80).start()
    table.finish()
    table.offer(street())
    return table


def come(table: Bench, number, *people: int) -> None:
    for person in people:
        table.scan(number(person))
        table.finish()
        table.engine.rest()


def standings(table: Bench, unit: str) -> dict[str, int]:
    return {str(standing): n for standing, n in table.state.roster.progress[unit].counts.items()}


def said(table: Bench) -> Any:
    return json.loads([message for message in table.published if message.topic.endswith("/units")][-1].payload)


def called(table: Bench) -> list[str]:
    return [dict(notice.values)["unit"] for _, notice in table.shown if notice.key == "unit-called"]


def test_whoever_is_listed_is_registered_as_usual_and_whoever_is_not_is_told_as_that_and_never_refused(bench, number):
    assert bench.scan(number(0)) == (Signal.ACCEPTED, "accepted")
    bench.finish()
    assert bench.scan(number(99)) == (Signal.ACCEPTED, "accepted-unlisted")
    bench.engine.rest()
    assert standings(bench, HOUSE[0]) == {"sampled": 1, "missing": 9}
    assert said(bench)["unlisted"] == 1
    assert said(bench)["units"][0] == {
        "unit": HOUSE[0],
        "listed": 10,
        "sampled": 1,
        "other_table": 0,
        "elsewhere": 0,
        "exempt": 0,
        "home_visit": 0,
        "moved": 0,
        "died": 0,
        "missing": 9,
    }


def test_without_a_roster_nobody_is_told_as_not_listed(make_bench, number):
    table = make_bench().start()
    assert table.scan(number(99)) == (Signal.ACCEPTED, "accepted")
    table.engine.rest()
    assert not [message for message in table.published if message.topic.endswith("/units")]


def test_who_comes_although_the_list_says_died_is_registered_and_staff_are_told(bench, number):
    bench.offer([*street(), listed(40, HOUSE[0], status=Status.DIED)], made_s=2)
    assert bench.scan(number(40)) == (Signal.ACCEPTED, "accepted-died")


def test_the_next_unit_is_called_when_enough_of_the_last_have_come(bench, number):
    assert called(bench) == []
    come(bench, number, 0)
    assert called(bench) == [HOUSE[0]], "with the first who comes"
    come(bench, number, 1, 2, 3, 4, 5, 6)
    assert called(bench) == [HOUSE[0]]
    come(bench, number, 7)
    assert called(bench) == list(HOUSE[:2])
    assert said(bench)["called"] == HOUSE[1]
    come(bench, number, *range(20, 28), *range(10, 18))
    assert called(bench) == list(HOUSE), "though enough of it had come before"


def test_a_unit_of_whom_nobody_is_missing_is_passed_over(bench, number):
    come(bench, number, *range(10, 20), *range(8))
    assert called(bench) == [HOUSE[0], HOUSE[2]]


def test_without_a_threshold_staff_call(make_bench, number, staff):
    table = make_bench().start()
    table.offer(street())
    come(table, number, *range(10))
    assert called(table) == []
    for _ in HOUSE:
        table.scan(staff["next-unit"])
    assert called(table) == list(HOUSE[1:]), "of the first nobody is missing"
    assert table.scan(staff["next-unit"]) == (Signal.REFUSED, "refused.nothing-to-do")


def test_what_was_called_is_not_called_again_after_a_power_cut(make_bench, bench, number):
    come(bench, number, 0)
    again = make_bench(call_at_percent=80).start()
    come(again, number, 1)
    assert (again.state.roster.called, called(again)) == (HOUSE[0], [])
    assert standings(again, HOUSE[0]) == {"sampled": 2, "missing": 8}


def test_who_is_taken_back_or_exempt_counts_as_that(bench, number, staff):
    come(bench, number, 0, 1)
    bench.scan(staff["void-last"])
    bench.engine.rest()
    assert standings(bench, HOUSE[0]) == {"sampled": 1, "missing": 9}
    for reason, person in (("exempt-bedridden", 2), ("exempt-elsewhere", 3)):
        bench.scan(staff[reason])
        bench.scan(number(person))
        bench.engine.rest()
    assert standings(bench, HOUSE[0]) == {"sampled": 1, "exempt": 1, "elsewhere": 1, "missing": 7}
    bench.scan(staff["undo"])
    bench.engine.rest()
    assert standings(bench, HOUSE[0]) == {"sampled": 1, "exempt": 1, "missing": 8}


def test_a_later_list_is_taken_as_far_as_it_differs(bench, number):
    come(bench, number, 0, 1)
    later = [person for person in street() if person.key not in {listed(1, "").key, listed(2, "").key}]
    later += [listed(30, HOUSE[0], "901"), listed(31, "3号楼1单元")]
    before = len(bench.shown)
    bench.offer(later, made_s=2)
    assert standings(bench, HOUSE[0]) == {"sampled": 1, "missing": 8}
    assert standings(bench, "3号楼1单元") == {"missing": 1}
    assert said(bench)["unlisted"] == 1, "who came and is on the list no more"
    assert [notice.key for _, notice in bench.shown[before:]].count("roster-taken") == 1
    bench.offer(street(), made_s=1)
    assert "3号楼1单元" in bench.state.roster.progress, "an earlier one is not taken again"
    assert bench.shown[-1][1].key == "roster-older"


def test_a_large_list_comes_in_parts_between_which_people_are_served(bench, number):
    many = [listed(n, HOUSE[0]) for n in range(999)]
    changes: list[int] = []
    commit = bench.journal.commit

    def counted(made, counters, messages=()):
        changes.extend(len(change.people) for change in made if hasattr(change, "people"))
        commit(made, counters, messages)

    bench.journal.commit = counted
    bench.offer(many, made_s=3)
    assert sum(changes) == 998, "who is as they were is not written"
    assert max(changes) <= 512


def test_a_list_that_a_power_cut_parted_is_taken_wholly_at_the_next_start(make_bench, bench):
    bench.engine.take(roster_read([listed(n, HOUSE[0]) for n in range(999)], 3))
    bench.engine.rest()
    again = make_bench().start()
    assert again.state.roster.head.made_s == 0, "neither of the two"
    again.offer([listed(n, HOUSE[0]) for n in range(999)], made_s=3)
    assert standings(again, HOUSE[0]) == {"missing": 999}
    assert again.state.roster.head.made_s == 3


def test_a_list_that_a_power_cut_parted_loses_nobody_and_the_earlier_one_may_take_its_place(make_bench, bench):
    bench.engine.take(roster_read([listed(n, HOUSE[1]) for n in range(100, 999)], 3))
    bench.engine.rest()
    again = make_bench().start()
    for _ in range(3):
        again.engine.rest()
    assert {unit: standings(again, unit)["missing"] for unit in HOUSE} == {HOUSE[0]: 10, HOUSE[1]: 522, HOUSE[2]: 10}
    again.offer(street(), made_s=1)
    assert {unit: standings(again, unit)["missing"] for unit in HOUSE} == dict.fromkeys(HOUSE, 10)


def test_while_a_list_is_taken_an_older_one_does_not_stand_in_its_place(bench):
    bench.engine.take(roster_read([listed(n, HOUSE[1]) for n in range(100, 999)], 3))
    bench.engine.rest()
    bench.offer(street()[:5], made_s=2)
    assert bench.shown[-1][1].key in {"roster-older", "roster-taken"}
    assert (bench.state.roster.head.made_s, standings(bench, HOUSE[1])) == (3, {"missing": 899})


def renamed(name: str) -> list[Expected]:
    """The second unit is called otherwise."""
    return [replace(person, unit=person.unit.replace(HOUSE[1], name)) for person in street()]


def test_a_unit_that_a_later_list_names_otherwise_does_not_begin_the_calls_anew(make_bench, bench, number, staff):
    come(bench, number, *range(8), 10, 11)
    assert called(bench) == list(HOUSE[:2])
    bench.offer(renamed("1号楼西单元"), made_s=2)
    come(bench, number, 12)
    assert called(bench) == [*HOUSE[:2], "1号楼西单元"]
    bench.offer(renamed("1号楼东单元"), made_s=3)
    assert bench.scan(staff["missing-here"]) == (Signal.NOTED, "listing-missing"), "of the last that is still known"
    again = make_bench(call_at_percent=80).start()
    assert again.state.roster.called == bench.state.roster.called == "1号楼东单元"


def test_a_unit_that_a_later_list_puts_before_the_one_that_was_called_is_called_too(bench, number):
    come(bench, number, *range(8))
    assert called(bench) == list(HOUSE[:2])
    bench.offer([listed(50, "0号楼"), *street()], made_s=2)
    come(bench, number, *range(10, 18))
    assert called(bench) == [*HOUSE[:2], "0号楼"]


def test_whom_the_list_excuses_begins_no_calls(make_bench):
    table = make_bench(call_at_percent=80).start()
    table.offer([*street(), listed(40, HOUSE[0], status=Status.EXEMPT)])
    assert called(table) == [], "nobody has come yet"


def test_who_is_listed_without_a_place_is_counted_and_never_called_by_a_blank(make_bench, number, staff):
    table = make_bench(call_at_percent=80).start()
    table.finish()
    table.offer([listed(n, "") for n in range(5)])
    come(table, number, 1)
    assert (standings(table, ""), called(table)) == ({"sampled": 1, "missing": 4}, [])
    assert table.scan(staff["missing-here"]) == (Signal.REFUSED, "refused.nothing-to-do")
    assert table.scan(staff["missing"]) == (Signal.NOTED, "listing-missing")


def roster_read(people: Iterable[Expected], made_s: int) -> RosterRead:
    return RosterRead(Roster("r1", "wy-0352", RosterHead(made_s, HOUSE), tuple(people)))


@pytest.mark.parametrize(("round_id", "point"), [("r2", "wy-0352"), ("r1", "wy-0353")])
def test_another_points_list_or_rounds_is_not_taken(bench, round_id, point):
    offered = roster_read([], 9)
    bench.engine.take(replace(offered, roster=replace(offered.roster, round=round_id, point=point)))
    bench.engine.rest()
    assert bench.state.roster.head.made_s == 1


def missing_slips(table: Bench) -> list[MissingList]:
    return [job.subject for job in table.sent if isinstance(job.subject, MissingList)]


def test_who_has_not_come_is_listed_by_floor_of_the_unit_that_was_called_or_of_all(bench, number, staff):
    assert bench.scan(staff["missing-here"]) == (Signal.REFUSED, "refused.nothing-to-do"), "none was called yet"
    come(bench, number, *range(7), 29)
    assert bench.scan(staff["missing-here"]) == (Signal.NOTED, "listing-missing")
    slip = missing_slips(bench)[-1]
    assert (slip.unit, slip.expected, slip.sampled, slip.exempt) == (HOUSE[0], 10, 7, 0)
    assert [(each.flat, each.floor) for each in slip.absent] == [("402", 4), ("501", 5), ("502", 5)]
    bench.finish()
    assert bench.scan(staff["missing"]) == (Signal.NOTED, "listing-missing")
    slip = missing_slips(bench)[-1]
    assert (slip.unit, slip.expected, slip.sampled, len(slip.absent)) == ("", 30, 8, 22)
    assert list(dict.fromkeys(each.unit for each in slip.absent)) == list(HOUSE)


def test_with_nobody_missing_nothing_is_printed_and_too_many_are_not(bench, number, staff):
    bench.offer([listed(n, HOUSE[0], status=Status.MOVED) for n in range(3)], made_s=2)
    assert bench.scan(staff["missing"]) == (Signal.NOTED, "nobody-missing")
    bench.offer([listed(n, HOUSE[0]) for n in range(401)], made_s=3)
    assert bench.scan(staff["missing"]) == (Signal.REFUSED, "refused.list-too-long")
    assert missing_slips(bench) == []


def test_a_list_whose_paper_is_in_doubt_is_a_question_after_a_power_cut(make_bench, bench, staff):
    bench.scan(staff["missing"])
    slip = missing_slips(bench)[-1]
    again = make_bench().start()
    assert [job.subject for job in again.state.printing.doubtful] == [slip]
    assert again.shown[-1][1].key == "question.missing"


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.EXPECTED])
def test_whom_the_list_excuses_is_not_missing(make_bench, status):
    table = make_bench().start()
    table.offer([listed(1, HOUSE[0], status=status), listed(2, HOUSE[0])])
    assert standings(table, HOUSE[0]) == {str(Standing(status)): 1, "missing": 1}


def test_counting_looks_at_few_people_in_one_quiet_moment_and_at_all_once_after_many(bench, number):
    asked: list[list[str]] = []
    answer = bench.journal.answer

    def noted(queries):
        asked.append([type(each).__name__ for each in queries])
        return answer(queries)

    bench.journal.answer = noted
    for person in range(20):
        bench.scan(number(person), wait_s=6)
    bench.finish()
    assert max(each.count("ProgressAround") for each in asked) == 8
    for _ in range(3):
        bench.engine.rest()
    assert standings(bench, HOUSE[1]) == {"sampled": 10}
    assert not any("ProgressOfAll" in each for each in asked)
