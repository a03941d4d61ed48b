"""Whom the kiosk met in a round that is long over is forgotten, in every byte, whenever the plug is pulled."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kiosk.credentials import Identity, person, staff_codes
from kiosk.credentials.sealing import Authority
from kiosk.engine.engine import Secrets
from kiosk.engine.inbox import RosterRead
from kiosk.journal import Journal, JournalUnwilling, found_again, is_due, purge
from kiosk.model import Roster, RosterHead
from small_disk import WHY_NOT, can_mount, fill, free_bytes, small_disk
from table_bench import ROUND_KEY, STAFF_KEY, Bench, listed, plan_of, resident_number

STAFF = {str(action): text for text, action in staff_codes(STAFF_KEY).items()}
FILES = ["journal.lease", "journal.mark", "journal.sqlite"]
DAY_MS = 86_400_000
NOON_MS = 1_653_000_000_000
PUBLIC_KEY = bytes.fromhex("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")
CUT = """
import os, sys
from pathlib import Path
from kiosk.journal import disk, purging

left = int(sys.argv[2])

def cut_before(do):
    def doing(*given, **named):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return do(*given, **named)
    return doing

for room, name in ((purging, "sync"), (purging, "overwrite"), (purging, "begin_like"), (purging, "_forget"),
                   (purging, "another_name"), (disk, "overwrite"), (Path, "unlink"), (Path, "replace"),
                   (Path, "touch"), (Path, "hardlink_to")):
    setattr(room, name, cut_before(getattr(room, name)))
