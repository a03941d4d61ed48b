"""Several printers, slips that wait, and the slips beside label and voucher."""

import pytest

from kiosk.engine.inbox import NotPrinted, Printed, PrinterNews
from kiosk.model import JobState, Role
from kiosk.ports import PrinterFault, PrinterState, PrintOutcome, PrintReport, Signal
from kiosk.session.questions.asked import withheld

PAPER_OUT = PrinterState(True, frozenset({PrinterFault.PAPER_OUT}))
COVER_OPEN = PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))
TWO = {Role.LABEL: ("labels",), Role.VOUCHER: ("vouchers",)}
SPARE = {Role.LABEL: ("first", "spare"), Role.VOUCHER: ("first", "spare")}


def test_labels_and_vouchers_on_two_printers_do_not_wait_for_each_other(make_bench, number):
    bench = make_bench(pool_size=1, printers={Role.LABEL: ("labels",), Role.VOUCHER: ("vouchers",)})
    bench.engine.start()
    for name in ("labels", "vouchers"):
        bench.engine.take(PrinterNews(name, PrinterState(known=True)))
    assert [job.printer for job in bench.sent] == ["labels"]
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert [(job.kind, job.printer) for job in bench.sent[1:]] == [("voucher", "vouchers")]
    assert [(job.kind, job.printer) for job in bench.state.printing.queued] == [("label", "labels")]
    bench.engine.take(PrinterNews("labels", PAPER_OUT))
    assert bench.scan(number(2)) == (Signal.REFUSED, "refused.paper-out")
    assert dict(bench.shown[-1][1].values)["printer"] == "labels"


def two_printers(make_bench, printers, **changes):
    bench = make_bench(printers=printers, **changes)
    bench.engine.start()
    for name in dict.fromkeys(name for names in printers.values() for name in names):
        bench.engine.take(PrinterNews(name, PrinterState(known=True)))
    return bench


def ended(bench, printer, outcome=PrintOutcome.CONFIRMED):
    jobs = tuple(job for job in bench.state.printing.sending if job.printer == printer)
    bench.engine.take(Printed(printer, jobs, PrintReport((outcome,) * len(jobs), 0, 0, 0), None))


def test_a_sick_label_printer_does_not_stop_people_while_the_tube_has_its_label(make_bench, number):
    bench = two_printers(make_bench, TWO, pool_size=5)
    ended(bench, "labels")
    bench.engine.take(PrinterNews("labels", PAPER_OUT))
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.ATTENTION, "refused.paper-out")
    for person in range(1, 6):
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        ended(bench, "vouchers")
    assert bench.scan(number(6)) == (Signal.REFUSED, "refused.paper-out"), "the next tube has no label"
    bench.engine.take(PrinterNews("labels", PrinterState(known=True)))
    assert bench.slips()[-1] == ("label", "035200000298", 0)
    assert bench.scan(number(6), wait_s=1) == (Signal.ACCEPTED, "accepted")


def test_a_spare_printer_takes_over_what_waits_and_gives_back_what_comes(make_bench, number):
    bench = two_printers(make_bench, SPARE, pool_size=5)
    ended(bench, "first")
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
    assert [job.printer for job in bench.state.printing.queued] == ["first"]
    bench.engine.take(PrinterNews("first", PAPER_OUT))
    assert [(job.kind, job.printer) for job in bench.sent[-1:]] == [("voucher", "spare")]
    signal, notice = bench.shown[-1]
    assert (signal, notice.key, dict(notice.values)) == (
        Signal.ATTENTION,
        "printer-spare",
        {"printer": "first", "fault": "paper-out"},
    )
    ended(bench, "spare")
    ended(bench, "first", PrintOutcome.UNCONFIRMED)
    assert len(bench.state.printing.doubtful) == 1, "what was on the way to the sick one is a question as ever"
    bench.engine.take(PrinterNews("first", PrinterState(known=True)))
    bench.scan(number(3))
    assert bench.sent[-1].printer == "first"


