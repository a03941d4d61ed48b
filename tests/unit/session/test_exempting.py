"""Whoever is not swabbed is recorded all the same, with the reason."""

import pytest

from kiosk.model import ExemptReason
from kiosk.model.queries import ExemptionOf
from kiosk.ports import Signal


@pytest.fixture
def bench(make_bench):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    return bench


def exempted(bench, number, staff, person, reason="under-age"):
    assert bench.scan(staff[f"exempt-{reason}"]) == (Signal.NOTED, "exempt-asked")
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.ATTENTION, "exempt-asked")
    return bench.scan(number(person))


def sampled(bench, number, person):
    assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
    bench.finish()
    return bench.state.sampling.last.person.key


@pytest.mark.parametrize("reason", ExemptReason)
def test_recorded_without_a_tube_and_a_voucher(bench, number, staff, reason):
    assert exempted(bench, number, staff, 1, reason) == (Signal.NOTED, f"exempted.{reason}")
    totals = bench.state.counters.totals
    assert (totals.exempt, totals.samples, totals.vouchers) == (1, 0, 0)
    assert all(job.kind == "label" for job in bench.sent)
    assert bench.look_up(ExemptionOf(sampled(bench, number, 1))).reason is reason


def test_a_card_that_lies_on_the_reader_is_not_sampled_after_all(bench, number, staff):
    exempted(bench, number, staff, 1)
    for _ in range(5):
        bench.scan(number(1), wait_s=0.4)
    assert bench.state.counters.totals.samples == 0


def test_the_same_reason_twice_is_one_record_and_another_is_another_reason(bench, number, staff):
    exempted(bench, number, staff, 1)
    seq = bench.state.counters.seq
    exempted(bench, number, staff, 1)
    assert bench.state.counters.seq == seq
    exempted(bench, number, staff, 1, "recovered")
    assert bench.state.counters.totals.exempt == 1
    assert bench.look_up(ExemptionOf(sampled(bench, number, 1))).reason is ExemptReason.RECOVERED


def test_whoever_was_sampled_is_not_exempt(bench, number, staff):
    sampled(bench, number, 1)
    assert exempted(bench, number, staff, 1) == (Signal.REFUSED, "refused.already-sampled")
    assert bench.state.counters.totals.exempt == 0


def test_later_they_may_be_sampled_all_the_same_and_the_record_stays(bench, make_bench, number, staff):
    exempted(bench, number, staff, 1)
    bench = make_bench(pool_size=10).start()
    bench.finish()
    sampled(bench, number, 1)
    assert bench.state.counters.totals.exempt == 1


def test_the_broker_is_told_how_many(bench, number, staff):
    exempted(bench, number, staff, 1)
    bench.engine.rest()
    counts = [message.payload for message in bench.published if "/counts/" in message.topic]
    assert b'"exempt":1' in counts[-1]
