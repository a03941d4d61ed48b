"""A device that another program or computer has: staff are not sent to its power and cable, and it ends by itself."""

import json

import pytest

from kiosk.engine.inbox import DeviceNews, NotPrinted, PrinterNews
from kiosk.model import Role
from kiosk.ports import PrinterState, Signal

READY = PrinterState(known=True)
BUSY = PrinterNews("printer", None, "printer usb: Resource busy", held=True)
GONE = PrinterNews("printer", None)


def last_shown(bench):
    signal, notice = bench.shown[-1]
    return signal, notice.key, dict(notice.values)


def printers_told(bench):
    """What the broker knows of them after a quiet moment."""
    bench.engine.rest()
    return [json.loads(each.payload) for each in bench.published if each.topic.endswith("/health")][-1]["printers"]


def test_nobody_is_accepted_while_another_has_the_printer_and_it_ends_by_itself(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(BUSY)
    assert last_shown(bench) == (Signal.ATTENTION, "refused.printer-busy", {"printer": "printer"})
    assert printers_told(bench) == {"printer": ["busy"]}
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.printer-busy")
    assert bench.state.counters.totals.samples == 0
    bench.printer(READY)
    assert bench.shown[-1][0] is Signal.READY
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    bench.finish()
    assert printers_told(bench) == {"printer": ["ready"]}


@pytest.mark.parametrize("known_before", [True, False], ids=["after-service", "from-the-start"])
def test_held_and_gone_are_told_apart_in_either_order(make_bench, known_before):
    bench = make_bench()
    bench.engine.start()
    if known_before:
        bench.printer(READY)
        bench.finish()
    for news, key in ((BUSY, "busy"), (GONE, "gone"), (BUSY, "busy"), (GONE, "gone")):
        bench.engine.take(news)
        assert last_shown(bench)[:2] == (Signal.ATTENTION, f"refused.printer-{key}")
        assert printers_told(bench) == {"printer": [key]}


def test_slips_given_back_do_not_make_it_a_matter_of_the_cable(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    jobs = bench.state.printing.sending
    bench.engine.take(BUSY)
    bench.engine.take(NotPrinted("printer", jobs))
    assert last_shown(bench)[1] == "refused.printer-busy"
    before = len(bench.sent)
    bench.printer(READY)
    assert [job.id for job in bench.sent[before:]] == [job.id for job in jobs]


def test_a_spare_stands_in_for_a_printer_that_is_held(make_bench, number):
    bench = make_bench(printers=dict.fromkeys(Role, ("printer", "spare")))
    bench.start()
    bench.engine.take(PrinterNews("spare", READY))
    bench.engine.take(BUSY)
    assert last_shown(bench) == (Signal.ATTENTION, "printer-spare", {"printer": "printer", "fault": "printer-busy"})
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")


def test_a_scanner_that_another_has_is_said_so_until_it_is_free(make_bench):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(DeviceNews("scanner", False, "scanner: busy", held=True))
    assert last_shown(bench) == (Signal.ATTENTION, "device-busy", {"device": "scanner"})
    bench.engine.take(DeviceNews("scanner", False, "scanner: unplugged"))
    assert last_shown(bench) == (Signal.ATTENTION, "device-gone", {"device": "scanner"})
    bench.engine.take(DeviceNews("scanner", False, "scanner: busy", held=True))
    assert last_shown(bench)[1] == "device-busy"
    bench.engine.take(DeviceNews("scanner", True))
    assert last_shown(bench) == (Signal.READY, "device-back", {"device": "scanner"})


def test_another_kiosk_of_our_name_is_no_busy_centre(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(DeviceNews("broker", True))
    bench.engine.take(DeviceNews("broker", False, "taken over", held=True))
    assert last_shown(bench) == (Signal.READY, "name-taken", {})
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
