"""docs/a-morning.md as it happens: at its end rosters, tubes, vouchers, manifests, records and counts agree to the
person, and who is missing are exactly the nine who did not come."""

import json
import time
from pathlib import Path

import pytest
from forenoon import resident
from morning import Resident, a_morning, on_paper

from kiosk.cli import main
from kiosk.virtual.broker import broker

A_UNIT = 40
GONE, ADDED = {7, 17}, (240, 241, 242)
ABSENT = {27, 37, 47, 57, 67, 87, 127, 167, 187}
EXEMPT = {3: "vaccinated", 43: "recovered", 83: "under-age", 123: "vaccinated", 163: "bedridden"}
WALK_INS = range(250, 258)
VISITED = range(200, 240)


def living_at(serial: int) -> Resident:
    """Three buildings of two stairwells, four flats a floor; those of the last are visited."""
    unit, place = (0, serial - 200) if serial >= 240 else divmod(serial, A_UNIT)
    flat = f"{place // 4 + 1}{place % 4 + 1:02d}"
    return Resident(serial, unit // 2 + 1, unit % 2 + 1, flat, "上门采样" if serial in VISITED else "")


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_a_morning_at_a_point(rig, tmp_path):  # noqa: C901 - one morning
    (tmp_path / "broker").mkdir()
    with broker(tmp_path / "broker") as between, a_morning(tmp_path, between) as point, point.staff_page() as page:
        days = point.days
        point.list_residents(map(living_at, range(240)))
        since = point.marks()
        for day in days.values():
            day.start()
        point.taken(since)
        page.until("#units tbody tr:nth-child(6)", "3号楼2单元")
        comes = [n for n in range(200) if n not in ABSENT | GONE | EXEMPT.keys()]
        at = {name: comes[number::3] for number, name in enumerate("abc")}

        # The first two buildings come down, each to one of three tables; table a runs out of paper meanwhile, and at
        # table c tubes are the supplier's. The bag goes from door to door.
        def at_a() -> None:
            point.come("a", at["a"][:20])
            days["a"].settled()
            mark = len(days["a"].table.daemon.records)
            days["a"].table.printer.paper_out()
            told = days["a"].table.daemon.wait_for(lambda r: r.get("key") == "refused.paper-out", 20, mark)
            assert told
            page.until("#faults li", "缺纸")
            point.come("a", at["a"][20:21], "refused.paper-out")
            mark = len(days["a"].table.daemon.records)
            days["a"].table.printer.load_paper()
            assert days["a"].table.daemon.wait_for(lambda r: r.get("signal") == "ready", 20, mark)
            page.until("#faults .none", "一切正常")
            point.come("a", at["a"][20:30])

        def at_c() -> None:
            days["c"].settled()
            days["c"].staff("tube", "tube-asked")
            days["c"].scan("TB0000000001", "tube-opened")
            point.come("c", at["c"][:30])
            days["c"].settled()

        point.at_once(at_a, lambda: point.come("b", at["b"][:30]), at_c, lambda: point.come("h", VISITED))
        for name, people in (("a", 60), ("b", 60), ("c", 60)):
            point.heard(name, people)
        page.until("[data-count=people]", str(point.column("a", "SELECT count(*) FROM samples WHERE void = 0")[0]))
        page.until("#heard", "b ")

        # Twelve come again, four of them at another table.
        for name, twice in (("a", at["a"][:3]), ("b", at["b"][:3]), ("c", at["c"][:2])):
            point.come(name, twice, "refused.already-sampled")
        for there, person in (("b", at["a"][4]), ("c", at["b"][4]), ("a", at["c"][4]), ("c", at["a"][5])):
            point.come(there, [person], "refused.sampled-at-table")

        # Five are not swabbed, whichever table they come to.
        for number, (person, why) in enumerate(EXEMPT.items()):
            name = "abc"[number % 3]
            days[name].staff(f"exempt-{why}", "exempt-asked")
            days[name].scan(resident(person), f"exempted.{why}")

        # The first box is handed over at table c. Then its card dies: its people come back from its own sheets.
        first = point.hand_over("c")
        point.told_of(first)
        of_c = set(at["c"][:30])
        assert [len(first), point.column("c", "SELECT count(*) FROM samples WHERE void = 0")[0]] == [3, 30]
        days["c"].table.daemon.kill()
        for file in days["c"].table.state.glob("journal.sqlite*"):
            file.unlink()
        mark = point.marks()
        days["c"].start()
        point.taken({"c": mark["c"]})
        days["c"].settled()
        time.sleep(1.2)
        days["c"].staff("yes", "noted")
        point.heard("c", 90)
        point.come("c", at["c"][8:10], "refused.sampled-at-table")

        # The network is cut. Each goes on; at table b the plug is pulled.
        between.stop()
        page.until("#centre", "已断开")
        page.until("#faults li", "与中心断开，照常登记")
        point.at_once(
            lambda: point.come("a", at["a"][30:45]),
            lambda: point.come("b", at["b"][30:40]),
            lambda: point.come("c", (*at["c"][30:40], *WALK_INS[:4])),
        )
        days["b"].table.daemon.kill()
        days["b"].start()
        days["b"].settled()
        point.come("b", at["b"][40:45])
        between.start()
        page.until("#centre", "已连接")

        # A late list: three are added, two have moved away. The bag comes back, and its stick goes from table to table.
        time.sleep(1.1)  # Lists are told apart by the second in which they were made.
        mark = point.marks()
        point.list_residents(map(living_at, [n for n in range(243) if n not in GONE]))
        point.taken({name: mark[name] for name in "abc"})
        days["h"].settled()
        days["h"].staff("seal", "tube-sealed", "refused.nothing-to-do")
        time.sleep(11)
        days["h"].table.daemon.stop()
        stick = tmp_path / "stick"
        stick.mkdir()
        assert main(["export", "--config", str(tmp_path / "h" / "kiosk.toml"), "--usb", str(stick)]) == 0
        for name in "abc":
            assert main(["merge", str(stick), "--config", str(tmp_path / name / "kiosk.toml")]) == 0, "no clash"
        for name, people in (("a", 129), ("b", 129), ("c", 160)):
            point.heard(name, people)
        point.come("a", VISITED[:1], "refused.sampled-at-table")

        # All others come.
        point.at_once(
            lambda: point.come("a", (*at["a"][45:], *ADDED)),
            lambda: point.come("b", (*at["b"][45:], *WALK_INS[4:])),
            lambda: point.come("c", at["c"][40:]),
        )
        sampled = {*comes, *WALK_INS, *ADDED, *VISITED}
        kept = {name: set(map(str, point.column(name, "SELECT voucher FROM samples WHERE void = 0"))) for name in days}
        for name in "abc":
            point.heard(name, len(sampled) - len(kept[name]))

        # The other boxes leave.
        codes = [*first, *(code for name in "abc" for code in point.hand_over(name))]
        point.told_of(codes)

        # Rosters: every table knows the same, and who is missing are exactly the nine.
        nine = {(living_at(n).stairwell, living_at(n).flat) for n in ABSENT}
        end = time.monotonic() + 20
        while any(sum(u["missing"] for u in point.units(name).values()) != 9 for name in "abc"):
            assert time.monotonic() < end, [point.units(name) for name in "abc"]
            time.sleep(0.3)
        for name in "abc":
            assert point.missing(name) == nine
            units = point.units(name)
            assert {unit: each["sampled"] + each["other_table"] for unit, each in units.items()} == {
                unit: sum(living_at(n).stairwell == unit for n in sampled if n < 250) for unit in units
            }
            assert sum(each["exempt"] for each in units.values()) == len(EXEMPT)
            assert sum(each["listed"] for each in units.values()) == 241
        # What staff of table a see agrees with it.
        end = time.monotonic() + 20
        seen: dict[str, list[int]] = {}
        while sum(missing for *_, missing in seen.values()) != 9:
            assert time.monotonic() < end, seen
            rows = page.rows("#units tbody tr")
            seen = {row[0].removesuffix("正在叫").strip(): [int(cell) for cell in row[1:]] for row in rows}
        assert {unit: each["listed"] for unit, each in point.units("a").items()} == {
            u: row[0] for u, row in seen.items()
        }
        page.until("[data-count=people]", str(len(kept["a"])))
        assert page.faults() == []

        for name in "abc":
            days[name].table.daemon.stop()
        centre = days["a"].centre

        # Tubes and vouchers: each person one place and one unmarked voucher, whatever became of the journal.
        vouchers = on_paper(days.values())
        assert len(vouchers) == len(set(vouchers)) == len(sampled)
        assert set().union(*kept.values()) <= set(vouchers)
        assert len(vouchers) - sum(map(len, kept.values())) == len(of_c), "those of the journal that was lost"

        # Manifests and records.
        boxes = [box for day in days.values() for box in day.manifests().values()]
        assert len(boxes) == 4
        assert sum(box.people for box in boxes) == len(sampled) - len(VISITED)
        records = {code: r for code, r in point.records().items() if r["state"] == "handed-over"}
        numbers = [n for r in records.values() for n in days[r["kiosk"]].opened(r)]
        assert sorted(numbers) == sorted(resident(n) for n in sampled - set(VISITED))
        brought = [json.loads(file.read_bytes()) for file in stick.rglob("tubes-*.json")]
        assert sorted(n for r in brought for n in days["h"].opened(r)) == sorted(map(resident, VISITED))

        # Counts, each life of a journal by itself.
        counts = {(each["kiosk"], each["epoch"]): each for each in point.counts().values()}
        assert sum(each["samples"] - each["voided"] for each in counts.values()) == len(sampled) - len(VISITED)
        assert sorted(kiosk for kiosk, _ in counts) == ["a", "b", "c", "c"]

        # Nobody's number is anywhere in clear: state folders, logs, sheets, the stick, what the broker told.
        left = b"".join(day.files() for day in days.values()) + repr(centre.received).encode()
        left += b"".join(file.read_bytes() for file in stick.rglob("*") if file.is_file())
        left += b"".join(file.read_bytes() for file in Path(tmp_path / "rosters").iterdir())
        assert [n for n in range(258) if resident(n).encode() in left] == []
