"""Any person, any tube is taken back, and people are moved to another code: asked for, shown, and said yes to."""

import pytest

from kiosk.credentials import tube_code
from kiosk.engine.inbox import Scanned
from kiosk.model import Hand, JobKind, TubeSource, TubeState
from kiosk.model.queries import MembersOf, PriorOf, SampleBy, TubeBy
from kiosk.ports import Signal, TextScan


def served(bench, number, *people):
    for person in people:
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        bench.finish()


def members(bench, code):
    tube = bench.look_up(TubeBy(code))
    return [(sample.position, sample.voucher) for sample in bench.look_up(MembersOf(tube.id))]


@pytest.fixture
def full(make_bench, number):
    """Three in a tube of three, one in the next."""
    bench = make_bench(pool_size=3).start()
    bench.finish()
    served(bench, number, 1, 2, 3, 4)
    return bench


def asked(bench):
    signal, notice = bench.shown[-1]
    return signal, notice.key, dict(notice.values)


class TestPerson:
    def test_by_card_somebody_in_the_middle_of_a_sealed_tube(self, full, number, staff):
        first = full.look_up(SampleBy("V0352000000158"))
        code = next(job.subject.code for job in full.sent if job.kind == "label")
        assert full.scan(staff["void"]) == (Signal.NOTED, "void-asked")
        full.scan(number(2))
        assert asked(full)[:2] == (Signal.QUESTION, "question.void-person")
        assert asked(full)[2]["voucher"] == "V0352000000255"
        assert full.scan(staff["yes"]) == (Signal.NOTED, "voided")
        assert members(full, code) == [(1, "V0352000000158"), (3, "V0352000000352")]
        tube = full.look_up(TubeBy(code))
        assert (tube.filled, tube.holes, tube.state) == (2, (2,), TubeState.SEALED)
        assert full.state.counters.totals.voided == 1
        assert full.look_up(PriorOf(first.person.key)) == first
        served(full, number, 2)

    def test_by_voucher_and_no_leaves_everything(self, full, number, staff):
        full.scan(staff["void"])
        full.scan("V0352000000255")
        before = full.state.counters.seq
        assert full.scan(staff["no"]) == (Signal.NOTED, "noted")
        assert full.state.counters.seq == before
        assert full.scan(number(2)) == (Signal.REFUSED, "refused.already-sampled")

    def test_the_place_that_is_free_again_is_the_next_ones(self, make_bench, number, staff):
        bench = make_bench(pool_size=5).start()
        bench.finish()
        served(bench, number, 1, 2, 3)
        bench.scan(staff["void"])
        bench.scan("V0352000000255")
        bench.scan(staff["yes"])
        served(bench, number, 4, 5, 6)
        code = bench.state.sampling.last_tube.code
        assert members(bench, code) == [
            (1, "V0352000000158"),
            (2, "V0352000000449"),
            (3, "V0352000000352"),
            (4, "V0352000000546"),
            (5, "V0352000000643"),
        ]
        assert bench.look_up(TubeBy(code)).state is TubeState.SEALED

    def test_a_card_that_lies_on_the_reader_is_asked_about_once_and_not_registered_again(self, full, number, staff):
        full.scan(staff["void"])
        full.scan(number(2))
        shown = len(full.shown)
        for _ in range(5):
            full.scan(number(2), wait_s=0.4)
        full.scan(staff["yes"], wait_s=1.2)
        for _ in range(5):
            full.scan(number(2), wait_s=0.4)
        keys = [notice.key for _, notice in full.shown[shown:]]
        assert keys == ["voided", "ready"]

    def test_whoever_is_not_registered_is_nobody_to_be_taken_back(self, full, number, staff):
        full.scan(staff["void"])
        assert full.scan(number(9)) == (Signal.REFUSED, "refused.not-sampled")
        assert full.scan("V0352000000643") == (Signal.REFUSED, "refused.not-sampled")
        full.scan("V0352000000255")
        assert asked(full)[1] == "question.void-person"

    def test_what_waits_for_nobody_ends_after_a_minute_and_people_are_served(self, full, number, staff):
        full.scan(staff["void"])
        assert full.state.told.resting.signal is Signal.ATTENTION
        full.seconds += 61
        full.engine.rest()
        assert full.state.told.resting.notice.key == "ready"
        assert full.scan(number(5)) == (Signal.ACCEPTED, "accepted")

    def test_the_last_one_of_an_open_tube_of_whom_nothing_is_left(self, make_bench, number, staff):
        bench = make_bench(pool_size=5).start()
        bench.finish()
        served(bench, number, 1)
        bench.scan(staff["void"])
        bench.scan("V0352000000158")
        bench.scan(staff["yes"])
        assert (bench.state.sampling.open.filled, bench.state.sampling.last) == (0, None)
        served(bench, number, 2)
        assert bench.state.sampling.last.position == 1

    def test_a_power_cut_before_yes_forgets_the_question_and_after_it_nothing(self, full, make_bench, number, staff):
        full.scan(staff["void"])
        full.scan(number(2))
        full = make_bench(pool_size=3).start()
        assert full.scan(staff["yes"]) == (Signal.REFUSED, "refused.nothing-to-do")
        full.scan(staff["void"])
        full.scan(number(2))
        full.scan(staff["yes"])
        full = make_bench(pool_size=3).start()
        served(full, number, 2)

    def test_taken_back_by_the_other_way_meanwhile_it_is_not_taken_back_twice(self, make_bench, number, staff):
        bench = make_bench(pool_size=5).start()
        bench.finish()
        served(bench, number, 1)
        bench.scan(staff["void"])
        bench.scan("V0352000000158")
        bench.scan(staff["void-last"])
        assert bench.scan(staff["yes"]) == (Signal.REFUSED, "refused.not-sampled")
        assert bench.state.counters.totals.voided == 1


