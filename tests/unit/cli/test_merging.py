"""export, merge and clashes: the people of a bag that no network joined."""

import json
import os
import shutil
from pathlib import Path

import pytest

from kiosk.app.brought import BroughtWatch
from kiosk.app.forgetting import forget
from kiosk.app.table import _plan
from kiosk.config import read_config
from kiosk.engine.inbox import SheetRead, new_inbox
from kiosk.messages import Address
from kiosk.model import Status
from kiosk_file import GOOD
from point_bench import Point
from table_bench import listed, resident_number


@pytest.fixture
def point(tmp_path):
    """Table a and a bag; the bag visits three, of whom one was at the table, and one is exempt."""
    made = Point(tmp_path, names=("a", "bag"))
    made.cut = {"a", "bag"}
    for name, people in (("a", (1, 2)), ("bag", (2, 3, 4))):
        for person in people:
            made.tables[name].scan(resident_number(person))
            made.tables[name].finish()
    yield made
    made.close()


def config_of(folder: Path, name: str) -> Path:
    file = folder / f"{name}.toml"
    text = GOOD.replace("2022-05-r1", "r1").replace('kiosk = "a"', f'kiosk = "{name}"')
    text = text.replace('region = "cn-511781"', 'region = "cn"')
    file.write_text(f"{text}[state]\ndirectory = {json.dumps(str(folder / name))}\n")
    return file


@pytest.fixture
def stick(call, point, tmp_path) -> Path:
    (tmp_path / "stick").mkdir()
    status, _, err = call("export", "--config", config_of(tmp_path, "bag"), "--usb", tmp_path / "stick")
    assert (status, err) == (0, "")
    return Path(tmp_path / "stick")


def test_what_a_stick_brings_is_taken_and_every_clash_is_listed(call, point, stick, tmp_path):
    config = config_of(tmp_path, "a")
    status, out, _ = call("merge", stick, "--config", config, "--json")
    said = json.loads(out)
    assert (status, said["kiosks"], said["people"], said["passed"]) == (1, ["bag"], 3, [])
    (clash,) = said["clashes"]
    assert (clash["table"], clash["other_table"], clash["number"][-4:]) == ("a", "bag", resident_number(2)[-4:])
    inbox = new_inbox()
    watch = BroughtWatch(inbox, tmp_path / "a", Address("cn", "r1", "wy-0352", "a"), lambda: 0)
    for _ in range(2):
        watch.look()
    item = inbox.get(timeout=0)
    assert isinstance(item, SheetRead)
    table = point.tables["a"]
    table.engine.take(item)
    point.rest("a")
    assert table.scan(resident_number(3))[1] == "refused.sampled-at-table"
    assert table.scan(resident_number(5))[1] == "accepted"
    status, out, _ = call("clashes", "--config", config, "--json")
    assert (status, json.loads(out)) == (1, [clash])
    assert inbox._turns == type(inbox._turns)(), "the same file is read once"  # noqa: SLF001


def test_a_dry_run_changes_nothing(call, point, stick, tmp_path):
    status, out, _ = call("merge", stick, "--config", config_of(tmp_path, "a"), "--dry-run")
    assert (status, out.splitlines()[1:]) == (
        1,
        ["来自 bag：3 人，其中 1 人在两台都采了样", "只是试运行，什么都没有改；去掉 --dry-run 再运行，本机才会并入"],
    )
    assert not (tmp_path / "a" / "brought").exists()


def test_who_is_at_two_other_tables_is_listed_by_the_roster_s_mask(call, point, stick, tmp_path):
    table = point.tables["a"]
    table.offer([listed(4, "1号楼")])
    table.hear("b", 4)
    clashes = json.loads(call("merge", stick, "--config", config_of(tmp_path, "a"), "--json")[1])["clashes"]
    assert [(each["name"], each["table"], each["other_table"]) for each in clashes][1:] == [("测**", "b", "bag")]


def test_who_was_visited_by_two_bags_is_listed_though_one_stick_brings_both_and_once_only(call, tmp_path, staff):
    """No table has that person: nobody else would tell it."""
    made = Point(tmp_path, names=("a", "bag", "bag-2"))
    made.cut = {"a", "bag", "bag-2"}
    stick, config = tmp_path / "stick", config_of(tmp_path, "a")
    stick.mkdir()

    def merged() -> list[tuple[str, str]]:
        for name in ("bag", "bag-2"):
            call("export", "--config", config_of(tmp_path, name), "--usb", stick)
        clashes = json.loads(call("merge", stick, "--config", config, "--json")[1])["clashes"]
        return [(each["table"], each["other_table"]) for each in clashes]

    for name, people in (("bag", (1, 2)), ("bag-2", (3, 2))):
        for person in people:
            made.tables[name].scan(resident_number(person))
            made.tables[name].finish()
    assert merged() == [("bag", "bag-2")]
    inbox = new_inbox()
    BroughtWatch(inbox, tmp_path / "a", Address("cn", "r1", "wy-0352", "a"), lambda: 0).look()
    for _ in range(2):
        made.tables["a"].engine.take(inbox.get(timeout=0))
    made.rest("a")
    assert merged() == [("bag", "bag-2")]
    made.tables["bag-2"].scan(staff["void-last"])
    made.tables["bag-2"].scan(staff["yes"])
    assert merged() == [], "what a later word takes back holds no more"
    made.close()


