"""A journal that an older release wrote: all of it is there, in the tables and pages of this one, whatever is cut."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from journal_world import FILES, aged
from kiosk.journal import Journal, withdrawn
from kiosk.journal.schema import PAGE_BYTES
from kiosk.messages import Address
from kiosk.model import Shift
from kiosk.ports import PrinterState, PrintOutcome
from table_bench import Bench, plan_of, resident_number

PLAN = {"pool_size": 3, "closing_slip": True, "without_paper": True}
EVERY_STEPS = 400
"""Of SQLite's machine, between two cuts."""


@pytest.fixture
def full_of_work(tmp_path, staff):
    """Slips that wait, are under way and in doubt; a sample taken back; a report; refusals; a round before this one."""
    earlier = Bench(tmp_path / FILES[0], plan_of(**PLAN, address=Address("cn", "r0", "wy-0352", "a")), round_id="r0")
    earlier.start()
    earlier.scan(resident_number(1))
    earlier.journal.close()
    bench = Bench(tmp_path / FILES[0], plan_of(**PLAN))
    bench.start()
    for person in range(1, 8):
        bench.scan(resident_number(person))
        bench.finish(PrintOutcome.UNCONFIRMED if person == 3 else PrintOutcome.CONFIRMED)
    for act in ("void-last", "report"):
        bench.scan(staff[act])
    bench.finish()
    bench.scan(resident_number(1))
    bench.scan(resident_number(20))
    bench.printer(None)
    for person in range(30, 40):
        bench.scan(resident_number(person))
    bench.scan(staff["report"])
    bench.engine.rest()
    bench.journal.close()
    return tmp_path


def known(folder):
    """All that a start reads, and all that is written of the outbox."""
    with Journal(folder / FILES[0], "r1") as journal:
        found, outbox = journal.restore("0352"), journal.outbox()
    queued, sending, doubtful = (tuple(map(_as_then, jobs)) for jobs in (found.queued, found.sending, found.doubtful))
    return replace(found, queued=queued, sending=sending, doubtful=doubtful), outbox


def _as_then(job):
    """A report did not say what staff had done."""
    return replace(job, subject=replace(job.subject, acts={}, taken_back=())) if isinstance(job.subject, Shift) else job


def page_bytes(folder):
    with closing(sqlite3.connect(folder / FILES[0])) as database:
        return database.execute("PRAGMA page_size").fetchone()[0]


@pytest.mark.parametrize("version", [3, 4])
def test_nothing_of_it_is_lost_and_its_pages_are_ours(full_of_work, version):
    before = known(full_of_work)
    assert len(before[0].queued) > 10
    assert before[0].sending
    assert before[0].doubtful
    aged(full_of_work, version)
    assert page_bytes(full_of_work) == 4096
    assert known(full_of_work) == before
    assert page_bytes(full_of_work) == PAGE_BYTES
    bench = Bench(full_of_work / FILES[0], plan_of(**PLAN))
    try:
        bench.start(PrinterState(known=True))
        assert bench.scan(resident_number(1))[1] == "refused.already-sampled"
        assert bench.scan(resident_number(50))[1] == "accepted"
    finally:
        bench.journal.close()


def test_its_earlier_rounds_are_closed_when_it_is_first_opened(full_of_work):
    aged(full_of_work, 4)
    bench = Bench(full_of_work / FILES[0], plan_of(**PLAN))
    bench.start()
    bench.journal.close()
    closed = [message.topic for message in bench.published if b'"closed"' in message.payload]
    assert closed == ["sampling/v1/cn/r0/wy-0352/a/status"]


def test_a_cut_at_any_moment_of_the_change_leaves_all_of_it(full_of_work, tmp_path_factory, monkeypatch):
    before = known(full_of_work)
    aged(full_of_work, 4)
    cuts = []

    def cut() -> int:
        """As the kernel holds the files now, and as they would be after a kill."""
        folder = tmp_path_factory.mktemp("cut")
        for file in full_of_work.glob("journal.*"):
            shutil.copy(file, folder)
        cuts.append(folder)
        return 0

    class Watched(sqlite3.Connection):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[arg-type]
            self.set_progress_handler(cut, EVERY_STEPS)

        def execute(self, *args: object) -> sqlite3.Cursor:
            cut()
            return super().execute(*args)  # type: ignore[arg-type]

    connect = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda path, **options: connect(path, factory=Watched, **options))
        Journal(full_of_work / FILES[0], "r1").abandon()
    assert len(cuts) > 30
    for folder in cuts:
        assert known(folder) == before
        shutil.rmtree(folder)


def test_without_space_it_serves_in_its_old_pages(full_of_work, monkeypatch):
    before = known(full_of_work)
    aged(full_of_work, 4)

    class Full(sqlite3.Connection):
        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
            if statement == "VACUUM":
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            return super().execute(statement, *values)  # type: ignore[arg-type]

    connect = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda path, **options: connect(path, factory=Full, **options))
        assert known(full_of_work) == before
        assert page_bytes(full_of_work) == 4096
    assert known(full_of_work) == before
    assert page_bytes(full_of_work) == PAGE_BYTES


def test_while_somebody_reads_it_it_keeps_its_pages_until_the_next_start(full_of_work):
    before = known(full_of_work)
    aged(full_of_work, 4)
    with closing(sqlite3.connect(full_of_work / FILES[0])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM samples").fetchone()
        assert known(full_of_work) == before
    assert known(full_of_work) == before
    assert page_bytes(full_of_work) == PAGE_BYTES
    assert len(withdrawn(full_of_work / FILES[0])) == 1
