"""What an adversary found, each held as the kind that it is of: answers, slips that were judged, rounds, lamps."""

import sqlite3

from kiosk.engine.inbox import DeviceNews, NotPrinted, Pressed, Printed, PrinterNews
from kiosk.model import Role, TubeOrder, TubeSource, TubeState
from kiosk.ports import Button, PrinterState, PrintOutcome, PrintReport, Signal

PERSONS_FIRST = {"source": TubeSource.PREPRINTED, "order": TubeOrder.PERSONS_FIRST, "suppliers": True}


def ends(bench, outcome, *jobs):
    report = PrintReport((outcome,) * len(jobs), 0, 0, 0)
    bench.engine.take(Printed(jobs[0].printer, jobs, report, None))


def test_an_answer_never_settles_a_question_that_came_up_while_the_journal_was_busy(make_bench, number, tmp_path):
    """What the printer said was kept for later, shown and answered by one press, all in the same moment."""
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    sending = bench.state.printing.sending
    bench.journal._db.execute("PRAGMA busy_timeout = 10")  # noqa: SLF001 - a test need not wait a second
    blocker = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    ends(bench, PrintOutcome.UNCONFIRMED, *sending)
    blocker.close()
    bench.seconds += 5
    bench.engine.take(Pressed(Button.YES))
    assert [job.id for job in bench.state.printing.doubtful] == [job.id for job in sending]
    bench.seconds += 2
    bench.engine.take(Pressed(Button.YES))
    assert bench.state.printing.doubtful == ()


def test_the_original_and_its_copy_are_two_questions_that_are_read_one_after_the_other(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.scan(staff["reprint"])
    ends(bench, PrintOutcome.UNCONFIRMED, *bench.state.printing.sending)
    ends(bench, PrintOutcome.UNCONFIRMED, *bench.state.printing.sending)
    assert [job.copy for job in bench.state.printing.doubtful] == [0, 1]
    bench.seconds += 5
    bench.engine.take(Pressed(Button.YES))
    assert dict(bench.shown[-1][1].values) == {"number": "V0352000000158 COPY 1"}
    bench.seconds += 0.4
    bench.engine.take(Pressed(Button.YES))
    assert [job.copy for job in bench.state.printing.doubtful] == [1], "nobody has read it yet"


def test_a_closing_slip_that_was_judged_does_not_come_out_once_the_tube_is_sealed_again(make_bench, number, staff):
    bench = make_bench(pool_size=2, closing_slip=True).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(number(2))
    under_way = bench.state.printing.sending
    assert "closing" in [job.kind for job in under_way]
    bench.scan(staff["void-last"])
    bench.scan(number(3))
    bench = _returned(bench, under_way)
    closings = [slip for slip in bench.slips() if slip[0] == "closing"]
    assert len(closings) == 1


def _returned(bench, jobs):
    bench.sent.clear()
    bench.engine.take(NotPrinted("printer", jobs))
    bench.printer(PrinterState(True))
    bench.finish()
    return bench


def test_what_was_judged_while_under_way_is_no_question_after_a_power_cut(make_bench, number, staff):
    bench = make_bench(pool_size=2, closing_slip=True).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(number(2))
    bench.scan(staff["void-last"])
    bench.scan(number(3))
    bench = make_bench(pool_size=2, closing_slip=True).start()
    doubtful = [(job.kind, job.subject.id) for job in bench.state.printing.doubtful if job.kind == "closing"]
    assert len(doubtful) <= 1


def test_people_of_the_last_round_still_get_their_tubes_barcode(make_bench, number):
    """The tube was sealed without one, and its barcode then opened a tube of the new round."""
    bench = make_bench(pool_size=5, **PERSONS_FIRST).start()
    for person in (1, 2):
        bench.scan(number(person))
        bench.finish()
    bench = make_bench(pool_size=5, round_id="r2", **PERSONS_FIRST).start()
    assert bench.shown[-1][1].key == "tube-wanted"
    assert bench.scan(number(3)) == (Signal.REFUSED, "refused.tube-full")
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-bound")
    rows = bench.journal._db.execute("SELECT round, code, state, filled FROM tubes")  # noqa: SLF001 - of any round
    assert rows.fetchall() == [("r1", "TB0000000001", TubeState.SEALED, 2)]
    assert bench.scan(number(3)) == (Signal.ACCEPTED, "accepted")


def test_a_tube_that_a_new_round_closed_is_not_opened_by_taking_somebody_back(make_bench, number, staff):
    bench = make_bench(pool_size=5).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    make_bench(pool_size=5, round_id="r2").start().finish()
    bench = make_bench(pool_size=5).start()
    bench.finish()
    assert bench.scan(staff["void-last"]) == (Signal.REFUSED, "refused.nothing-to-do")


def test_a_report_of_the_last_round_is_not_printed_in_the_next(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.printer(None)
    bench.scan(staff["report"])
    bench = make_bench(round_id="r2").start()
    bench.finish()
    assert [slip for slip in bench.slips() if slip[0] == "report"] == []


def test_an_unbound_tube_takes_its_barcode_whatever_the_configuration_says_by_now(make_bench, number):
    bench = make_bench(pool_size=2, **PERSONS_FIRST).start()
    bench.scan(number(1))
    bench.finish()
    bench = make_bench(pool_size=2).start()
    bench.finish()
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-bound")


def test_no_ready_lamp_while_the_tube_waits_for_its_label_on_a_printer_that_is_gone(make_bench, number):
    """The source of tubes was changed in the configuration while a label waited."""
    two = {Role.LABEL: ("labels",), Role.VOUCHER: ("vouchers",)}
    bench = make_bench(pool_size=5, printers=two)
    bench.engine.start()
    bench.engine.take(PrinterNews("vouchers", PrinterState(True)))
    bench.engine.take(PrinterNews("labels", PrinterState(True)))
    bench.engine.take(NotPrinted("labels", bench.state.printing.sending))
    bench = make_bench(pool_size=5, printers=two, source=TubeSource.PREPRINTED, suppliers=True)
    bench.engine.start()
    bench.engine.take(PrinterNews("vouchers", PrinterState(True)))
    bench.scan(number(1))
    assert bench.state.told.resting.signal is Signal.ATTENTION


def test_the_device_that_is_still_missing_is_said_when_another_comes_back(make_bench):
    bench = make_bench().start()
    bench.finish()
    for name in ("s1", "s2"):
        bench.engine.take(DeviceNews(name, True))
    for name in ("s1", "s2"):
        bench.engine.take(DeviceNews(name, False))
    bench.engine.take(DeviceNews("s1", True))
    assert [(notice.key, dict(notice.values)) for _, notice in bench.shown[-2:]] == [
        ("device-back", {"device": "s1"}),
        ("device-gone", {"device": "s2"}),
    ]


def test_whoever_was_refused_last_is_not_given_the_voucher_of_the_one_before(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["pause"])
    assert bench.scan(number(2)) == (Signal.REFUSED, "refused.paused")
    assert bench.scan(staff["reprint"]) == (Signal.REFUSED, "refused.nothing-to-do")
