"""roster key, make, units and missing, as an office and a point call them."""

import csv
import errno
import json
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kiosk.app.roster_file import RosterWatch, read_roster
from kiosk.cli import main
from kiosk.config import read_config
from kiosk.engine.inbox import Inbox, RosterRead, new_inbox
from kiosk.model import Roster
from kiosk.office.signing_keys import read as read_key
from kiosk_file import GOOD
from table_bench import ROUND_KEY, resident_number

HEAD = "楼栋,单元,房号,姓名,身份证号码,备注\n"


def rows(*people: tuple[int, str]) -> str:
    lines = (f"3,{n % 2 + 1},{n % 9 + 1}01,测试甲,{resident_number(n)},{note}\n" for n, note in people)
    return HEAD + "".join(lines)


@pytest.fixture
def office(tmp_path) -> Path:
    """A list of twenty, the round's key and the district's."""
    (tmp_path / "list.csv").write_text(rows(*((n, "卧床" if n == 4 else "") for n in range(1, 21))))
    (tmp_path / "round-key").write_bytes(ROUND_KEY)
    return Path(tmp_path)


@pytest.fixture
def public(call, office) -> str:
    status, out, _ = call("roster", "key", "--out", office / "district.key")
    assert status == 0
    return str(out.rpartition('key = "')[2].partition('"')[0])


def make(call, office: Path, *more: object):
    keys = ("--round-key", office / "round-key", "--key", office / "district.key")
    return call("roster", "make", office / "list.csv", "--round", "r1", *keys, "--out", office / "out", *more)


def config_of(office: Path, public: str) -> Path:
    file = office / "kiosk.toml"
    roster = f'[roster]\nfile = "{office}/out/wy-0352-r1.roster"\nkey = "{public}"\n'
    text = GOOD.replace("2022-05-r1", "r1")
    file.write_text(f"{text}[state]\ndirectory = {json.dumps(str(office))}\n{roster}")
    return file


def test_a_list_becomes_a_file_in_which_nobody_is_in_clear(call, office, public):
    status, out, err = make(call, office, "--point", "wy-0352", "--json")
    assert (status, err) == (0, "")
    file = office / "out" / "wy-0352-r1.roster"
    assert json.loads(out)["points"] == [{"point": "wy-0352", "people": 20, "file": str(file)}]
    assert file.stat().st_mode & 0o777 == 0o600
    found = taken(config_of(office, public))
    assert {(person.unit, person.name) for person in found.people} == {("3号楼1单元", "测**"), ("3号楼2单元", "测**")}
    told = repr(found).encode() + file.read_bytes()
    assert not any(resident_number(n).encode() in told for n in range(1, 21))
    assert "测试甲".encode() not in told


def test_lists_are_parted_by_the_points_of_their_units(call, office, public):
    points = office / "points.csv"
    points.write_text("unit,point\n3号楼1单元,wy-0001\n3号楼,wy-0002\n")
    status, out, _ = make(call, office, "--points", points, "--json")
    assert (status, {each["point"]: each["people"] for each in json.loads(out)["points"]}) == (
        0,
        {"wy-0001": 10, "wy-0002": 10},
    )


def test_a_unit_without_a_point_is_named_and_nothing_is_written(call, office, public):
    points = office / "points.csv"
    points.write_text("3号楼1单元,wy-0001\n")
    status, _, err = make(call, office, "--points", points)
    assert (status, "names no point for: 3号楼2单元. Nothing was written" in err) == (1, True)
    assert not (office / "out").exists()


@pytest.mark.parametrize(
    ("text", "why", "expected"),
    [
        ("3号楼,WY 0352\n", "points that are not 1 to 40 of a-z, 0-9 and -: WY 0352. Nothing was written", 1),
        ("3号楼,../../elsewhere\n", "and -: ../../elsewhere. Nothing was written", 1),
        ("3号楼,wy-0001\n三栋,wy-0002\n", "two points are named for 三栋: wy-0001, wy-0002", 78),
    ],
    ids=["no word of a topic", "a path", "two for a building"],
)
def test_a_point_that_no_kiosk_is_of_and_two_for_a_building_are_named_and_nothing_is_written(
    call, office, public, text, why, expected
):
    (office / "points.csv").write_text(text)
    status, _, err = make(call, office, "--points", office / "points.csv")
    assert (status, why in err) == (expected, True)
    assert sorted(each.name for each in office.iterdir()) == ["district.key", "list.csv", "points.csv", "round-key"]


def test_what_was_read_is_told_as_json_too_where_nothing_is_made(call, office, public):
    (office / "points.csv").write_text("3号楼1单元,wy-0001\n")
    status, out, _ = make(call, office, "--points", office / "points.csv", "--json")
    said = json.loads(out)
    assert (status, said["expected"], "points" in said) == (1, 20, False)


def test_the_rounds_key_is_not_taken_for_the_districts(call, office, public):
    (office / "round-key").write_bytes((office / "district.key").read_bytes())
    status, _, err = make(call, office, "--point", "wy-0352")
    assert (status, "are the same key" in err, (office / "out").exists()) == (78, True, False)


