"""How many go into a tube: staff change it for the tubes to come, and one person may have a tube alone."""

import pytest

from kiosk.model import JobState, PrintJob, Purpose, TubeOrder, TubeSource, TubeState
from kiosk.model.queries import TubeBy
from kiosk.ports import PrinterState, PrintOutcome, Signal


def told(bench):
    return [notice.key for _, notice in bench.shown]


def labels(bench):
    return [job.subject.code for job in bench.sent if job.kind == "label"]


def served(bench, number, *people):
    for person in people:
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        bench.finish()


def test_the_tube_in_use_keeps_its_size_and_the_next_one_has_the_new(make_bench, number, staff):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    served(bench, number, 1)
    assert bench.scan(staff["pool-5"]) == (Signal.NOTED, "pool-chosen.pool")
    served(bench, number, *range(2, 12))
    tubes = [bench.look_up(TubeBy(code)) for code in labels(bench)]
    assert [(tube.capacity, tube.filled, tube.state) for tube in tubes[:2]] == [
        (10, 10, TubeState.SEALED),
        (5, 1, TubeState.OPEN),
    ]


@pytest.mark.parametrize("outcome", [PrintOutcome.CONFIRMED, PrintOutcome.UNCONFIRMED, None])
def test_a_label_of_the_old_size_goes_to_nobody_and_is_not_asked_about(make_bench, number, staff, outcome):
    """Whether it came out, is coming out or nobody knows: it is to be torn up, and the next one says the new size."""
    bench = make_bench(pool_size=10).start()
    if outcome is not None:
        bench.finish(outcome)
    old = bench.state.sampling.ready.code
    assert bench.scan(staff["pool-20"]) == (Signal.NOTED, "pool-chosen.pool")
    assert ("tube", old) in dict(bench.shown[-1][1].values).items() or "label-void" in told(bench)
    bench.finish()
    assert bench.look_up(TubeBy(old)).state is TubeState.ASIDE
    assert (bench.state.sampling.ready.capacity, bench.state.printing.doubtful) == (20, ())
    served(bench, number, 1)
    assert bench.scan(old) == (Signal.REFUSED, "refused.tube-used")
    assert bench.state.sampling.open.filled == 1


def test_a_label_that_never_left_for_the_printer_is_not_printed_any_more(make_bench, staff):
    bench = make_bench(pool_size=10).start(None)
    bench.scan(staff["pool-1"])
    bench.scan(staff["pool-20"])
    bench.printer(PrinterState(True))
    bench.finish()
    assert [(job.subject.capacity, job.copy) for job in bench.sent] == [(20, 0)]


def test_the_same_size_again_changes_nothing(make_bench, staff):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    before = bench.state
    assert bench.scan(staff["pool-10"]) == (Signal.NOTED, "pool-chosen.pool")
    assert (bench.state.sampling, bench.state.counters.seq) == (before.sampling, before.counters.seq)


def test_what_was_chosen_holds_for_the_round_over_restarts_and_not_for_the_next(make_bench, staff):
    bench = make_bench(pool_size=10).start()
    bench.scan(staff["pool-5"])
    assert make_bench(pool_size=10).start().state.pool.capacity == 5
    assert make_bench(pool_size=10, round_id="r2").start().state.pool.capacity == 10


def test_a_household_ends_when_staff_say_so(make_bench, number, staff):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    assert bench.scan(staff["household"]) == (Signal.NOTED, "pool-chosen.household")
    bench.finish()
    for person in (1, 2, 3):
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted-household")
        bench.finish()
    first = bench.state.sampling.open
    assert bench.scan(staff["seal"]) == (Signal.NOTED, "tube-sealed")
    bench.finish()
    assert bench.scan(number(4)) == (Signal.ACCEPTED, "accepted-household")
    sealed = bench.look_up(TubeBy(first.code))
    assert (sealed.filled, sealed.purpose, sealed.state) == (3, Purpose.HOUSEHOLD, TubeState.SEALED)
    assert bench.state.sampling.open.code != first.code


def test_a_suppliers_tube_that_nobody_is_in_yet_takes_the_new_size(make_bench, number, staff):
    bench = make_bench(pool_size=10, source=TubeSource.PREPRINTED, suppliers=True).start()
    bench.tube("TB0000000001")
    bench.scan(staff["pool-5"])
    assert bench.state.sampling.open.capacity == 5
    served(bench, number, 1)
    bench.scan(staff["pool-1"])
    assert bench.state.sampling.open.capacity == 5


