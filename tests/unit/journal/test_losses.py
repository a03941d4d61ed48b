"""The journal's files in the hands of whoever holds the card: nothing doubled, nothing lost in silence."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from journal_world import FILES, LEASE, MARK, World, aged
from kiosk.app.keys import check_keys
from kiosk.app.recalling import recall
from kiosk.config import ConfigError
from kiosk.journal import Journal, JournalError, lease
from kiosk.journal import journal as journal_module
from kiosk.model import JobState, Loss
from kiosk.ports import PrinterState, Signal
from kiosk.vouchers.token import Signer
from table_bench import Bench, plan_of, resident_number


@pytest.fixture
def world(make_bench_in, number, tmp_path):
    """A kiosk that has served five people."""
    world = World(make_bench_in, number, tmp_path)
    world.serve(5)
    return world


def changed(folder, *statements):
    """As flipped bits that no index covers."""
    with closing(sqlite3.connect(folder / FILES[0], isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


@pytest.mark.parametrize(
    "flip",
    [
        "UPDATE leases SET next_voucher_serial = 2",
        "UPDATE leases SET next_tube_serial = 1",
        "UPDATE life SET next_tube_id = 1",
        "UPDATE life SET next_sample_seq = 2",
        "UPDATE life SET next_job_id = 3",
        "UPDATE tubes SET state = 'sealee' WHERE id = 1",
        "UPDATE tubes SET filled = 0 WHERE id = 1",
        "UPDATE tubes SET source = 'qrinted' WHERE id = 1",
        "UPDATE jobs SET kind = 'voucheq' WHERE id = 2",
        "UPDATE jobs SET settlement = 'c' WHERE id = 2",
        "UPDATE totals SET samples = 4",
        "UPDATE samples SET void = 1 WHERE seq = 1",
    ],
)
def test_rows_that_contradict_each_other_are_a_damaged_journal(world, flip):
    """SQLite's check sees pages and indexes; a counter set back would use numbers again, or end each scan."""
    world.stop(clean=True)
    changed(world.folder, flip)
    journal, known = recall(world.folder, "r1", "0352")
    journal.close()
    assert known.loss is Loss.LOST
    assert (known.counters.next_tube_serial, known.counters.next_voucher_serial) >= (4, 6)
    assert (world.folder / "journal-damaged-1.sqlite").exists()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("code     TEXT    UNIQUE", "cnde     TEXT    UNIQUE"),
        ("acked_seq INTEGER", "ackec_seq INTEGER"),
        ("CREATE UNIQUE INDEX one_person_a_place", "CREATE UNIQUD INDEX one_person_a_place"),
        ("reason TEXT", "reasoo TEXT"),
    ],
)
def test_a_flipped_bit_in_the_tables_names_is_a_damaged_journal(world, was, now):
    """Told at the start: some columns are touched only when somebody is registered, and each time the kiosk ended."""
    world.bench.journal.tidy()
    world.stop(clean=True)
    data = (world.folder / FILES[0]).read_bytes()
    assert was.encode() in data
    (world.folder / FILES[0]).write_bytes(data.replace(was.encode(), now.encode()))
    journal, known = recall(world.folder, "r1", "0352")
    journal.close()
    assert known.loss is Loss.LOST
    assert known.counters.next_voucher_serial > 5


def test_a_text_that_cannot_be_read_ends_nothing(world):
    world.stop(clean=True)
    changed(world.folder, "UPDATE samples SET name = CAST(x'ff41' AS TEXT), number = CAST(x'ff42' AS TEXT)")
    world.start()
    assert world.told[-1] is None
    assert world.bench.scan(resident_number(1)) == (Signal.REFUSED, "refused.already-sampled")


def test_the_kiosk_stops_if_a_backup_is_copied_over_its_file(world):
    world.bench.journal.tidy()
    old = (world.folder / FILES[0]).read_bytes()
    world.serve(3)
    time.sleep(0.02)
    (world.folder / FILES[0]).write_bytes(old)
    with pytest.raises(JournalError, match="somebody else writes"):
        world.bench.scan(resident_number(90))
    world.stop(clean=False)
    world.start()
    assert world.told[-1] is Loss.REPLACED
    world.serve(2)
    world.stop(clean=True)
    assert len(world.printed) == len(set(world.printed))