def test_a_list_that_cannot_be_read_is_left_out_not_mended(call, office, public):
    (office / "list.csv").unlink()
    status, _, err = make(call, office, "--point", "wy-0352")
    assert (status, err.splitlines()[-1]) == (1, "Nothing was written: leave these files out.")


@pytest.fixture
def no_space(monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kiosk.journal.disk.os.fsync", full)


def test_points_in_the_words_and_the_encoding_of_an_offices_spreadsheet(call, office, public):
    points = office / "points.csv"
    points.write_bytes("单元,点\n三号楼1单元,wy-0001\n3栋,wy-0002\n".encode("gb18030"))
    status, out, _ = make(call, office, "--points", points, "--json")
    assert (status, [each["people"] for each in json.loads(out)["points"]]) == (0, [10, 10])


def test_a_list_of_nobody_is_no_roster(call, office, public):
    (office / "list.csv").write_text(HEAD)
    status, _, err = make(call, office, "--point", "wy-0352")
    assert (status, err) == (1, "Nobody is in these lists. Nothing was written.\n")


def test_what_no_kiosk_would_take_is_not_written(call, office, public):
    with (office / "list.csv").open("a") as out:
        out.write(f"{'很长的地址' * 25},,,测试乙,{resident_number(50)},\n")
    status, _, err = make(call, office, "--point", "wy-0352")
    assert (status, "longer than 120 characters" in err, (office / "out").exists()) == (1, True, False)


def test_one_bad_row_and_nothing_is_written(call, office, public):
    with (office / "list.csv").open("a") as out:
        out.write("3,1,101,测试乙,1.10199E+17,\n")
    status, out_text, err = make(call, office, "--point", "wy-0352")
    assert (status, "list.csv:22" in out_text, "Nothing was written" in err) == (1, True, True)
    assert not (office / "out").exists()


def test_a_dry_run_writes_nothing(call, office, public):
    assert make(call, office, "--point", "wy-0352", "--dry-run")[0] == 0
    assert not (office / "out").exists()
    assert call("roster", "read", office / "list.csv", "--dry-run")[0] == 0


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [("round-key", "short", "is shorter than 16 bytes"), ("district.key", "no key", "is not 64 hex digits")],
)
def test_a_key_that_is_none_is_named_and_not_shown(call, office, public, file, text, why):
    (office / file).write_text(text)
    status, _, err = make(call, office, "--point", "wy-0352")
    assert (status, why in err, text in err.replace(why, "")) == (78, True, False)


def test_a_key_is_not_written_over(call, office, public):
    before = (office / "district.key").read_bytes()
    status, _, err = call("roster", "key", "--out", office / "district.key")
    assert (status, "is there already" in err, (office / "district.key").read_bytes()) == (73, True, before)


def test_a_key_for_programs(call, office):
    status, out, _ = call("roster", "key", "--out", office / "district.key", "--json")
    public = read_key(office / "district.key").public_key.hex()
    assert (status, json.loads(out)) == (0, {"file": str(office / "district.key"), "key": public})


def test_a_full_disk_leaves_no_half_of_a_key_that_would_bar_the_next(call, office, no_space):
    status, _, err = call("roster", "key", "--out", office / "district.key")
    assert (status, err) == (
        73,
        f"{office}/district.key: No space left on device. No key was made; name another file.\n",
    )
    assert not (office / "district.key").exists()


@pytest.mark.parametrize("point", ["WY", "a/b", "+", ""])
def test_a_point_that_is_no_word_of_a_topic_is_refused(call, office, public, point):
    with pytest.raises(SystemExit):
        make(call, office, "--point", point)


def taken(config: Path) -> Roster:
    table = read_config(config).roster
    assert table is not None
    return read_roster(table, "r1", "wy-0352", ROUND_KEY)


@pytest.fixture
def point(call, office, public, make_bench) -> Path:
    """A kiosk that has taken the list; eleven came, and somebody who is on none."""
    make(call, office, "--point", "wy-0352")
    config = config_of(office, public)
    bench = make_bench().start()
    roster = taken(config)
    bench.engine.take(RosterRead(roster))
    for _ in range(3):
        bench.engine.rest()
    for person in (*range(5, 16), 99):
        bench.scan(resident_number(person))
        bench.finish()
    bench.journal.close()
    return config


def test_how_far_each_unit_is(call, point):
    status, out, _ = call("roster", "units", "--config", point, "--json")
    assert status == 0
    units = {each.pop("unit"): each for each in json.loads(out)["units"]}
    assert units["3号楼1单元"] == {
        "listed": 10,
        "sampled": 5,
        "other-table": 0,
        "elsewhere": 0,
        "exempt": 0,
        "home-visit": 1,
        "moved": 0,
        "died": 0,
        "missing": 4,
    }
    status, out, _ = call("roster", "units", "--config", point)
    assert out.splitlines() == [
        "  3号楼2单元  已采 6  未采 4",
        "  3号楼1单元  已采 5  上门采样 1  未采 4",
        "  全部单元  已采 11  上门采样 1  未采 8",
    ]


