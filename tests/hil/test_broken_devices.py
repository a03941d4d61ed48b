"""One contract over every kind of device, whatever its library does: the others serve on, the table says which is dead,
no READY over nothing, and it stops in time."""

import asyncio
import itertools
import sqlite3
from contextlib import closing

import pytest
from broken_desk import DEVICES, Desk, desk_of, device_of, run

from kiosk.engine.attendants import printer
from kiosk.engine.attendants.calls import LIMIT_S, Call
from kiosk.virtual.broken_library import PLACES, Hang, Raise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

IN_TIME_S = 5.0
"""systemd gives ten."""
SHORT_S = 1.0
"""What a device may take here before it counts as stuck."""
NO = 24

ERRORS = itertools.cycle(
    [
        lambda: Exception("GPIO busy"),
        lambda: AttributeError("module has no attribute 'Something'"),
        lambda: asyncio.CancelledError("cancelled"),
        lambda: SystemExit("a library of bad manners"),
        lambda: ValueError("not a good value"),
        GeneratorExit,
        MemoryError,
        lambda: ZeroDivisionError("division by zero"),
    ]
)

CASES = [
    (kind, call, next(ERRORS)) for kind, calls in PLACES.items() for call in calls if (kind, call) != ("broker", "none")
]
PRINTING = [case for case in CASES if case[1] == "print"]


def of_case(case):
    return f"{case[0]}-{case[1]}"


@pytest.fixture
def short_limits(monkeypatch):
    for call in Call:
        monkeypatch.setitem(LIMIT_S, call, SHORT_S)
    monkeypatch.setattr(printer, "SLIP_S", 0.0)


@pytest.fixture
def make_desk(make_table, short_limits, monkeypatch):
    """A table at which one call of a device of this kind can be broken."""

    def make(kind, call, **changes):
        table = make_table(tcp=kind == "printer-tcp", **changes)
        monkeypatch.setenv("KIOSK_VIRTUAL_PINS", str(table.pins.path))
        return desk_of(table, kind, call)

    return make


def stopped_in_time(desk: Desk, took_s: float, left_behind: tuple[str, ...]) -> None:
    assert took_s < IN_TIME_S
    assert left_behind == (desk.device,)


@pytest.mark.parametrize("case", [case for case in CASES if case[1] != "print"], ids=of_case)
def test_the_others_serve_on(make_desk, case):
    kind, call, error = case
    with make_desk(kind, call) as desk:

        def story():
            desk.wait_settled()
            _it_raises()
            _it_hangs_and_comes_back()
            _it_hangs()

        def _it_raises():
            since = len(desk.records.said)
            desk.break_in(call, Raise(error))
            assert type(error()).__name__ in _why(since) or call in ("open", "close")
            desk.wait_ready(lit=False)
            assert desk.serve() == _answer(kind)
            desk.mend()
            desk.wait_told(since, "it never came back", up=True)
            desk.wait_ready(lit=True)

        def _why(since):
            return desk.wait_told(since, "nobody told that it is dead", up=False)["why"]

        def _it_hangs():
            since = len(desk.records.said)
            desk.break_in(call, Hang())
            told = desk.wait_told(since, "nobody noticed that it hangs", up=False, stuck=True)
            assert "stuck in" in told["why"]
            desk.wait_ready(lit=False)
            assert desk.serve() == _answer(kind, stuck=True)

        def _it_hangs_and_comes_back():
            since = len(desk.records.said)
            _it_hangs()
            desk.mend()
            desk.wait_told(since, "it never came back", up=True)
            desk.wait_ready(lit=True)

        stopped_in_time(desk, *run(desk, story))


def _answer(kind, stuck=False):
    if kind.startswith("printer"):
        return "refused.printer-stuck" if stuck else "refused.printer-gone"
    return "accepted"


def states(desk):
    with closing(sqlite3.connect(desk.table.journal)) as database:
        found = database.execute("SELECT state, count(*) FROM jobs WHERE kind = 'voucher' GROUP BY state").fetchall()
    return dict(found)