class TestTube:
    def test_all_its_people_are_free_and_a_list_says_who(self, full, number, staff):
        code = next(job.subject.code for job in full.sent if job.kind == "label")
        full.scan(staff["void"])
        full.scan(code, hand=Hand.SHARED)
        assert asked(full) == (Signal.QUESTION, "question.void-tube", {"tube": code, "filled": "3"})
        assert full.scan(staff["yes"]) == (Signal.NOTED, "tube-voided")
        roll = full.sent[-1]
        assert roll.kind is JobKind.CALL_BACK
        assert [(sample.position, sample.voucher, sample.void) for sample in roll.subject.people] == [
            (1, "V0352000000158", True),
            (2, "V0352000000255", True),
            (3, "V0352000000352", True),
        ]
        tube = full.look_up(TubeBy(code))
        assert (tube.filled, tube.state) == (0, TubeState.VOID)
        assert full.state.counters.totals.voided == 3
        full.finish()
        served(full, number, 1, 2)
        assert full.scan(code) == (Signal.REFUSED, "refused.tube-used")

    def test_the_list_comes_back_after_a_power_cut_with_those_who_were_in_it_then(self, full, make_bench, staff):
        code = next(job.subject.code for job in full.sent if job.kind == "label")
        full.scan(staff["void"])
        full.scan("V0352000000158")
        full.scan(staff["yes"])
        full.scan(staff["void"])
        full.scan(code)
        full.scan(staff["yes"])
        roll = full.state.printing.sending[-1].subject
        full = make_bench(pool_size=3).start()
        (doubtful,) = full.state.printing.doubtful
        assert doubtful.subject == roll
        assert [sample.voucher for sample in roll.people] == ["V0352000000255", "V0352000000352"]
        assert asked(full)[1] == "question.call-back"
        full.scan(staff["no"])
        assert (full.sent[-1].kind, full.sent[-1].copy, full.sent[-1].subject) == (JobKind.CALL_BACK, 1, roll)

    def test_the_tube_in_use_with_its_voucher_still_waiting(self, make_bench, number, staff):
        bench = make_bench(pool_size=5, without_paper=True).start()
        bench.finish()
        served(bench, number, 1)
        bench.printer(None)
        bench.scan(number(2))
        code = bench.state.sampling.open.code
        bench.scan(staff["void"])
        bench.scan(code)
        bench.scan(staff["yes"])
        assert bench.state.sampling.open is None
        assert [job.kind for job in bench.state.printing.queued] == ["call-back", "label"], "the next tube's"

    def test_a_label_that_was_spoilt_before_anybody_was_in_its_tube(self, make_bench, staff):
        bench = make_bench(pool_size=5).start()
        bench.finish()
        code = bench.state.sampling.ready.code
        bench.scan(staff["void"])
        bench.scan(code)
        bench.scan(staff["yes"])
        assert bench.look_up(TubeBy(code)).state is TubeState.VOID
        assert bench.state.sampling.ready.code != code

    def test_at_the_residents_scanner_nothing_is_shown_to_be_taken_back(self, full, staff):
        code = next(job.subject.code for job in full.sent if job.kind == "label")
        full.scan(staff["void"])
        assert full.scan(code, hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")


class TestMove:
    def test_a_printed_tube_gets_another_label_and_its_old_code_is_never_used_again(self, full, number, staff):
        code = next(job.subject.code for job in full.sent if job.kind == "label")
        labels = full.state.counters.totals.labels
        assert full.scan(staff["move"]) == (Signal.NOTED, "move-asked")
        full.scan(code)
        assert asked(full) == (Signal.QUESTION, "question.other-label", {"tube": code, "filled": "3"})
        assert full.scan(staff["yes"]) == (Signal.NOTED, "tube-moved")
        job = full.sent[-1]
        assert (job.kind, job.copy, job.reason) == (JobKind.LABEL, 1, "other-code")
        assert members(full, job.subject.code)[0] == (1, "V0352000000158")
        assert full.state.counters.totals.labels == labels + 1
        full.finish()
        assert full.scan(code) == (Signal.REFUSED, "refused.tube-used")
        served(full, number, 5, 6, 7, 8)
        codes = [job.subject.code for job in full.sent if job.kind == "label"]
        assert len(codes) == len(set(codes))

    def test_a_suppliers_tube_in_use_whose_barcode_lost_a_digit(self, make_bench, number, staff):
        bench = make_bench(pool_size=5, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.tube("TB0000000001")
        served(bench, number, 1, 2)
        bench.scan(staff["move"])
        assert bench.scan("TB0000000010") == (Signal.NOTED, "tube-moved")
        served(bench, number, 3)
        assert [place for place, _ in members(bench, "TB0000000010")] == [1, 2, 3]
        assert bench.tube("TB0000000001") == (Signal.REFUSED, "refused.tube-used")

    def test_a_sealed_one_shown_by_the_voucher_of_somebody_in_it(self, make_bench, number, staff):
        bench = make_bench(pool_size=2, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.tube("TB0000000001")
        served(bench, number, 1, 2)
        bench.scan(staff["move"])
        assert bench.scan("V0352000000158") == (Signal.NOTED, "move-to")
        assert bench.scan("TB0000000009") == (Signal.NOTED, "tube-moved")
        tube = bench.look_up(TubeBy("TB0000000009"))
        assert (tube.filled, tube.state) == (2, TubeState.SEALED)

    def test_to_a_code_that_is_used_already_nobody_is_moved(self, make_bench, number, staff):
        bench = make_bench(pool_size=1, source=TubeSource.PREPRINTED, suppliers=True).start()
        for person in (1, 2):
            bench.tube(f"TB000000000{person}")
            served(bench, number, person)
        bench.scan(staff["move"])
        bench.scan("TB0000000001")
        assert bench.scan("TB0000000002") == (Signal.NOTED, "move-to"), "taken for the tube that is left"
        assert members(bench, "TB0000000002") == [(1, "V0352000000255")]

    def test_it_outlives_a_power_cut(self, make_bench, number, staff):
        bench = make_bench(pool_size=5, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.tube("TB0000000001")
        served(bench, number, 1)
        bench.scan(staff["move"])
        bench.scan("TB0000000010")
        bench = make_bench(pool_size=5, source=TubeSource.PREPRINTED, suppliers=True).start()
        assert bench.state.sampling.open.code == "TB0000000010"
        assert bench.tube("TB0000000001") == (Signal.REFUSED, "refused.tube-used")


def other_tables_code():
    return tube_code("0353", 1)


def test_a_tube_of_another_table_is_known_as_such(make_bench):
    bench = make_bench().start()
    assert bench.tube(other_tables_code()) == (Signal.REFUSED, "refused.other-tables-tube")


def test_what_was_handed_over_is_not_taken_back(full, number, staff):
    tube = full.look_up(TubeBy(next(job.subject.code for job in full.sent if job.kind == "label")))
    full.journal._db.execute("UPDATE tubes SET state = 'handed-over' WHERE id = ?", (tube.id,))  # noqa: SLF001
    full.scan(staff["void"])
    assert full.scan(tube.code) == (Signal.REFUSED, "refused.handed-over")
    full.scan(number(1))
    assert full.scan(staff["yes"]) == (Signal.REFUSED, "refused.handed-over")
    full.scan(staff["move"])
    assert full.scan(tube.code) == (Signal.REFUSED, "refused.handed-over")


def test_what_residents_show_meanwhile_is_only_asked_about(full, number, staff):
    """Somebody else's card slips in between: staff see whom the question names."""
    full.scan(staff["void"])
    full.engine.take(Scanned("id-card", TextScan(number(4).encode()), full.clock().mono_ns, Hand.RESIDENTS))
    assert asked(full)[2]["voucher"] == "V0352000000449"
    full.scan(staff["no"])
    assert full.look_up(SampleBy("V0352000000449")) is not None