class TestSingle:
    def test_the_label_comes_at_once_and_the_next_person_goes_in_alone(self, make_bench, number, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        served(bench, number, 1)
        assert bench.scan(staff["single"]) == (Signal.NOTED, "single-ready")
        bench.finish()
        code = labels(bench)[-1]
        served(bench, number, 2, 3)
        tube = bench.look_up(TubeBy(code))
        assert (tube.filled, tube.capacity, tube.purpose, tube.state) == (1, 1, Purpose.SINGLE, TubeState.SEALED)
        assert (bench.state.sampling.open.filled, bench.state.sampling.open.capacity) == (2, 10)
        places = [(job.subject.capacity, job.subject.position) for job in bench.sent if job.kind == "voucher"]
        assert places == [(10, 1), (1, 1), (10, 2)]

    def test_it_waits_over_a_power_cut_and_ready_says_so(self, make_bench, number, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        bench.scan(staff["single"])
        bench.finish()
        bench = make_bench(pool_size=10).start()
        signal, notice = bench.shown[-1]
        assert (signal, notice.key) == (Signal.READY, "single-ready")
        served(bench, number, 1)
        assert bench.state.sampling.single is None
        assert bench.state.sampling.last_tube.purpose is Purpose.SINGLE

    def test_asked_for_again_it_is_taken_back_and_its_label_torn_up(self, make_bench, number, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        bench.scan(staff["single"])
        bench.finish()
        code = labels(bench)[-1]
        assert bench.scan(staff["single"]) == (Signal.NOTED, "label-void")
        served(bench, number, 1)
        assert bench.look_up(TubeBy(code)).state is TubeState.ASIDE
        assert bench.state.sampling.open.filled == 1

    def test_held_up_for_long_it_is_one_act(self, make_bench, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        for _ in range(4):
            bench.scan(staff["single"], wait_s=0.4)
        assert bench.state.sampling.single is not None

    def test_taken_back_the_person_and_the_tube_are_free_and_void(self, make_bench, number, staff):
        bench = make_bench(pool_size=10).start()
        bench.finish()
        served(bench, number, 1)
        bench.scan(staff["single"])
        bench.finish()
        served(bench, number, 2)
        code = bench.state.sampling.last_tube.code
        assert bench.scan(staff["void-last"]) == (Signal.NOTED, "voided")
        tube = bench.look_up(TubeBy(code))
        assert (tube.filled, tube.state) == (0, TubeState.VOID)
        served(bench, number, 2)
        assert (bench.state.sampling.open.filled, bench.state.sampling.open.capacity) == (2, 10)

    def test_of_a_supplier_the_next_tube_that_is_scanned(self, make_bench, number, staff):
        bench = make_bench(pool_size=10, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.tube("TB0000000001")
        served(bench, number, 1)
        assert bench.scan(staff["single"]) == (Signal.NOTED, "tube-asked")
        assert bench.tube("TB0000000002") == (Signal.NOTED, "single-ready")
        served(bench, number, 2, 3)
        tube = bench.look_up(TubeBy("TB0000000002"))
        assert (tube.filled, tube.capacity, tube.state) == (1, 1, TubeState.SEALED)
        assert bench.state.sampling.open.filled == 2

    def test_a_suppliers_single_that_is_taken_back_is_a_tube_like_any_other(self, make_bench, number, staff):
        bench = make_bench(pool_size=10, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.scan(staff["single"])
        bench.tube("TB0000000002")
        assert bench.scan(staff["single"]) == (Signal.NOTED, "single-taken-back")
        bench.tube("TB0000000002")
        served(bench, number, 1, 2)
        assert bench.state.sampling.open.filled == 2

    def test_before_any_tube_is_open_a_single_can_be_served(self, make_bench, number, staff):
        plan = {"source": TubeSource.PREPRINTED, "order": TubeOrder.TUBE_FIRST, "suppliers": True}
        bench = make_bench(pool_size=10, **plan).start()
        bench.scan(staff["single"])
        bench.tube("TB0000000002")
        served(bench, number, 1)
        assert bench.scan(number(2)) == (Signal.REFUSED, "refused.no-tube")


def test_a_label_that_is_thrown_away_ends_quietly_even_if_the_printer_ends_it_later(make_bench, staff):
    bench = make_bench(pool_size=10).start()
    under_way: PrintJob = bench.state.printing.sending[0]
    bench.scan(staff["pool-5"])
    bench.finish(PrintOutcome.UNCONFIRMED)
    assert under_way.state is JobState.SENDING
    assert [job.subject.capacity for job in bench.state.printing.doubtful] == [5]