def test_a_backup_that_is_copied_over_in_the_midst_of_a_commit_is_noticed_too(world):
    world.bench.journal.tidy()
    old = (world.folder / FILES[0]).read_bytes()
    world.serve(3)
    boundaries: list[int] = []

    def overwrite():
        """Between the first and the second row."""
        boundaries.append(1)
        if len(boundaries) == 2:
            (world.folder / FILES[0]).write_bytes(old)

    world.bench.journal.boundary = overwrite
    time.sleep(0.02)
    with pytest.raises(JournalError, match="somebody else writes"):
        world.serve(2)
    world.bench.journal.boundary = lambda: None


def test_a_long_rush_folds_the_log_in(world, monkeypatch):
    """Without a quiet moment it would grow until the disk is full."""
    monkeypatch.setattr(journal_module, "MANY_COMMITS", 20)
    sizes = []
    for _ in range(12):
        world.serve(5)
        sizes.append((world.folder / FILES[1]).stat().st_size)
    assert max(sizes) < 2 * sizes[3]
    world.stop(clean=False)
    world.start()
    assert world.told[-1] is None


@pytest.mark.parametrize("name", FILES[:2])
@pytest.mark.parametrize("when", ["before the first commit", "in a quiet moment"])
def test_a_file_that_is_removed_is_noticed_at_once(make_bench_in, number, tmp_path, name, when):
    bench = make_bench_in(tmp_path)
    if when == "in a quiet moment":
        bench.start()
    (tmp_path / name).unlink()
    with pytest.raises(JournalError, match="removed or replaced"):
        bench.start() if when == "before the first commit" else bench.engine.rest()


def test_after_a_rollback_no_slip_goes_out_by_itself_and_nobody_more_goes_into_the_open_tube(make_bench_in, tmp_path):
    """What the backup calls waiting has come out since, and its open tube may be at the laboratory."""
    world = World(make_bench_in, resident_number, tmp_path)
    world.bench.finish()
    world.serve(1)
    world.bench.scan(resident_number(70))
    world.bench.printer(None)
    world.stop(clean=False)
    world.keep()
    world.start()
    world.bench.finish()
    world.serve(4)
    world.stop(clean=True)
    world.put_back()
    bench = Bench(tmp_path / FILES[0], plan_of(pool_size=2))
    try:
        assert bench.state.questions.loss is Loss.ROLLED_BACK
        assert bench.state.sampling.open is None
        assert bench.state.sampling.ready is None
        assert bench.state.printing.queued == bench.state.printing.sending == ()
        bench.start(PrinterState(known=True))
        assert not {slip[:2] for slip in bench.slips()} & {slip[:2] for slip in world.printed}
        assert {job.state for job in bench.state.printing.doubtful} <= {JobState.UNCONFIRMED}
        assert bench.scan(resident_number(80)) == (Signal.ACCEPTED, "accepted")
    finally:
        bench.journal.close()


def test_if_nothing_tells_which_numbers_were_used_nobody_is_served(world):
    world.stop(clean=False)
    world.lose((*FILES, MARK))
    (world.folder / LEASE).write_bytes(b"torn")
    with pytest.raises(JournalError, match="another block"):
        recall(world.folder, "r1", "0352")


@pytest.mark.parametrize("spoil", [b"", b"\0" * 60, b"x" * 100_000, b"\xff\xfe", b"e 5 0352 1 1 00000000\n"])
def test_a_mark_that_is_none_costs_numbers_and_nothing_else(world, spoil):
    world.stop(clean=False)
    (world.folder / MARK).write_bytes(spoil)
    world.start()
    assert world.told[-1] is None
    assert world.bench.scan(resident_number(1)) == (Signal.REFUSED, "refused.already-sampled")
    world.serve(2)
    world.stop(clean=True)
    assert len(world.printed) == len(set(world.printed))