purging.purge(Path(sys.argv[1]), "r2", 86_400_000, 1_653_000_000_000 + 3 * 86_400_000)
"""


def serve(folder: Path, round_id: str, people: range, acknowledged: bool = True) -> Bench:
    """One power-on in that round; the broker takes all that it is told, or nothing."""
    bench = Bench(folder / "journal.sqlite", plan_of(pool_size=2, records=True), round_id=round_id)
    authority = Authority(PUBLIC_KEY, f"cn/{round_id}/wy-0352/a")
    bench.engine._secrets = Secrets(ROUND_KEY, authority)  # noqa: SLF001
    bench.journal.keys(b"round", b"voucher")
    bench.start()
    for serial in people:
        bench.scan(resident_number(serial))
        bench.finish()
    bench.seconds += 11
    bench.engine.rest()
    if acknowledged:
        bench.journal.acknowledge(bench.published)
    return bench


@pytest.fixture
def journal(tmp_path):
    """Five people of a round, two of the next, of whom one came in both."""
    serve(tmp_path, "r1", range(1, 6)).journal.close()
    serve(tmp_path, "r2", range(5, 7)).journal.close()
    return tmp_path / "journal.sqlite"


def forget(journal, now_ms=NOON_MS + 3 * DAY_MS, **named):
    return purge(journal, "r2", DAY_MS, now_ms, **named)


def masked(serial):
    return f"{'*' * 14}{resident_number(serial)[-4:]}".encode()


def key(serial):
    return person(Identity(f"id:{resident_number(serial)}", ""), ROUND_KEY).key


def test_they_are_gone_from_every_byte_and_all_else_stays(journal, make_bench):
    before = b"".join(file.read_bytes() for file in journal.parent.iterdir())
    assert all(trace(serial) in before for serial in range(1, 6) for trace in (masked, key))
    done = forget(journal)
    assert (done.rounds, done.people, done.waits) == (("r1",), 5, ())
    after = b"".join(file.read_bytes() for file in journal.parent.iterdir())
    assert [serial for serial in range(1, 7) if masked(serial) in after] == [5, 6]
    assert [serial for serial in range(1, 7) if key(serial) in after] == [5, 6]
    assert sorted(file.name for file in journal.parent.iterdir()) == FILES
    with closing(sqlite3.connect(journal)) as database:
        rows = database.execute("SELECT round, count(*), count(sealed), max(name) FROM samples GROUP BY round")
        assert rows.fetchall() == [("r1", 5, 0, ""), ("r2", 2, 2, "")]


def test_the_kiosk_goes_on_as_the_same_and_knows_who_came_in_its_round(journal):
    with Journal(journal, "r2") as opened:
        before = opened.restore("0352")
    forget(journal)
    bench = Bench(journal, plan_of(pool_size=2), round_id="r2").start()
    assert (bench.state.counters.epoch, bench.state.counters.totals) == (before.counters.epoch, before.counters.totals)
    assert bench.scan(resident_number(6))[1] == "refused.already-sampled"
    bench.journal.close()


@pytest.mark.parametrize(
    ("days", "gone"),
    [(0.5, ()), (1.5, ("r1",))],
)
def test_only_what_is_older_than_the_point_wants(journal, days, gone):
    assert forget(journal, now_ms=NOON_MS + int(days * DAY_MS)).rounds == gone


def test_without_a_clock_the_last_time_that_the_journal_knows_is_now(journal):
    assert forget(journal, now_ms=None).rounds == ()


def test_a_day_that_was_wrong_once_makes_nothing_older_than_it_is(journal):
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute("UPDATE samples SET wall_ms = wall_ms + ? WHERE round = 'r2'", (4000 * DAY_MS,))
    assert forget(journal, now_ms=NOON_MS + DAY_MS // 2).rounds == ()


def test_whom_a_roster_and_other_tables_named_is_forgotten_too(tmp_path):
    """Who never came as well: an old list is as good as its round, and dated by when it was made."""
    bench = serve(tmp_path, "r1", range(1, 3))
    bench.offer([listed(n, "1号楼") for n in range(1, 9)], made_s=NOON_MS // 1000)
    bench.hear("b", 11, 12)
    for code in ("H" * 40, STAFF["same-person"], "H" * 40, resident_number(8), STAFF["missing"]):
        bench.scan(code)
        bench.finish()
    bench.journal.acknowledge(bench.published)
    bench.journal.close()
    serve(tmp_path, "r2", range(5, 6)).journal.close()
    journal = tmp_path / "journal.sqlite"
    keys = {listed(n, "").key[:16] for n in (*range(1, 9), 11, 12)} - {listed(5, "").key[:16]}
    assert len([key for key in keys if key in journal.read_bytes()]) == 9
    done = forget(journal)
    assert (done.rounds, done.people) == (("r1",), 11), "eight who were listed, one by a health code, two elsewhere"
    assert [key for key in keys if key in journal.read_bytes()] == []
    with closing(sqlite3.connect(journal)) as database:
        assert database.execute("SELECT absent FROM missing_lists").fetchall() == [("[]",)]


def test_a_list_of_a_round_that_nobody_came_in_is_forgotten(tmp_path):
    bench = serve(tmp_path, "r1", range(0))
    bench.offer([listed(n, "1号楼") for n in range(3)], made_s=NOON_MS // 1000)
    bench.journal.close()
    serve(tmp_path, "r2", range(5, 6)).journal.close()
    assert forget(tmp_path / "journal.sqlite").people == 3


def test_a_list_that_was_cut_off_and_whom_other_tables_named_go_although_nobody_came(tmp_path):
    bench = serve(tmp_path, "r1", range(0))
    bench.engine.take(RosterRead(Roster("r1", "wy-0352", RosterHead(5, ("1号楼",)), tuple(LONG_LIST))))
    bench.engine.rest()
    bench.journal.close()
    bench = serve(tmp_path, "r0", range(0))
    bench.hear("b", 11, 12)
    bench.journal.close()
    serve(tmp_path, "r2", range(5, 6)).journal.close()
    journal = tmp_path / "journal.sqlite"
    done = forget(journal)
    assert (set(done.rounds), done.people) == ({"r0", "r1"}, 512 + 2)
    assert [n for n in (*range(100, 999), 11, 12) if listed(n, "").key[:16] in journal.read_bytes()] == []


LONG_LIST = [listed(n, "1号楼") for n in range(100, 999)]


def test_a_list_of_an_office_whose_clock_is_wrong_keeps_nobody_longer(tmp_path):
    bench = serve(tmp_path, "r1", range(1, 3))
    bench.offer([listed(n, "1号楼") for n in range(3)], made_s=NOON_MS // 1000 + 4000 * 86_400)
    bench.journal.acknowledge(bench.published)
    bench.journal.close()
    serve(tmp_path, "r2", range(5, 6)).journal.close()
    assert forget(tmp_path / "journal.sqlite").rounds == ("r1",)


def test_what_the_centre_does_not_have_waits_until_it_is_told_to_go_anyway(tmp_path):
    serve(tmp_path, "r1", range(1, 4), acknowledged=False).journal.close()
    serve(tmp_path, "r2", range(0), acknowledged=False).journal.close()
    journal = tmp_path / "journal.sqlite"
    assert (forget(journal).rounds, forget(journal).waits) == ((), ("r1",))
    assert forget(journal, anyway=True).people == 3
    with closing(sqlite3.connect(journal)) as database:
        assert database.execute("SELECT count(*) FROM outbox WHERE topic LIKE '%/r1/%/tubes/%'").fetchone() == (0,)


def test_who_is_in_a_tube_that_was_never_closed_waits_until_the_next_round_told_of_it(tmp_path):
    serve(tmp_path, "r1", range(1, 6)).journal.close()
    journal = tmp_path / "journal.sqlite"
    assert (forget(journal).rounds, forget(journal).waits) == ((), ("r1",))
    serve(tmp_path, "r2", range(0)).journal.close()
    assert (forget(journal).rounds, forget(journal).waits) == (("r1",), ())


def test_a_round_that_is_named_goes_however_young_but_never_the_present_one(journal):
    assert forget(journal, now_ms=NOON_MS, rounds=["r1", "r2"]).rounds == ("r1",)


def test_who_is_forgotten_already_is_not_searched_for(journal):
    forget(journal)
    again = forget(journal, rounds=["r1"])
    assert (again.people, again.traces) == (0, frozenset())


def test_it_is_looked_at_once_a_round_and_after_a_cut(journal):
    assert (is_due(journal, "r2"), is_due(journal, "r3")) == (False, True)
    journal.with_name("purging").touch()
    assert is_due(journal, "r2")


def test_whoever_searches_finds_what_is_left(journal):
    copy = journal.with_name("journal-damaged-1.sqlite")
    shutil.copy(journal, copy)
    done = forget(journal)
    assert found_again([copy], done.traces) >= 8
    assert found_again([journal], done.traces) == 0


def test_nothing_of_them_goes_by_another_folder(tmp_path):
    """SQLite's own temporary files have no name for long, but their folder tells by its time that there was one."""
    other, state = tmp_path / "other", tmp_path / "state"
    other.mkdir()
    state.mkdir()
    serve(state, "r1", range(1, 301)).journal.close()
    before = other.stat().st_mtime_ns
    uncut = (sys.executable, "-c", CUT, str(state / "journal.sqlite"), "-1")
    subprocess.run(uncut, check=True, env={**os.environ, "SQLITE_TMPDIR": str(other)})
    assert masked(1) not in (state / "journal.sqlite").read_bytes()
    assert other.stat().st_mtime_ns == before


