"""A disk that is full and a file that another process holds: nothing ends, and nothing that stands is taken back."""

import errno
import os
import sqlite3
import threading
import time

import pytest

from journal_world import FILES, MARK, World
from kiosk.app import recalling
from kiosk.app.recalling import recall
from kiosk.journal import JournalError, lease
from kiosk.journal import journal as journal_module
from kiosk.journal.mark import MarkFile
from kiosk.ports import Signal
from table_bench import resident_number


@pytest.fixture
def world(make_bench_in, number, tmp_path):
    """A kiosk that has served five people."""
    world = World(make_bench_in, number, tmp_path)
    world.serve(5)
    return world


def test_a_lease_that_finds_no_space_lets_people_wait_and_nothing_ends(world, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = world.bench.state.counters
    world.stop(clean=True)
    world.start()
    monkeypatch.setattr(lease, "replace_whole", full)
    assert world.bench.scan(resident_number(90)) == (Signal.REFUSED, "refused.disk-full")
    world.bench.engine.rest()
    monkeypatch.undo()
    assert world.bench.scan(resident_number(90), 20) == (Signal.ACCEPTED, "accepted")
    assert world.bench.state.counters.next_voucher_serial == before.next_voucher_serial + 1


def test_a_mark_that_finds_no_space_takes_no_commit_back(world, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(MarkFile, "write", full)
    world.serve(2)
    monkeypatch.undo()
    world.serve(2)
    assert world.bench.state.counters.totals.samples == 9


def test_a_log_that_is_folded_in_half_way_is_folded_in_later(world, monkeypatch):
    """As on a full disk: the file was written, and not by somebody else."""
    monkeypatch.setattr(journal_module, "ENOUGH_COMMITS", 1)

    class Full:
        def __init__(self, database):
            self._database = database

        def __getattr__(self, name):
            return getattr(self._database, name)

        def execute(self, query, *values):
            found = self._database.execute(query, *values)
            if "checkpoint" in query:
                found.fetchall()
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            return found

    database = world.bench.journal._db  # noqa: SLF001 - no disk is filled here
    time.sleep(0.02)
    world.bench.journal._db = Full(database)  # noqa: SLF001
    world.bench.engine.rest()
    world.bench.journal._db = database  # noqa: SLF001
    world.serve(2)
    world.bench.engine.rest()


def test_a_start_waits_for_another_process_that_holds_the_journal(world, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(recalling, "say", lambda event, **_: said.append(event))
    world.stop(clean=False)
    blocker = sqlite3.connect(world.folder / FILES[0], isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN EXCLUSIVE")
    world.lose((MARK,))
    threading.Timer(2.5, blocker.close).start()
    journal, known = recall(world.folder, "r1", "0352", patience_s=20)
    journal.close()
    assert known.loss is None
    assert said == ["journal-waits"]


def test_a_start_that_has_waited_long_enough_says_why(world):
    world.stop(clean=False)
    blocker = sqlite3.connect(world.folder / FILES[0], isolation_level=None)
    world.lose((MARK,))
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalError, match="locked"):
        recall(world.folder, "r1", "0352", patience_s=0)
    blocker.close()