def test_nobody_is_accepted_when_the_spare_is_sick_too(make_bench, number):
    bench = two_printers(make_bench, SPARE)
    bench.engine.take(PrinterNews("first", COVER_OPEN))
    bench.engine.take(PrinterNews("spare", None))
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.cover-open")


def test_who_printed_what_is_still_known_after_a_power_cut(make_bench, number):
    bench = two_printers(make_bench, SPARE)
    ended(bench, "first")
    bench.engine.take(PrinterNews("first", PAPER_OUT))
    bench.scan(number(1))
    bench = make_bench(printers=SPARE)
    assert [job.printer for job in bench.state.printing.sending] == ["spare"]


def waiting_bench(make_bench, number, people):
    """People were accepted while the printer was away, and now it is back."""
    bench = make_bench(without_paper=True).start()
    bench.finish()
    bench.printer(None)
    for person in range(1, people + 1):
        bench.scan(number(person))
    bench.sent.clear()
    bench.printer(PrinterState(known=True))
    return bench


def test_a_few_slips_that_waited_come_out_by_themselves(make_bench, number):
    bench = waiting_bench(make_bench, number, 4)
    assert len(bench.slips()) == 4


def test_many_slips_that_waited_are_one_question_and_no_burst(make_bench, number, staff):
    bench = waiting_bench(make_bench, number, 9)
    assert [slip[0] for slip in bench.slips()] == ["label"]
    assert (bench.shown[-1][1].key, dict(bench.shown[-1][1].values)) == ("question.waiting", {"n": "9"})
    bench.finish()
    assert bench.scan(number(10)) == (Signal.ACCEPTED, "accepted")
    assert bench.slips()[-1][0] == "voucher", "who stands there now does not wait for the answer"
    bench.finish()
    bench.sent.clear()
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "noted")
    bench.finish()
    assert len([slip for slip in bench.slips() if slip[0] == "voucher"]) == 9


def test_slips_that_waited_can_be_left_out_and_had_as_a_copy_later(make_bench, number, staff):
    bench = waiting_bench(make_bench, number, 9)
    bench.finish()
    bench.sent.clear()
    bench.scan(staff["no"])
    assert bench.slips() == []
    assert bench.state.printing.queued == ()
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    bench.scan(staff["reprint"])
    assert bench.slips() == [("voucher", "V0352000000158", 1)]


def test_the_question_about_waiting_slips_outlives_a_power_cut(make_bench, number):
    waiting_bench(make_bench, number, 9)
    bench = make_bench(without_paper=True).start()
    assert [slip[0] for slip in bench.slips() if slip[0] == "voucher"] == []
    assert bench.shown[-1][1].key in ("question.waiting", "question.label")
    assert len(withheld(bench.state)) == 9


def test_a_closing_slip_comes_out_when_the_tube_is_sealed(make_bench, number, staff):
    bench = make_bench(pool_size=5, closing_slip=True).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["seal"])
    bench.finish()
    assert bench.slips()[-2:] == [("closing", "035200000104", 0), ("label", "035200000298", 0)]
    for person in range(2, 7):
        bench.scan(number(person))
        bench.finish()
    assert bench.slips()[-1] == ("closing", "035200000298", 0)
    assert bench.state.printing.doubtful == ()


def test_a_tube_that_is_sealed_a_second_time_gets_a_second_closing_slip(make_bench, number, staff):
    bench = make_bench(pool_size=1, closing_slip=True).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["void-last"])
    bench.scan(number(2))
    bench.finish()
    assert [slip for slip in bench.slips() if slip[0] == "closing"] == [("closing", "035200000104", 0)] * 2


def test_a_label_can_be_had_again_marked(make_bench, number, staff):
    bench = make_bench(pool_size=5).start()
    bench.finish()
    assert bench.scan(staff["reprint-label"]) == (Signal.NOTED, "reprinted.label")
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["reprint-label"])
    assert [slip for slip in bench.slips() if slip[0] == "label"] == [
        ("label", "035200000104", 0),
        ("label", "035200000104", 1),
        ("label", "035200000104", 2),
    ]