@pytest.mark.parametrize("case", PRINTING, ids=of_case)
def test_a_slip_in_which_the_printers_library_raises_is_a_question_and_no_second_slip(make_desk, case):
    kind, call, error = case
    with make_desk(kind, call) as desk:

        def story():
            desk.wait_settled()
            since = len(desk.records.said)
            desk.break_in(call, Raise(error))
            assert desk.serve() == "accepted"
            assert type(error()).__name__ in desk.wait_told(since, "nobody told", up=False)["why"]
            desk.mend()
            desk.wait_told(since, "it never came back", up=True)
            desk.wait(lambda: _asked(since), "staff were not asked")
            assert states(desk) == {"unconfirmed": 1}
            assert desk.serve() == "accepted", "who comes next does not wait for the answer"
            desk.wait(lambda: states(desk).get("confirmed") == 1, "the next slip did not come out")

        def _asked(since):
            return [r for r in desk.records.said[since:] if r.get("key") == "question.voucher"]

        assert run(desk, story)[1] == ()
        assert len([slip for slip in desk.table.slips if slip.qrs]) == 1


@pytest.mark.parametrize("case", PRINTING, ids=of_case)
def test_a_slip_in_which_the_printer_hangs_is_counted_once_when_it_comes_back(make_desk, case):
    kind, call, _ = case
    with make_desk(kind, call) as desk:

        def story():
            desk.wait_settled()
            since = len(desk.records.said)
            desk.break_in(call, Hang())
            assert desk.serve() == "accepted"
            desk.wait_told(since, "nobody noticed that it hangs", up=False, stuck=True)
            desk.wait_ready(lit=False)
            assert desk.serve() == "refused.printer-stuck"
            assert states(desk) == {"sending": 1}
            desk.mend()
            desk.wait_told(since, "it never came back", up=True)
            desk.wait(lambda: "sending" not in states(desk), "nobody told what became of the slip")
            assert sum(states(desk).values()) == 1

        assert run(desk, story)[1] == ()
        assert len([slip for slip in desk.table.slips if slip.qrs]) == states(desk).get("confirmed", 0) == 1


@pytest.mark.parametrize("call", ["status", "print"])
def test_what_waits_for_a_printer_that_hangs_goes_to_the_spare(make_desk, call):
    with make_desk("printer-serial", call, spare=True) as desk:

        def story():
            desk.wait_settled()
            since = len(desk.records.said)
            hang = Hang()
            desk.break_in(call, hang)
            if call == "status":
                assert hang.begun.wait(40)
            assert desk.serve() == "accepted"
            desk.wait_told(since, "nobody noticed that it hangs", up=False, stuck=True)
            assert desk.serve() == "accepted"
            desk.wait(lambda: _by_spare(since), "the spare printed nothing")

        def _by_spare(since):
            return [r for r in desk.records.said[since:] if r["event"] == "printed" and r["printer"] == "spare"]

        stopped_in_time(desk, *run(desk, story))


@pytest.mark.parametrize("kind", [kind for kind in PLACES if "scanner" in device_of(kind) or kind == "id-card"])
def test_no_ready_over_a_scanner_that_hangs_from_the_start(make_desk, kind):
    with make_desk(kind, "open") as desk:

        def story():
            desk.wait(lambda: [r for r in desk.records.said if r["event"] == "ready"], "it never served")
            desk.wait_ready(lit=False)
            desk.wait_told(0, "nobody noticed that it hangs", up=False, stuck=True)
            assert not [change for change in desk.table.pins.changes if (change.pin, change.value) == (5, 1.0)]

        desk.break_in("nothing", Hang())
        stopped_in_time(desk, *run(desk, story))


def test_each_kind_of_the_configuration_has_its_contract():
    assert {*PLACES} == {"serial", "id-card", "hid", "printer-serial", "printer-usb", "printer-tcp", "panel", "broker"}
    assert set(DEVICES) < set(PLACES)
