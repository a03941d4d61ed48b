"""The journal as a file: what it holds, what it refuses, what it survives."""

import errno
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace

import pytest

from journal_world import aged
from kiosk.engine.inbox import Printed
from kiosk.journal import Journal, JournalError
from kiosk.ports import PrintOutcome, PrintReport, Signal


def test_no_identity_is_on_disk(make_bench, number, tmp_path):
    bench = make_bench().start()
    bench.scan(number(1))
    bench.scan("A" * 40)
    bench.finish()
    bench.journal.tidy()
    for file in tmp_path.iterdir():
        data = file.read_bytes()
        assert number(1).encode() not in data
        assert b"A" * 40 not in data


def test_every_commit_is_synced(make_bench):
    bench = make_bench()
    database = bench.journal._db  # noqa: SLF001 - the setting is per connection
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_one_scan_is_one_commit(make_bench, number):
    """The hot path's cost on an SD card is its commits: one between the scan and the first byte to the printer."""
    bench = make_bench().start()
    bench.finish()
    before = bench.state.counters.seq
    bench.scan(number(1))
    assert bench.state.counters.seq == before + 1
    assert bench.slips()[-1][0] == "voucher"


def test_the_database_itself_refuses_a_second_unmarked_slip(make_bench, number, tmp_path):
    bench = make_bench().start()
    bench.scan(number(1))
    bench.journal.close()
    database = sqlite3.connect(tmp_path / "journal.sqlite")
    again = "INSERT INTO jobs SELECT 999, kind, printer, state, tube_id, sample_seq, shift_id, handover_id,"
    again += " tally_id, missing_id, copy, reason, settlement, boot, mono_ns, wall_ms, trusted FROM jobs WHERE id = 2"
    with pytest.raises(sqlite3.IntegrityError, match="sample_seq"):
        database.execute(again)
    database.close()


def test_epoch_lives_as_long_as_the_file(make_bench, tmp_path):
    first = make_bench().start().state.counters.epoch
    assert make_bench().start().state.counters.epoch == first
    for file in tmp_path.glob("journal.sqlite*"):
        file.unlink()
    assert make_bench().start().state.counters.epoch != first


def test_a_new_lease_starts_its_own_serials(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    counters = bench.journal.restore("0999").counters
    assert (counters.block, counters.next_tube_serial, counters.next_voucher_serial) == ("0999", 1, 1)
    assert bench.journal.restore("0352").counters.next_tube_serial == 2


def test_a_damaged_file_is_a_clear_error_and_is_kept(tmp_path):
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"not a database at all, " * 500)
    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        Journal(path, "r1")
    assert path.read_bytes().startswith(b"not a database")


def test_a_journal_of_a_newer_release_is_not_touched(tmp_path):
    path = tmp_path / "journal.sqlite"
    Journal(path, "r1").close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalError, match="newer release"):
        Journal(path, "r1")


def test_while_another_process_holds_the_journal_people_are_asked_to_wait_and_nothing_is_lost(
    make_bench, number, tmp_path
):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    blocker = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    bench.journal._db.execute("PRAGMA busy_timeout = 10")  # noqa: SLF001 - a test need not wait a second
    assert bench.scan(number(2)) == (Signal.REFUSED, "refused.disk-busy")
    sending = bench.state.printing.sending
    bench.engine.take(Printed("printer", sending, PrintReport((PrintOutcome.CONFIRMED,), 0, 0, 0), None))
    assert bench.state.printing.sending == sending, "it is not so before it is written"
    bench.engine.rest()
    blocker.close()
    assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
    assert bench.slips()[-1][:2] == ("voucher", "V0352000000255"), "what the printer did meanwhile was kept"


def test_a_full_disk_refuses_people_and_ends_nothing(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    pages = bench.journal._db.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001 - no disk is filled here
    bench.journal._db.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001
    shown = [bench.scan(number(person)) for person in range(1, 300)]
    assert (Signal.REFUSED, "refused.disk-full") in shown
    accepted = shown.count((Signal.ACCEPTED, "accepted"))
    bench.journal._db.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001
    assert bench.scan(number(999)) == (Signal.ACCEPTED, "accepted")
    assert bench.state.counters.totals.samples == accepted + 1


def test_nobody_is_accepted_once_little_space_is_left(make_bench, number, monkeypatch):
    bench = make_bench().start()
    bench.finish()
    monkeypatch.setattr(bench.journal, "space", lambda: 2**20)
    bench.engine.rest()
    assert bench.state.told.resting.notice.key == "refused.disk-full"
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.disk-full")
    monkeypatch.undo()
    bench.engine.rest()
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")


def test_outbox_holds_the_last_word_of_each_topic_until_it_is_taken(make_bench, number):
    bench = make_bench().start()
    for person in (1, 2, 3):
        bench.scan(number(person))
        bench.finish()
    topics = [message.topic.split("/")[6] for message in bench.journal.outbox()]
    assert sorted(topics) == ["counts", "health"], "the next start says itself that it is there"
    assert bench.journal.unacknowledged() == 3
    bench.journal.acknowledge(bench.published)
    assert bench.journal.unacknowledged() == 0
    bench.scan(number(4))
    assert bench.journal.unacknowledged() == 1


def test_only_the_service_may_read_the_journal(make_bench, tmp_path):
    make_bench().start()
    assert stat.S_IMODE((tmp_path / "journal.sqlite").stat().st_mode) == 0o600


def test_a_second_writer_with_counters_of_its_own_is_stopped(make_bench, number, tmp_path):
    """Were it obeyed, it would set the counters back and a tube code would be allotted twice."""
    bench = make_bench().start()
    with Journal(tmp_path / "journal.sqlite", "r1") as other:
        stale = other.restore("0352").counters
        bench.scan(number(1))
        with pytest.raises(JournalError, match="somebody else writes"):
            other.commit((), replace(stale, seq=stale.seq + 1))
        with pytest.raises(JournalError):
            other.commit((), replace(stale, epoch="another", seq=1))
    assert bench.journal.restore("0352").counters == bench.state.counters


def test_a_journal_of_the_last_release_goes_on_with_numbers_that_were_never_used(make_bench, number, tmp_path):
    """Its samples bear the numbers of their commits; those that come now are counted for themselves, after them."""
    bench = make_bench().start()
    for person in (1, 2):
        bench.scan(number(person))
        bench.finish()
    bench.journal.close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE samples SET seq = seq + 40 WHERE seq = 2")
        database.execute("UPDATE jobs SET sample_seq = 42 WHERE sample_seq = 2")
    aged(tmp_path, 2)
    bench = make_bench().start()
    bench.scan(number(3))
    assert (bench.state.sampling.last.seq, bench.state.sampling.last.voucher) == (43, "V0352000000352")


def test_a_commit_that_stands_is_never_told_as_one_that_was_not_written(make_bench, number, monkeypatch):
    """The mark beside the journal could not be written: that only makes the next start less certain."""
    bench = make_bench().start()
    bench.finish()

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(bench.journal._custody, "after", full)  # noqa: SLF001 - no disk is filled here
    for person in (1, 2):
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        bench.finish()
