"""What people at the table get for each thing they do."""

import json

import pytest

from kiosk.engine.inbox import DeviceNews, Hinted, NotPrinted, ScanFailed
from kiosk.model import TubeOrder, TubeSource, TubeState
from kiosk.model.queries import PriorOf, TubeBy
from kiosk.ports import Hint, PrinterFault, PrinterState, PrintOutcome, Signal

PAPER_OUT = PrinterState(True, frozenset({PrinterFault.PAPER_OUT}))
COVER_OPEN = PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))
ONE_WAY = PrinterState(known=False)


def test_first_label_is_printed_before_anyone_comes(make_bench):
    bench = make_bench().start()
    assert bench.slips() == [("label", "035200000104", 0)]
    assert bench.state.sampling.ready.code == "035200000104"


def test_person_is_accepted_and_gets_a_voucher(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert bench.slips()[1:] == [("voucher", "V0352000000158", 0)]


@pytest.mark.parametrize("pool_size", [1, 5, 10, 20])
def test_next_label_comes_before_the_tube_is_full(make_bench, number, pool_size):
    bench = make_bench(pool_size=pool_size).start()
    bench.finish()
    for person in range(1, max(2, pool_size)):
        bench.scan(number(person))
        bench.finish()
    labels = [slip for slip in bench.slips() if slip[0] == "label"]
    assert len(labels) == 2
    assert bench.state.sampling.ready is not None
    assert bench.state.sampling.ready.filled == 0


@pytest.mark.parametrize("pool_size", [1, 5, 10, 20])
def test_tubes_fill_to_their_capacity_and_no_further(make_bench, number, pool_size):
    bench = make_bench(pool_size=pool_size).start()
    places = []
    for person in range(1, 2 * pool_size + 2):
        assert bench.scan(number(person))[0] is Signal.ACCEPTED
        bench.finish()
        sample = bench.state.sampling.last
        places.append((sample.tube_id, sample.position))
    expected = [(tube, place) for tube in (1, 2) for place in range(1, pool_size + 1)] + [(3, 1)]
    assert places == expected


def test_card_left_on_the_reader_is_one_scan(make_bench, number):
    bench = make_bench().start()
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    for _ in range(20):
        assert bench.scan(number(1), wait_s=3) == (Signal.READY, "nothing")
    assert bench.state.counters.totals.samples == 1
    assert bench.sent_away() == {}


def test_coming_twice_is_refused_with_the_time(make_bench, number):
    bench = make_bench().start()
    bench.scan(number(1))
    assert bench.scan(number(1), wait_s=60) == (Signal.REFUSED, "refused.already-sampled")
    values = dict(bench.shown[-1][1].values)
    assert values == {"number": "**************0010", "at": "2022-05-20 06:40"}


def test_refusal_of_a_code_held_still_is_counted_once(make_bench):
    bench = make_bench().start()
    assert bench.scan("https://shop.example/") == (Signal.REFUSED, "refused.unknown-code")
    for _ in range(5):
        assert bench.scan("https://shop.example/", wait_s=1) == (Signal.READY, "nothing")
    assert bench.sent_away() == {"unknown-code": 1}


def test_refused_for_paper_is_accepted_once_paper_is_there(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.printer(PAPER_OUT)
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.paper-out")
    bench.printer(PrinterState(known=True))
    assert bench.scan(number(1), wait_s=1) == (Signal.ACCEPTED, "accepted")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PAPER_OUT, "refused.paper-out"),
        (COVER_OPEN, "refused.cover-open"),
        (None, "refused.printer-gone"),
        (PrinterState(True, frozenset({PrinterFault.CUTTER})), "refused.cutter-stuck"),
        (PrinterState(True, frozenset({PrinterFault.HOT})), "refused.printer-hot"),
        (PrinterState(True, frozenset({PrinterFault.BROKEN})), "refused.printer-broken"),
        (PrinterState(True, frozenset({PrinterFault.OFFLINE})), "refused.printer-offline"),
        (PrinterState(True, frozenset({PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN})), "refused.cover-open"),
    ],
)
def test_nobody_is_accepted_without_a_working_printer(make_bench, number, state, words):
    bench = make_bench().start()
    bench.finish()
    bench.printer(state)
    sent = list(bench.sent)
    assert bench.scan(number(1)) == (Signal.REFUSED, words)
    assert bench.sent == sent
    assert bench.look_up(PriorOf(b"")) is None
    assert bench.state.counters.totals.samples == 0