def test_a_torn_file_is_named_and_the_others_are_taken(call, point, stick, tmp_path):
    (file,) = stick.rglob("people-*-0.json")
    torn = file.with_name(file.name.replace("-0.json", "-1.json"))
    torn.write_bytes(file.read_bytes()[:-20])
    status, _, err = call("merge", stick, "--config", config_of(tmp_path, "a"))
    assert (status, err) == (1, f"{torn}：不是本采样点本轮次的文件，或读不出来，未并入\n")
    assert [each.name for each in (tmp_path / "a" / "brought" / "bag").iterdir()] == [file.name]


@pytest.mark.parametrize("kind", ["pipe", "link", "huge"])
def test_what_is_no_plain_file_of_a_sheets_size_is_not_read(call, point, stick, tmp_path, kind):
    """A stick is anybody's: a pipe would hang, and a link lead elsewhere."""
    file = next(stick.rglob("people-*.json"))
    strange = file.with_name(file.name.replace("-0.json", "-7.json"))
    match kind:
        case "pipe":
            os.mkfifo(strange)
        case "link":
            strange.symlink_to(file)
        case "huge":
            with strange.open("wb") as made:
                made.truncate(2**20 + 1)
    status, _, err = call("merge", stick, "--config", config_of(tmp_path, "a"))
    assert (status, err) == (1, f"{strange}：不是本采样点本轮次的文件，或读不出来，未并入\n")


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_taken(call, point, stick, tmp_path, monkeypatch):
    file = next(stick.rglob("people-*-0.json"))
    bad = file.with_name(file.name.replace("-0.json", "-3.json"))
    bad.write_bytes(b"")
    whole = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path == bad:
            raise OSError(5, "Input/output error")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    status, out, _ = call("merge", stick, "--config", config_of(tmp_path, "a"), "--json")
    said = json.loads(out)
    assert (status, said["people"], said["passed"]) == (1, 3, [{"file": str(bad), "why": "strange"}])


def test_of_copies_the_latest_is_taken_once_and_an_older_stick_changes_nothing(call, point, stick, tmp_path, staff):
    config = config_of(tmp_path, "a")
    older = tmp_path / "older"
    shutil.copytree(stick, older)
    point.tables["bag"].scan(resident_number(5))
    point.tables["bag"].finish()
    call("export", "--config", config_of(tmp_path, "bag"), "--usb", stick)
    # Somebody has put the earlier export beside it, in folders that are read before and after.
    shutil.copytree(older, stick / "a-copy")
    shutil.copytree(older, stick / "z-copy")
    said = json.loads(call("merge", stick, "--config", config, "--json")[1])
    assert (said["people"], len(said["clashes"])) == (4, 1)
    assert sorted({each["why"] for each in said["passed"]}) == ["older"]
    (taken,) = (tmp_path / "a" / "brought" / "bag").glob("people-*-0.json")
    assert len(json.loads(taken.read_bytes())["people"]) == 4
    status, out, err = call("merge", older, "--config", config, "--json")
    assert (status, json.loads(out)["people"], len(json.loads(taken.read_bytes())["people"])) == (0, 0, 4)
    assert err == f"{next(older.rglob('people-*-0.json'))}：本机已有较新的一份，略过\n"


def test_a_stick_of_another_round_key_is_told_and_not_taken(call, point, stick, tmp_path):
    for name, key in (("a", b"ours"), ("bag", b"theirs")):
        point.tables[name].journal.keys(key, b"here")
    call("export", "--config", config_of(tmp_path, "bag"), "--usb", stick)
    status, out, err = call("merge", stick, "--config", config_of(tmp_path, "a"))
    assert (status, "轮次密钥与本台不同" in err, "0 人" in out) == (1, True, True)
    assert not (tmp_path / "a" / "brought").exists()


def test_a_stick_with_nothing_for_this_point_says_what_to_do(call, point, stick, tmp_path):
    shutil.rmtree(stick / "kiosk-export")
    status, out, err = call("merge", stick, "--config", config_of(tmp_path, "a"))
    assert (status, out, "kiosk export --usb" in err) == (1, "", True)


@pytest.mark.parametrize("name", ["no-stick", "a.toml"])
def test_what_is_no_folder_is_not_told_as_a_stick_without_people(call, point, tmp_path, name):
    status, out, err = call("merge", tmp_path / name, "--config", config_of(tmp_path, "a"))
    assert (status, out, err.startswith(f"{tmp_path / name}: No"), "Nothing was changed" in err) == (69, "", True, True)


def test_a_bag_lists_whom_it_is_to_visit(make_bench, staff):
    table = make_bench(visits=True).start()
    table.finish()
    statuses = (Status.EXPECTED, Status.HOME_VISIT, Status.DIED)
    table.offer([listed(n, "1号楼", status=status) for n, status in enumerate(statuses)])
    table.scan(staff["missing"])
    assert [len(job.subject.absent) for job in table.sent if job.kind == "missing"] == [1]


def test_what_a_stick_brought_in_an_earlier_round_is_forgotten_with_the_first_start_in_another(
    call, point, stick, tmp_path
):
    call("merge", stick, "--config", config_of(tmp_path, "a"))
    point.tables["a"].journal.keys(b"a round that has begun", b"here")
    point.tables["a"].journal.close()
    config = read_config(config_of(tmp_path, "a"))
    forget(config, point.tables["a"].clock())
    assert list((tmp_path / "a" / "brought").rglob("*.json")) != []
    later = config.model_copy(update={"point": config.point.model_copy(update={"round": "r2"})})
    forget(later, point.tables["a"].clock())
    assert list((tmp_path / "a" / "brought").rglob("*.json")) == []


def test_a_kiosk_without_a_broker_heeds_what_a_stick_brings(point, tmp_path):
    config = read_config(config_of(tmp_path, "a"))
    assert config.broker is None
    assert _plan(config, "").tables