def test_a_lease_of_another_release_is_as_none(world):
    known = lease.read(world.folder / LEASE)
    world.stop(clean=True)
    body = b'{"epoch": "e", "version": 9}'
    (world.folder / LEASE).write_bytes(lease._digest(body) + b"\n" + body)  # noqa: SLF001 - as another would write it
    assert known is not None
    assert lease.read(world.folder / LEASE) is None
    world.start()
    assert world.told[-1] is None
    assert world.bench.state.counters.next_voucher_serial == 6


def test_an_old_lease_that_is_put_back_takes_no_number_back(world):
    old = (world.folder / LEASE).read_bytes()
    world.serve(6)
    world.stop(clean=True)
    (world.folder / LEASE).write_bytes(old)
    world.lose(FILES)
    world.start()
    world.serve(2)
    world.stop(clean=True)
    assert world.told[-1] is Loss.LOST
    assert len(world.printed) == len(set(world.printed))


@pytest.mark.parametrize("clean", [True, False])
def test_two_blocks_in_turn_keep_their_numbers_through_a_loss(tmp_path, clean):
    used = set()
    for number, block in enumerate(("0352", "0999", "0352", "0999", "0352")):
        journal = Journal(tmp_path / FILES[0], "r1")
        counters = journal.restore(block).counters
        assert (block, counters.next_voucher_serial) not in used
        for step in range(3):
            serial = counters.next_voucher_serial + step
            used.add((block, serial))
            taken = replace(counters, seq=counters.seq + step + 1, next_voucher_serial=serial + 1)
            journal.commit((), taken)
        if clean:
            journal.close()
        else:
            journal.abandon()
        if number % 2:
            for name in FILES:
                (tmp_path / name).unlink(missing_ok=True)


@pytest.mark.parametrize("leased", [True, False])
def test_a_journal_of_an_older_release_is_believed_and_its_numbers_are_leased(world, leased):
    """Without a lease there is nothing to hold against it; from the first start on there is."""
    world.stop(clean=True)
    aged(world.folder, 3)
    if not leased:
        world.lose((LEASE, MARK))
    world.start()
    assert world.told[-1] is None
    assert world.bench.state.counters.next_voucher_serial == 6
    world.stop(clean=False)
    world.lose(FILES)
    world.start()
    world.serve(1)
    world.stop(clean=True)
    assert world.told[-1] is Loss.LOST
    assert len(world.printed) == len(set(world.printed))


def test_another_kiosks_card_is_refused_before_anything_is_settled(world, tmp_path):
    """So that the right one, put back, is as good as it was."""
    own, other = Signer(bytes(32)), Signer(bytes([1]) * 32)

    def check(journal, signer=own):
        check_keys(journal, "r1", b"round key, sixteen", signer)

    world.stop(clean=True)
    recall(tmp_path, "r1", "0352", check)[0].close()
    (tmp_path / "other").mkdir()
    recall(tmp_path / "other", "r1", "0999", lambda journal: check(journal, other))[0].close()
    before = {name: (tmp_path / name).read_bytes() for name in (LEASE, FILES[0])}
    shutil.copy(tmp_path / "other" / FILES[0], tmp_path / FILES[0])
    with pytest.raises(ConfigError):
        recall(tmp_path, "r1", "0352", check)
    assert (tmp_path / LEASE).read_bytes() == before[LEASE]
    (tmp_path / FILES[0]).write_bytes(before[FILES[0]])
    journal, known = recall(tmp_path, "r1", "0352", check)
    journal.close()
    assert known.loss is None


def test_a_round_that_is_changed_and_changed_back_knows_its_people(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    make_bench(round_id="r2").start().scan(number(1))
    bench = make_bench().start()
    bench.finish()
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
    assert bench.state.counters.totals.samples == 2


def test_nothing_hangs_on_the_clock_being_right(make_bench_in, number, tmp_path):
    """The card's files bear no times that are compared: one that runs backwards loses nothing."""
    world = World(make_bench_in, number, tmp_path)
    world.serve(2)
    world.stop(clean=True)
    for name in (*FILES, LEASE, MARK):
        if (tmp_path / name).exists():
            os.utime(tmp_path / name, (0, 0))
    world.start()
    assert world.told[-1] is None
    assert world.bench.state.counters.next_voucher_serial == 3