def test_one_way_printer_goes_on_and_nobody_is_asked(make_bench, number):
    bench = make_bench().start(ONE_WAY)
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    bench.finish(PrintOutcome.UNKNOWABLE)
    assert bench.state.printing.doubtful == ()


def test_point_set_to_accept_without_paper_prints_later(make_bench, number):
    bench = make_bench(without_paper=True).start()
    bench.finish()
    bench.printer(None)
    sent = len(bench.sent)
    assert bench.scan(number(1))[0] is Signal.ACCEPTED
    assert len(bench.sent) == sent
    bench.printer(PrinterState(known=True))
    assert bench.slips()[sent:] == [("voucher", "V0352000000158", 0)]


def test_doubtful_slip_is_one_question_and_no_means_a_marked_copy(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    assert bench.shown[-1][0] is Signal.QUESTION
    assert bench.shown[-1][1].key == "question.voucher"
    bench.scan(staff["no"])
    assert bench.slips()[-1] == ("voucher", "V0352000000158", 1)
    bench.finish()
    assert bench.state.printing.doubtful == ()


def test_doubtful_slip_answered_yes_is_not_printed_again(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    sent = len(bench.sent)
    assert bench.scan(staff["yes"]) == (Signal.NOTED, "noted")
    assert len(bench.sent) == sent
    assert bench.scan(staff["yes"]) == (Signal.REFUSED, "refused.nothing-to-do")


def test_reprints_are_numbered_across_a_restart(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["reprint"])
    bench.finish()
    assert bench.slips()[-1] == ("voucher", "V0352000000158", 1)
    bench = make_bench().start()
    assert bench.scan(number(1))[1] == "refused.already-sampled"
    bench.scan(staff["reprint"])
    assert bench.slips()[-1] == ("voucher", "V0352000000158", 2)


def test_what_was_not_printed_waits_and_comes_out_once(make_bench, number):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    jobs = bench.state.printing.sending
    bench.engine.take(NotPrinted("printer", jobs))
    assert bench.state.printing.queued[0].id == jobs[0].id
    bench.printer(PrinterState(known=True))
    bench.finish()
    assert bench.slips().count(("voucher", "V0352000000158", 0)) == 2
    assert bench.state.printing.doubtful == ()


def test_void_last_frees_the_place_and_the_person(make_bench, number, staff):
    bench = make_bench(pool_size=1).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    assert bench.scan(staff["void-last"]) == (Signal.NOTED, "voided")
    assert bench.state.sampling.open.filled == 0
    for _ in range(4):
        assert bench.scan(number(1), wait_s=1) == (Signal.READY, "nothing"), "the card still lies on the reader"
    assert bench.scan(number(1), wait_s=6) == (Signal.ACCEPTED, "accepted")
    totals = bench.state.counters.totals
    assert (totals.samples, totals.voided, totals.tubes) == (2, 1, 1)
    assert bench.state.sampling.last.voucher == "V0352000000255"


def test_seal_closes_the_tube_and_readies_the_next(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    assert bench.scan(staff["seal"]) == (Signal.REFUSED, "refused.nothing-to-do")
    bench.scan(number(1))
    bench.finish()
    assert bench.scan(staff["seal"]) == (Signal.NOTED, "tube-sealed")
    assert bench.slips()[-1] == ("label", "035200000298", 0)
    bench.scan(number(2))
    assert bench.state.sampling.open.code == "035200000298"
    assert bench.look_up(TubeBy("035200000104")).state is TubeState.SEALED


def test_preprinted_tube_first(make_bench, number, staff):
    bench = make_bench(pool_size=5, suppliers=True, source=TubeSource.PREPRINTED).start()
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.no-tube")
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-opened")
    for person in range(1, 6):
        assert bench.scan(number(person))[0] is Signal.ACCEPTED
        bench.finish()
    assert bench.scan(number(6)) == (Signal.REFUSED, "refused.no-tube")
    assert bench.tube("TB0000000001") == (Signal.REFUSED, "refused.tube-used")
    assert bench.tube("TB0000000002") == (Signal.NOTED, "tube-opened")
    bench.scan(number(6))
    assert bench.tube("TB0000000003") == (Signal.REFUSED, "refused.tube-open")


def test_a_tube_scanned_by_mistake_is_put_aside_and_may_be_taken_later(make_bench, number, staff):
    bench = make_bench(pool_size=5, suppliers=True, source=TubeSource.PREPRINTED).start()
    bench.tube("TB0000000001")
    assert bench.tube("TB0000000002") == (Signal.NOTED, "tube-opened")
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-opened")
    assert bench.tube("TB0000000002") == (Signal.NOTED, "tube-opened")
    bench.scan(number(1))
    assert bench.state.sampling.last_tube.code == "TB0000000002"
    assert bench.tube("TB0000000001") == (Signal.REFUSED, "refused.tube-used")
    bench.scan(staff["seal"])
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-opened")
    bench.scan(number(2))
    assert bench.state.sampling.last_tube.code == "TB0000000001"


def test_preprinted_persons_first(make_bench, number, staff):
    bench = make_bench(pool_size=5, suppliers=True, source=TubeSource.PREPRINTED, order=TubeOrder.PERSONS_FIRST).start()
    for person in range(1, 6):
        assert bench.scan(number(person))[0] is Signal.ACCEPTED
        bench.finish()
    assert bench.shown[-1][1].key == "tube-wanted"
    assert bench.scan(number(6)) == (Signal.REFUSED, "refused.tube-full")
    assert bench.scan(staff["seal"]) == (Signal.REFUSED, "refused.no-tube")
    assert bench.tube("TB0000000001") == (Signal.NOTED, "tube-bound")
    tube = bench.look_up(TubeBy("TB0000000001"))
    assert (tube.state, tube.filled) == (TubeState.SEALED, 5)
    assert bench.scan(number(6))[0] is Signal.ACCEPTED


def test_preprinted_and_printed_in_one_day(make_bench, number, staff):
    bench = make_bench(pool_size=5, suppliers=True).start()
    bench.finish()
    assert bench.tube("TB0000000007") == (Signal.NOTED, "tube-opened")
    bench.scan(number(1))
    assert bench.state.sampling.last_tube.code == "TB0000000007"
    bench.scan(staff["seal"])
    bench.scan(number(2))
    assert bench.state.sampling.last_tube.code == "035200000104"


def test_scanning_the_label_in_hand_is_a_check(make_bench):
    bench = make_bench().start()
    assert bench.scan("035200000104") == (Signal.READY, "tube-ready")
    assert bench.scan("035300000120") == (Signal.REFUSED, "refused.other-tables-tube")


def test_voucher_is_no_credential(make_bench, number):
    bench = make_bench().start()
    bench.scan(number(1))
    assert bench.scan("V0352000000158") == (Signal.REFUSED, "refused.voucher-shown")
    assert bench.scan("V0352000000255") == (Signal.REFUSED, "refused.unknown-code")


def test_pause_refuses_until_it_ends(make_bench, number, staff):
    bench = make_bench().start()
    bench.scan(staff["pause"])
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.paused")
    bench.scan(staff["pause"])
    assert bench.scan(number(1))[0] is Signal.ACCEPTED


def test_torn_and_endless_scans_are_refused_each_time(make_bench):
    bench = make_bench().start()
    for too_long in (False, True, False):
        bench.engine.take(ScanFailed("scanner", too_long))
    assert bench.sent_away() == {"unreadable": 2, "too-long": 1}


@pytest.mark.parametrize("hint", list(Hint))
def test_why_a_code_is_not_read_is_said_and_is_no_refusal(make_bench, number, hint):
    bench = make_bench().start()
    bench.finish()
    bench.engine.take(Hinted("camera", hint))
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.READY, f"hint.{hint}")
    assert bench.sent_away() == {}
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")


def test_what_staff_are_asked_stays_on_the_screen(make_bench):
    bench = make_bench().start()
    bench.finish()
    bench.printer(PAPER_OUT)
    asked = bench.shown[-1]
    bench.engine.take(Hinted("camera", Hint.GLARE))
    assert bench.shown[-1] == asked


def test_missing_scanner_is_said_and_broker_alone_is_no_alarm(make_bench):
    bench = make_bench().start()
    bench.engine.take(DeviceNews("id-card", True))
    bench.engine.take(DeviceNews("id-card", False))
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.ATTENTION, "device-gone")
    bench.engine.take(DeviceNews("id-card", True))
    assert (bench.shown[-1][0], bench.shown[-1][1].key) == (Signal.READY, "device-back")
    bench.engine.take(DeviceNews("broker", False))
    assert bench.shown[-1][0] is Signal.READY


def test_counts_are_absolute_and_carry_no_identity(make_bench, number):
    bench = make_bench().start()
    for person in (1, 2, 1):
        bench.scan(number(person))
        bench.finish()
    bench.engine.rest()
    counts = [json.loads(each.payload) for each in bench.published if "/counts/" in each.topic][-1]
    assert (counts["samples"], counts["vouchers"], counts["refused"]) == (2, 2, {"already-sampled": 1})
    assert counts["seq"] == 8
    assert counts["ts"] == 1_653_000_000_000 + counts["mono_ms"]
    assert all(number(1).encode() not in each.payload for each in bench.published)


def test_new_round_samples_everybody_again(make_bench, number):
    bench = make_bench().start()
    bench.scan(number(1))
    bench.finish()
    bench = make_bench(round_id="r2").start()
    bench.finish()
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert bench.state.sampling.last_tube.code == "035200000298"
    assert bench.state.counters.totals.samples == 1


def test_a_pool_size_changed_at_noon_holds_for_the_next_tube_and_slips_say_each_its_own(make_bench, number):
    bench = make_bench(pool_size=10).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    bench = make_bench(pool_size=5).start()
    bench.scan(number(2))
    bench.finish()
    sample = bench.look_up(PriorOf(bench.state.sampling.last.person.key))
    assert (sample.capacity, sample.position) == (10, 2)
    assert bench.state.sampling.open.capacity == 10


def test_a_tube_of_an_earlier_round_is_never_taken_into_use_again(make_bench, number):
    bench = make_bench(suppliers=True, source=TubeSource.PREPRINTED).start()
    bench.tube("TB0000000001")
    bench.tube("TB0000000002")
    bench.scan(number(1))
    bench.finish()
    bench = make_bench(suppliers=True, source=TubeSource.PREPRINTED, round_id="r2").start()
    assert bench.tube("TB0000000001") == (Signal.REFUSED, "refused.tube-used")
    assert bench.tube("TB0000000002") == (Signal.REFUSED, "refused.tube-used")
    assert bench.tube("TB0000000003") == (Signal.NOTED, "tube-opened")


def test_a_voided_persons_voucher_that_still_waits_is_not_printed(make_bench, number, staff):
    bench = make_bench(without_paper=True).start()
    bench.finish()
    bench.printer(PAPER_OUT)
    bench.scan(number(1))
    bench.scan(number(2))
    bench.scan(staff["void-last"])
    bench.printer(PrinterState(known=True))
    assert [slip for slip in bench.slips() if slip[0] == "voucher"] == [("voucher", "V0352000000158", 0)]
