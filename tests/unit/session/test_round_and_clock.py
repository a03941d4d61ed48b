"""What a new round, a clock that is set late, a used-up block, a restart and many strangers do to the table."""

from dataclasses import replace

import pytest

from kiosk.credentials import LAST_TUBE, LAST_VOUCHER
from kiosk.engine.inbox import ScanFailed
from kiosk.model import JobState, Settlement, TubeSource, TubeState
from kiosk.model.queries import PriorOf, TubeBy
from kiosk.ports import PrinterState, PrintOutcome, Signal


def test_a_new_round_closes_what_the_last_one_left_behind(make_bench, number):
    """The old tube stayed open for ever, and an old voucher that waited was signed as of the new round."""
    bench = make_bench(pool_size=3, without_paper=True).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    bench.printer(None)
    bench.scan(number(2))
    bench = make_bench(pool_size=3, round_id="r2").start()
    said = dict(next(notice.values for _, notice in bench.shown if notice.key == "round-changed"))
    assert said == {"tubes": "2", "slips": "3"}, "two vouchers and the next label"
    rows = bench.journal._db.execute  # noqa: SLF001 - of a round that no query of the session's sees
    assert rows("SELECT state, filled FROM tubes WHERE round = 'r1' ORDER BY id").fetchall() == [
        (TubeState.SEALED, 2),
        (TubeState.ASIDE, 0),
    ]
    states = rows("SELECT DISTINCT state, settlement FROM jobs WHERE kind = 'voucher'").fetchall()
    assert set(states) == {(JobState.UNCONFIRMED, Settlement.VOIDED), (JobState.FAILED, None)}
    bench.finish()
    assert [(kind, code[:10]) for kind, code, _ in bench.slips()] == [("label", "0352000003")]
    assert bench.scan("035200000104") == (Signal.REFUSED, "refused.tube-used")


def test_a_box_that_was_being_packed_is_closed_and_handed_over_in_the_next_round(make_bench, number, staff):
    bench = make_bench(pool_size=1).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    for code in ("box", "035200000104"):
        bench.scan(staff.get(code, code))
    bench = make_bench(pool_size=1, round_id="r2").start()
    bench.finish()
    bench.scan(staff["box-close"])
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "box-closed")
    bench.scan(staff["hand-over"])
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "handed-over")


def test_a_closed_box_waits_for_the_driver_though_another_round_has_begun(make_bench, number, staff):
    bench = make_bench(pool_size=1).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    for code in ("box", "035200000104", "box-close", "yes"):
        bench.scan(staff.get(code, code))
    bench = make_bench(pool_size=1, round_id="r2").start()
    bench.finish()
    bench.scan(staff["hand-over"])
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "handed-over")
    bench = make_bench(pool_size=1, round_id="r2").start()
    assert {job.kind for job in bench.state.printing.doubtful} == {"manifest"}
    bench = make_bench(pool_size=1, round_id="r3").start()
    assert {job.kind for job in bench.state.printing.doubtful} == {"manifest"}
    for _ in range(2):
        bench.scan(staff["yes"])
    bench.scan(staff["hand-over-back"])
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "handed-over-back")


def test_a_pause_outlives_a_restart(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(staff["pause"])
    bench = make_bench().start()
    assert bench.shown[-1][1].key == "refused.paused"
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.paused")
    bench.scan(staff["pause"])
    assert make_bench().start().shown[-1] != (Signal.ATTENTION, "refused.paused")


def test_times_from_before_the_clock_was_set_are_corrected_and_their_order_stays(make_bench, number):
    bench = make_bench(pool_size=5)
    bench.trusted, real = False, bench.clock
    bench.engine._clock = lambda: replace(real(), wall_ms=real().wall_ms if bench.trusted else 1_000)  # noqa: SLF001
    bench.start()
    bench.finish()
    bench.scan(number(1))
    bench.scan(number(2))
    before = [bench.state.sampling.last.at.mono_ns]
    bench.trusted = True
    bench.engine.rest()
    sample = bench.state.sampling.last
    assert sample.at.trusted
    assert [sample.at.mono_ns] == before
    assert abs(sample.at.wall_ms - (1_653_000_000_000 + sample.at.mono_ns // 1_000_000)) < 10
    assert bench.look_up(PriorOf(sample.person.key)) == sample
    assert bench.look_up(TubeBy("035200000104")) == bench.state.sampling.open
    waiting = [job.subject.at.trusted for job in bench.state.printing]
    assert waiting
    assert all(waiting)
    assert make_bench(pool_size=5).state.sampling.last == sample


def used_up(make_bench, **serials):
    bench = make_bench(pool_size=5).start()
    bench.finish()
    columns = ", ".join(f"{name} = {value}" for name, value in serials.items())
    bench.journal._db.execute(f"UPDATE leases SET {columns}")  # noqa: S608, SLF001 - nobody prints a million labels here
    return make_bench(pool_size=5).start()


def test_a_block_that_is_used_up_refuses_people_in_words_and_ends_nothing(make_bench, number):
    bench = used_up(make_bench, next_voucher_serial=LAST_VOUCHER)
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    bench.finish()
    assert bench.scan(number(2)) == (Signal.REFUSED, "refused.block-used-up")
    assert bench.state.told.resting.notice.key == "refused.block-used-up"
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")


def test_the_last_tube_of_a_block_is_filled(make_bench, number):
    bench = used_up(make_bench, next_tube_serial=LAST_TUBE + 1)
    for person in range(1, 6):
        assert bench.state.told.resting.notice.key == "block-low"
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        bench.finish()
    assert bench.state.told.resting.notice.key == "refused.block-used-up"
    assert bench.scan(number(6)) == (Signal.REFUSED, "refused.block-used-up")


def test_staff_are_warned_at_nine_tenths_of_a_block(make_bench):
    bench = used_up(make_bench, next_tube_serial=LAST_TUBE * 9 // 10 + 2)
    notice = bench.state.told.resting.notice
    assert (notice.key, dict(notice.values)) == ("block-low", {"percent": "90"})


def test_what_many_strangers_cause_is_written_together(make_bench, number):
    """500 torn codes a second were 500 synced commits a second."""
    bench = make_bench().start()
    bench.finish()
    before = bench.state.counters.seq
    for n in range(500):
        bench.engine.take(ScanFailed("scanner", False))
        bench.scan(f"https://shop.example/{n}", wait_s=0.001)
    assert bench.state.counters.seq == before
    bench.engine.rest()
    assert bench.state.counters.seq == before + 1
    assert bench.state.counters.totals.refused == {"unreadable": 500, "unknown-code": 500}
    bench.engine.rest()
    assert bench.state.counters.seq == before + 1


def test_those_sent_away_are_written_with_the_next_person(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan("https://shop.example/")
    bench.scan(number(1))
    assert bench.state.counters.totals.refused == {"unknown-code": 1}


@pytest.mark.parametrize("source", TubeSource)
def test_a_report_counts_those_who_were_sent_away_just_now(make_bench, staff, source):
    bench = make_bench(source=source).start(PrinterState(True))
    bench.scan("https://shop.example/")
    bench.scan(staff["report"])
    report = next(job.subject for job in bench.state.printing if job.kind == "report")
    assert dict(report.totals.refused) == {"unknown-code": 1}
