"""The centre is told how the table fares when that changes, and not when a figure trembles."""

import time

import pytest

from kiosk.app.fares import FareWatch
from kiosk.app.ways import Ways
from kiosk.engine.inbox import Inbox, Trace
from kiosk.journal.waiting_beside import waiting
from kiosk.messages.gauges import Fare
from kiosk.ports import PrintReport

MS = 1_000_000


@pytest.fixture
def table(make_bench, number):
    bench = make_bench().start()
    for n in range(3):
        bench.scan(number(n))
        bench.finish()
    return bench


def test_what_waits_at_the_table_is_read_beside_it(table):
    found = waiting(table.path, "r1")
    assert found.tubes == {"open": 1}
    assert found.boxes == {}
    assert found.oldest_ms == table.state.sampling.open.at.wall_ms
    assert waiting(table.path, "r9").tubes == {}


def test_it_is_told_once_and_again_when_it_is_another(table, number, monkeypatch):
    told: list[Fare] = []
    ways = Ways()
    watch = FareWatch(Inbox(), table.path, "r1", time.monotonic_ns, ways, told.append)
    heat = [51.2]
    monkeypatch.setattr("kiosk.app.fares.celsius", lambda: heat[0])
    monkeypatch.setattr("kiosk.app.fares.free_mb", lambda _: 20_134)
    for _ in range(2):
        watch.look()
    heat[0] = 51.9
    watch.look()
    assert [(fare.celsius, fare.free_mb, fare.p50_ms) for fare in told] == [(50.0, 20_000, None)]
    trace = Trace(scanned=0, understood=1 * MS, decided=2 * MS, committed=7 * MS)
    ways.note(trace, PrintReport((), rendered_ns=9 * MS, written_ns=9 * MS, ended_ns=412 * MS))
    watch.look()
    assert (told[1].p50_ms, told[1].hops_ms["print"], told[1].slips) == (410.0, 400.0, 1)
    table.path.rename(table.path.with_name("gone"))
    watch.look()
    assert len(told) == 2, "of a journal that cannot be read nothing is told"