def cut(journal, at):
    run = subprocess.run([sys.executable, "-c", CUT, str(journal), str(at)], check=False, capture_output=True)
    assert run.returncode in (0, 9), run.stderr
    return run.returncode == 9


@pytest.mark.parametrize("ends", ["as its process does", "in good order"])
def test_the_log_of_a_kiosk_is_overwritten_however_it_ended(tmp_path, ends):
    bench = serve(tmp_path, "r1", range(1, 6))
    with (tmp_path / "journal.sqlite-wal").open("rb") as held:
        if ends == "in good order":
            bench.journal.close()
        else:
            bench.journal.abandon()
            Journal(tmp_path / "journal.sqlite", "r1").abandon()
        log = held.read()
    assert (len(log) > 1000, set(log)) == (True, {0})


def has_all_of_them(journal):
    with closing(sqlite3.connect(journal)) as database:
        return database.execute("SELECT count(*) FROM samples WHERE round = 'r1' AND number <> ''").fetchone() == (5,)


@pytest.mark.slow
def test_a_plug_pulled_at_any_step_leaves_a_journal_and_the_next_start_ends_it(journal, tmp_path_factory):
    at, was_cut = 0, True
    while was_cut:
        folder = tmp_path_factory.mktemp("cut") / "state"
        shutil.copytree(journal.parent, folder)
        again = folder / "journal.sqlite"
        was_cut = cut(again, at)
        with Journal(again, "r2") as opened:
            assert opened.restore("0352").counters.totals.samples == 2
        if is_due(again, "r2") or has_all_of_them(again):
            forget(again)
        assert sorted(file.name for file in folder.iterdir()) == FILES, at
        held = b"".join(file.read_bytes() for file in folder.iterdir())
        assert [serial for serial in range(1, 7) if masked(serial) in held] == [5, 6], at
        at += 1
    assert at > 12


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason=WHY_NOT)
def test_a_disk_that_is_full_at_any_step_has_no_less_space_afterwards(tmp_path):
    state, small, done = tmp_path / "state", tmp_path / "small", []
    state.mkdir()
    serve(state, "r1", range(1, 101)).journal.close()
    with small_disk(small, 2):
        for leave in range(1 << 14, 1 << 18, 1 << 14):
            shutil.copytree(state, small, dirs_exist_ok=True)
            fill(small / "ballast", leave)
            try:
                done.append(forget(small / "journal.sqlite").people)
            except JournalUnwilling:
                done.append(0)
            assert "journal.sqlite-fresh" not in {file.name for file in small.iterdir()}, leave
            assert free_bytes(small) >= leave - (1 << 14), leave
            for file in small.iterdir():
                file.unlink()
    assert set(done) == {0, 100}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_begins_belongs_to_the_kiosk(journal):
    for file in journal.parent.iterdir():
        os.chown(file, 65534, 65534)
    for at in range(12):
        cut(journal, at)
        assert {file.name: file.stat().st_uid for file in journal.parent.iterdir() if file.stat().st_uid == 0} == {}, at


