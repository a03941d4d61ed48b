"""What a person costs the card: commits, each of which is a sync, and bytes of the log."""

import pytest

from journal_world import FILES
from kiosk.journal import journal as journal_module
from kiosk.journal.schema import PAGE_BYTES
from table_bench import resident_number

PEOPLE = 40
MOST_BYTES = 20_000


@pytest.fixture
def bench(make_bench):
    bench = make_bench().start()
    bench.finish()
    bench.journal.tidy()
    return bench


def serve(bench, people, first=0):
    """One after the other: the slips come out, the broker takes what it is told, and then it is quiet."""
    for serial in range(first, first + people):
        bench.scan(resident_number(serial))
        bench.finish()
        bench.journal.acknowledge(bench.published)
        bench.published.clear()
        bench.engine.rest()


def statements(bench):
    said: list[str] = []
    bench.journal._db.set_trace_callback(said.append)  # noqa: SLF001 - each commit is a sync
    return said


def test_a_person_is_two_commits_and_no_page_is_written_twice(bench, tmp_path):
    """One before the slips leave, one when it is known what became of them; what the broker took rides with these."""
    file = (tmp_path / FILES[0]).stat()
    before = (tmp_path / FILES[1]).stat().st_size
    said = statements(bench)
    serve(bench, PEOPLE)
    bench.journal._db.set_trace_callback(None)  # noqa: SLF001
    assert said.count("COMMIT") == 2 * PEOPLE
    assert not [each for each in said if "checkpoint" in each]
    assert ((tmp_path / FILES[1]).stat().st_size - before) / PEOPLE < MOST_BYTES
    assert (tmp_path / FILES[0]).stat().st_mtime_ns == file.st_mtime_ns


def test_an_idle_table_writes_nothing(bench, tmp_path):
    serve(bench, 1)
    said = statements(bench)
    for _ in range(200):
        bench.seconds += 0.5
        bench.engine.rest()
    bench.journal._db.set_trace_callback(None)  # noqa: SLF001
    assert not [each for each in said if not each.startswith("SELECT")]


def test_the_log_is_folded_in_by_a_quiet_moment_once_enough_stands_in_it(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "ENOUGH_COMMITS", 20)
    said = statements(bench)
    serve(bench, 50)
    bench.journal._db.set_trace_callback(None)  # noqa: SLF001
    assert len([each for each in said if "checkpoint" in each]) == 5
    assert (tmp_path / FILES[1]).stat().st_size < 30 * MOST_BYTES


def test_a_new_journal_has_small_pages(bench):
    assert bench.journal._db.execute("PRAGMA page_size").fetchone() == (PAGE_BYTES,)  # noqa: SLF001
    assert PAGE_BYTES == 1024


def test_what_did_not_change_of_the_counters_is_not_written(bench):
    """Of the outcome of a slip: the job, and which commit it is."""
    bench.scan(resident_number(1))
    said = statements(bench)
    bench.finish()
    bench.journal._db.set_trace_callback(None)  # noqa: SLF001
    verbs = {" ".join(each.split()[:2]) for each in said if not each.startswith(("SELECT", "BEGIN", "COMMIT"))}
    assert verbs == {"UPDATE jobs", "UPDATE life"}