def test_of_reports_asked_for_in_vain_only_the_last_is_printed(make_bench, number, staff):
    bench = make_bench(pool_size=5).start()
    bench.finish()
    for serial in range(1, 4):
        bench.scan(number(serial))
        bench.scan(staff["report"])
    waiting = [job for job in bench.state.printing.queued if job.kind == "report"]
    assert [job.subject.totals.samples for job in waiting] == [3]


def test_a_report_tells_the_counts_at_the_time_it_was_asked_for(make_bench, number, staff):
    bench = make_bench(pool_size=5).start()
    bench.finish()
    bench.scan(number(1))
    bench.scan(number(1), wait_s=60)
    assert bench.scan(staff["report"]) == (Signal.NOTED, "reporting")
    bench.scan(number(2))
    job = next(job for job in bench.state.printing.queued if job.kind == "report")
    assert (job.subject.totals.samples, dict(job.subject.totals.refused)) == (1, {"already-sampled": 1})
    assert (job.subject.open.code, job.subject.open.filled) == ("035200000104", 1)
    kept = next(job for job in make_bench(pool_size=5).state.printing.queued if job.kind == "report")
    assert (kept.subject.totals, kept.subject.open, kept.state) == (
        job.subject.totals,
        job.subject.open,
        JobState.QUEUED,
    )


def test_a_voucher_on_its_way_is_not_sent_again_once_the_person_was_taken_back(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    sending = bench.state.printing.sending
    bench.scan(staff["void-last"])
    bench.printer(PAPER_OUT)
    bench.engine.take(NotPrinted("printer", sending))
    bench.sent.clear()
    bench.printer(PrinterState(known=True))
    assert bench.slips() == []
    assert (bench.state.printing.queued, bench.state.printing.sending) == ((), ())


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("asked_first", [False, True])
def test_nobody_is_asked_about_the_voucher_of_a_person_taken_back(make_bench, number, staff, asked_first, restart):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    if asked_first:
        bench.finish(PrintOutcome.UNCONFIRMED)
        bench.scan(staff["void-last"])
    else:
        bench.scan(staff["void-last"])
        if not restart:
            bench.finish(PrintOutcome.UNCONFIRMED)
    if restart:
        bench = make_bench().start()
    assert bench.state.printing.doubtful == ()
    assert bench.scan(staff["no"]) == (Signal.REFUSED, "refused.nothing-to-do")


def test_the_closing_slip_of_a_tube_that_was_opened_again_does_not_come_out(make_bench, number, staff):
    bench = make_bench(pool_size=1, closing_slip=True).start()
    bench.finish()
    bench.scan(number(1))
    sending = bench.state.printing.sending
    assert [job.kind for job in sending] == ["voucher", "closing", "label"]
    bench.scan(staff["void-last"])
    bench.engine.take(NotPrinted("printer", sending))
    bench.sent.clear()
    bench.printer(PrinterState(known=True))
    assert [slip[0] for slip in bench.slips()] == ["label"]


def test_taking_back_is_for_the_last_person_also_after_a_power_cut(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    for person in (1, 2):
        bench.scan(number(person))
        bench.finish()
    assert bench.scan(staff["void-last"]) == (Signal.NOTED, "voided")
    bench = make_bench().start()
    assert bench.scan(staff["void-last"]) == (Signal.REFUSED, "refused.nothing-to-do")
    assert bench.state.counters.totals.voided == 1


def test_the_ready_lamp_is_back_when_the_first_printer_is_mended(make_bench, number):
    bench = two_printers(make_bench, SPARE)
    ended(bench, "first")
    bench.engine.take(PrinterNews("first", PAPER_OUT))
    assert bench.shown[-1][0] is Signal.ATTENTION
    bench.engine.take(PrinterNews("first", PrinterState(known=True)))
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.READY, "ready")


@pytest.mark.parametrize("action", ["report", "reprint-label", "void-last", "seal"])
def test_what_staff_do_leaves_the_attention_lamp_on_while_something_is_wrong(make_bench, number, staff, action):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.printer(PAPER_OUT)
    bench.scan(staff[action])
    lamps = [signal for signal, _ in bench.shown if signal in (Signal.READY, Signal.ATTENTION)]
    assert lamps[-1] is Signal.ATTENTION
