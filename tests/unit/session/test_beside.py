"""Children and old people without a document are registered beside the card of whoever brings them."""

import pytest

from kiosk.model import Beside
from kiosk.model.queries import BesideOf, SampleBy
from kiosk.ports import Signal
from table_bench import READY


@pytest.fixture
def bench(make_bench):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    return bench


def brought(bench, number, staff, bearer):
    assert bench.scan(staff["with-me"]) == (Signal.NOTED, "with-me-asked")
    found = bench.scan(number(bearer))
    bench.finish()
    return found


def test_the_first_the_second_and_the_bearer_each_have_a_place_and_a_voucher(bench, number, staff):
    for _ in range(2):
        assert brought(bench, number, staff, 1) == (Signal.ACCEPTED, "accepted-beside")
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    samples = [bench.look_up(SampleBy(number)) for number in ("V0352000000158", "V0352000000255", "V0352000000352")]
    key = samples[2].person.key
    assert [(sample.position, sample.beside) for sample in samples] == [
        (1, Beside(key, 1)),
        (2, Beside(key, 2)),
        (3, None),
    ]
    assert len({sample.person.key for sample in samples}) == 3
    assert len({(sample.person.name, sample.person.number) for sample in samples}) == 1


def test_whether_the_bearer_was_sampled_does_not_matter(bench, number, staff):
    bench.scan(number(1))
    bench.finish()
    assert brought(bench, number, staff, 1) == (Signal.ACCEPTED, "accepted-beside")
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")


def test_a_card_that_lies_on_the_reader_registers_one_and_nobody_else(bench, number, staff):
    bench.scan(number(1))
    bench.scan(staff["with-me"], wait_s=0.4)
    for _ in range(6):
        bench.scan(number(1), wait_s=0.4)
    assert bench.state.counters.totals.samples == 2
    assert bench.look_up(BesideOf(bench.state.sampling.last.beside.bearer)) == 1


def test_the_lamp_says_that_the_next_card_is_not_somebodys_own(bench, staff):
    bench.scan(staff["with-me"])
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.ATTENTION, "with-me-asked")
    bench.seconds += 61
    bench.engine.rest()
    assert bench.shown[-1][0] is Signal.READY


def test_the_count_goes_on_after_a_power_cut_and_after_one_was_taken_back(bench, make_bench, number, staff):
    brought(bench, number, staff, 1)
    bench = make_bench(pool_size=10).start()
    bench.finish()
    bench.scan(staff["void-last"])
    brought(bench, number, staff, 1)
    assert bench.state.sampling.last.beside.number == 2


def test_refused_they_may_come_again_within_the_minute(make_bench, number, staff):
    bench = make_bench(pool_size=10).start(None)
    bench.scan(staff["with-me"])
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.printer-gone")
    bench.printer(READY)
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted-beside")


def test_taken_back_by_the_voucher_of_their_own(bench, number, staff):
    brought(bench, number, staff, 1)
    brought(bench, number, staff, 1)
    bench.scan(staff["void"])
    bench.scan("V0352000000158")
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "voided")
    assert bench.look_up(SampleBy("V0352000000158")) is None
    assert bench.look_up(SampleBy("V0352000000255")) is not None
