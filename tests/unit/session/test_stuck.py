"""A device that hangs in a call: staff are told so, and nobody is asked to come before each scanner was heard of."""

import json

import pytest

from kiosk.engine.inbox import DeviceNews, NotPrinted, PrinterNews
from kiosk.model import Role
from kiosk.ports import PrinterState, Signal

READY = PrinterState(known=True)
STUCK = PrinterNews("printer", None, "printer: stuck in print", stuck=True)


def last_shown(bench):
    signal, notice = bench.shown[-1]
    return signal, notice.key, dict(notice.values)


def test_a_printer_that_hangs_refuses_people_until_it_comes_back_and_its_slip_stays_under_way(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    sending = bench.state.printing.sending
    bench.engine.take(STUCK)
    assert last_shown(bench) == (Signal.ATTENTION, "refused.printer-stuck", {"printer": "printer"})
    assert bench.scan(number(2)) == (Signal.REFUSED, "refused.printer-stuck")
    assert bench.state.printing.sending == sending
    bench.finish()
    bench.printer(READY)
    assert bench.shown[-1][0] is Signal.READY
    assert bench.state.printing.sending == bench.state.printing.doubtful == ()


def test_the_broker_is_told_that_it_hangs(make_bench):
    bench = make_bench().start()
    bench.engine.take(STUCK)
    bench.engine.rest()
    health = [json.loads(each.payload) for each in bench.published if each.topic.endswith("/health")][-1]
    assert health["printers"] == {"printer": ["stuck"]}


def test_slips_that_it_had_not_begun_go_to_the_spare_and_it_is_still_told_as_stuck(make_bench, number):
    bench = make_bench(printers=dict.fromkeys(Role, ("printer", "spare")))
    bench.start()
    bench.engine.take(PrinterNews("spare", READY))
    bench.finish()
    bench.scan(number(1))
    jobs = bench.state.printing.sending
    bench.engine.take(STUCK)
    bench.engine.take(NotPrinted("printer", jobs))
    assert [job.printer for job in bench.sent[-len(jobs) :]] == ["spare"] * len(jobs)
    assert last_shown(bench) == (Signal.ATTENTION, "printer-spare", {"printer": "printer", "fault": "printer-stuck"})


@pytest.mark.parametrize("after", ["gone", "back"])
def test_a_scanner_that_hangs_is_said_so(make_bench, after):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(DeviceNews("scanner", True))
    bench.engine.take(DeviceNews("scanner", False, "scanner: stuck in read", stuck=True))
    assert last_shown(bench) == (Signal.ATTENTION, "device-stuck", {"device": "scanner"})
    bench.engine.take(DeviceNews("scanner", after == "back"))
    assert last_shown(bench)[1] == f"device-{after}"


def test_nobody_is_asked_to_come_before_each_scanner_was_heard_of(make_bench):
    bench = make_bench(scanners=("left", "right")).start()
    bench.finish()
    assert last_shown(bench) == (Signal.ATTENTION, "starting", {})
    bench.engine.take(DeviceNews("left", True))
    assert last_shown(bench) == (Signal.ATTENTION, "starting", {})
    bench.engine.take(DeviceNews("right", True))
    assert last_shown(bench)[:2] == (Signal.READY, "ready")