def test_what_a_purge_that_was_cut_off_had_written_is_overwritten(journal):
    fresh = journal.with_name("journal.sqlite-fresh")
    fresh.write_bytes(b"who came")
    with fresh.open("rb") as held:
        forget(journal)
        assert held.read() == bytes(8)


@contextmanager
def disk(image, folder):
    """An ext4 file system in a file: what was deleted in it is still there to be read."""
    image.write_bytes(bytes(24 << 20))
    subprocess.run(("mkfs.ext4", "-q", image), check=True)
    folder.mkdir()
    subprocess.run(("mount", "-o", "loop", image, folder), check=True)
    try:
        yield
    finally:
        subprocess.run(("umount", folder), check=True)


@pytest.mark.skipif(not (can_mount() and shutil.which("mkfs.ext4")), reason="a disk is mounted by root only")
def test_nothing_of_them_is_left_on_the_disk_itself(tmp_path):
    image, folder = tmp_path / "image", tmp_path / "disk"
    with disk(image, folder):
        serve(folder, "r1", range(1, 60)).journal.close()
        serve(folder, "r2", range(60, 62)).journal.close()
        subprocess.run(("sync", "-f", folder), check=True)
        before = image.read_bytes()
        done = forget(folder / "journal.sqlite")
    after = image.read_bytes()
    told = [trace(serial) for serial in range(1, 60) for trace in (masked, key)]
    assert sum(each in before for each in told) == len(told)
    assert [each for each in told if each in after] == []
    assert found_again([image], done.traces) == 0