def test_who_has_not_come_is_written_by_floor(call, point, tmp_path):
    status, out, err = call("roster", "missing", "--config", point, "--unit", "3号楼1单元")
    assert (status, err) == (0, "未采 4 人\n")
    assert out.splitlines() == [f"3号楼1单元  {flat}  {flat[0]}  测**" for flat in ("101", "301", "301", "801")]
    for name in ("missing.csv", "missing.xlsx"):
        assert call("roster", "missing", "--config", point, "--out", tmp_path / name)[0] == 0
    with (tmp_path / "missing.csv").open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.reader(lines))
    assert (found[0], len(found)) == (["unit", "flat", "floor", "name"], 9)
    sheet = load_workbook(tmp_path / "missing.xlsx")["missing"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()] == found
    assert (tmp_path / "missing.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["missing.csv", "missing.xlsx"])
def test_a_full_disk_leaves_the_file_of_who_has_not_come_as_it_was(call, point, tmp_path, no_space, name):
    (tmp_path / name).write_text("of yesterday")
    before = sorted(tmp_path.iterdir())
    status, _, err = call("roster", "missing", "--config", point, "--out", tmp_path / name)
    assert (status, "No space left on device. Nothing was lost; name another file." in err) == (73, True)
    assert ((tmp_path / name).read_text(), sorted(tmp_path.iterdir())) == ("of yesterday", before)


def test_a_folder_or_another_ending_is_no_file_for_who_has_not_come(call, point, tmp_path):
    assert call("roster", "missing", "--config", point, "--out", tmp_path)[0] == 73
    with pytest.raises(SystemExit):
        call("roster", "missing", "--config", point, "--out", tmp_path / "missing.txt")


def test_a_unit_is_found_as_a_list_may_write_it(call, point):
    assert call("roster", "missing", "--config", point, "--unit", "三栋1单元")[::2] == (0, "未采 4 人\n")


def test_a_unit_that_is_not_there_and_a_kiosk_without_a_list_say_so(call, point, office, make_bench):
    status, out, err = call("roster", "missing", "--config", point, "--unit", "9号楼")
    assert (status, out, err) == (1, "", "名单里没有 9号楼，只有 3号楼2单元, 3号楼1单元\n")
    (office / "journal.sqlite").unlink()
    make_bench().journal.close()
    assert call("roster", "units", "--config", point)[::2] == (1, "本机没有轮次 r1 的应采名单\n")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('point = "wy-0352"', 'point = "wy-0353"', "is of round r1 and point wy-0352"),
        ("PUBLIC", "00" * 32, "signed by a key that is not known"),
        (".roster", ".rosta", "No such file or directory. Put the roster of this point and round there whole"),
    ],
    ids=["another point", "another key", "no file"],
)
def test_check_says_why_a_roster_would_not_be_taken(call, office, public, old, new, why):
    make(call, office, "--point", "wy-0352")
    config = config_of(office, public)
    assert call("check", "--config", config)[0] == 0
    config.write_text(config.read_text().replace(old.replace("PUBLIC", public), new))
    status, _, err = call("check", "--config", config)
    assert (status, why in err) == (78, True)


def watched(inbox: Inbox, watch: RosterWatch) -> list[RosterRead]:
    watch.look()
    found = []
    while inbox._turns:  # noqa: SLF001 - whether anything lies in it
        item = inbox.get(timeout=0)
        assert isinstance(item, RosterRead)
        found.append(item)
    return found


def test_a_file_is_read_when_it_comes_and_when_another_does(office, said):
    def call(*arguments):
        assert main(list(map(str, arguments))) == 0

    call("roster", "key", "--out", office / "district.key")
    public = read_key(office / "district.key").public_key.hex()
    inbox, file = new_inbox(), office / "out" / "wy-0352-r1.roster"
    watch = RosterWatch(inbox, (file,), lambda _: taken(config_of(office, public)), lambda: 0)
    assert watched(inbox, watch) == watched(inbox, watch) == []
    make(call, office, "--point", "wy-0352")
    assert [len(item.roster.people) for item in watched(inbox, watch)] == [20]
    assert watched(inbox, watch) == []
    file.write_bytes(file.read_bytes()[:-9])
    assert watched(inbox, watch) == []
    assert watched(inbox, watch) == []
    refused = [record["why"] for record in said() if record.get("event") == "roster-not-taken"]
    assert len(refused) == 2, "once while there was none, once of a torn one"
    make(call, office, "--point", "wy-0352")
    assert len(watched(inbox, watch)) == 1


def test_a_list_with_nothing_in_it_is_not_told_to_lack_a_header(call, office):
    (office / "list.csv").write_text("\n,,\n")
    status, _, err = call("roster", "read", office / "list.csv")
    assert (status, err) == (1, f"{office}/list.csv: 是空文件：请从原表重新另存\n")
