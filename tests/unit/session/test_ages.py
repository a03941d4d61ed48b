"""A tube that has been open for long is told of before the point's limit is reached."""

import pytest

from kiosk.ports import Signal


def rest_shown(bench):
    show = bench.state.told.resting
    return show.signal, show.notice.key


@pytest.fixture
def bench(make_bench, number):
    bench = make_bench(pool_size=10, open_limit_ms=3_600_000).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    return bench


def wait(bench, minutes):
    bench.seconds += 60 * minutes
    bench.engine.rest()


def test_told_at_three_quarters_and_at_the_limit_while_people_are_served(bench, number):
    wait(bench, 44)
    assert rest_shown(bench) == (Signal.READY, "ready")
    wait(bench, 2)
    assert rest_shown(bench) == (Signal.ATTENTION, "tube-age.old")
    assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
    wait(bench, 15)
    assert rest_shown(bench) == (Signal.ATTENTION, "tube-age.too-old")


def test_sealed_it_is_told_of_no_more(bench, staff):
    wait(bench, 61)
    bench.scan(staff["seal"])
    assert rest_shown(bench) == (Signal.READY, "ready")


def test_a_tube_that_nobody_is_in_has_no_age(make_bench, staff, number):
    bench = make_bench(pool_size=10, open_limit_ms=3_600_000).start()
    bench.finish()
    wait(bench, 600)
    assert rest_shown(bench) == (Signal.READY, "ready")


def test_after_a_power_cut_it_is_known_by_the_clock(bench, make_bench):
    seconds = bench.seconds
    bench = make_bench(pool_size=10, open_limit_ms=3_600_000)
    bench.seconds = seconds
    bench.start()
    wait(bench, 46)
    assert rest_shown(bench)[1] in ("tube-age.old", "question.voucher")
