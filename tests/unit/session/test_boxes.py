"""Tubes leave the table: packed, compared, closed, handed over; whatever does not agree is named."""

from dataclasses import replace

import pytest

from drivers.escpos.symbols import qr_side
from kiosk.credentials import Pattern, tube_code
from kiosk.model import BoxState, Hand, JobKind, Mismatch, TubeSource, TubeState
from kiosk.model.queries import PackedIn, TubeBy, Unpacked
from kiosk.ports import Signal
from kiosk.vouchers.manifest import MOST_TUBES, manifest_of, sign, verify
from kiosk.vouchers.token import Signer

FIRST = "035200000104"
BOX = "B035200000589"
"""Four labels came before it."""


def serve(bench, number, *people):
    for person in people:
        assert bench.scan(number(person)) == (Signal.ACCEPTED, "accepted")
        bench.finish()


def told(bench, key):
    return next(dict(notice.values) for _, notice in reversed(bench.shown) if notice.key == key)


@pytest.fixture
def table(make_bench, number):
    """Two sealed tubes of two, one person in the third."""
    bench = make_bench(pool_size=2, suppliers=True).start()
    bench.finish()
    serve(bench, number, 1, 2, 3, 4, 5)
    return bench


@pytest.fixture
def codes(table):
    return [job.subject.code for job in table.sent if job.kind == "label"]


def pack(bench, staff, *codes):
    bench.scan(staff["box"])
    for code in codes:
        assert bench.scan(code) == (Signal.NOTED, "tube-boxed")


def close(bench, staff):
    bench.scan(staff["box-close"])
    bench.scan(staff["yes"])
    bench.finish()


def slips(bench, kind):
    return [job for job in bench.sent if job.kind is kind]


class TestPacking:
    def test_a_box_is_opened_and_each_tube_scanned_goes_into_it(self, table, staff, codes):
        assert table.scan(staff["box"]) == (Signal.NOTED, "packing")
        assert told(table, "packing") == {"box": BOX, "tubes": "0", "people": "0"}
        assert table.scan(codes[0]) == (Signal.NOTED, "tube-boxed")
        assert table.scan(codes[1]) == (Signal.NOTED, "tube-boxed")
        assert told(table, "tube-boxed") == {"tube": codes[1], "box": BOX, "tubes": "2", "people": "4"}
        assert table.look_up(TubeBy(codes[0])).state is TubeState.BOXED
        assert [packed.tube.code for packed in table.look_up(PackedIn(table.state.packing.open.id))] == codes[:2]
        assert table.scan(staff["box"]) == (Signal.NOTED, "packing-ended")

    def test_residents_are_served_meanwhile_and_no_tube_gets_the_boxs_number(self, table, staff, codes, number):
        pack(table, staff, codes[0])
        serve(table, number, 6, 7)
        later = [job.subject.code for job in table.sent if job.kind == "label"]
        assert BOX[1:] not in later
        assert tube_code("0352", 6) in later

    def test_a_tube_held_still_goes_in_once_and_is_no_stray(self, table, staff, codes):
        pack(table, staff, codes[0])
        table.scan(codes[0], wait_s=0.3)
        box = table.state.packing.open
        assert (box.tubes, box.strays) == (1, ())

    def test_a_minute_later_a_scan_packs_nothing(self, table, staff, codes):
        pack(table, staff, codes[0])
        assert table.scan(codes[1], wait_s=61) == (Signal.REFUSED, "refused.tube-used")
        assert table.state.packing.open.tubes == 1

    def test_in_the_middle_of_packing_the_code_tube_says_that_the_next_is_for_people(self, make_bench, number, staff):
        bench = make_bench(pool_size=1, source=TubeSource.PREPRINTED, suppliers=True).start()
        bench.tube("TB0000000001")
        serve(bench, number, 1)
        pack(bench, staff, "TB0000000001")
        bench.scan(staff["tube"])
        assert bench.scan("TB0000000002") == (Signal.NOTED, "tube-opened")
        serve(bench, number, 2)
        assert bench.scan("TB0000000002") == (Signal.NOTED, "tube-boxed")

    def test_nothing_that_a_resident_holds_up_is_packed(self, table, staff, codes):
        table.scan(staff["box"])
        assert table.scan(codes[0], hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")

    @pytest.mark.parametrize(
        ("code", "why"),
        [
            ("third", Mismatch.UNSEALED),
            ("TB0000000009", Mismatch.UNKNOWN),
            (tube_code("0777", 3), Mismatch.OTHER_TABLES),
            ("void", Mismatch.TAKEN_BACK),
            ("first", Mismatch.DOUBLED),
        ],
    )
    def test_whatever_does_not_belong_is_named_and_must_come_out(self, table, staff, codes, code, why):
        for each in (staff["void"], codes[1], staff["yes"]):
            table.scan(each)
        table.finish()
        pack(table, staff, codes[0])
        scanned = {"first": codes[0], "void": codes[1], "third": codes[2]}.get(code, code)
        assert table.scan(scanned) == (Signal.REFUSED, f"stray.{why}")
        assert table.scan(staff["box-close"]) == (Signal.REFUSED, "refused.strays")
        assert [(stray.code, stray.why) for stray in slips(table, JobKind.TALLY)[-1].subject.mismatches] == [
            (scanned, why)
        ]
        table.finish()
        table.scan(staff["box-out"])
        assert table.scan(scanned) == (Signal.NOTED, "stray-out")
        close(table, staff)
        assert [box.state for box in table.state.packing.boxes] == [BoxState.CLOSED]
        assert table.look_up(TubeBy(codes[0])).state is TubeState.BOXED

    def test_of_an_earlier_round(self, staff, codes, make_bench):
        later = make_bench(pool_size=2, round_id="r2").start()
        later.finish()
        later.scan(staff["box"])
        assert later.scan(codes[0]) == (Signal.REFUSED, "stray.earlier")

    def test_a_full_box_takes_no_more(self, make_bench, number, staff):
        bench = make_bench(pool_size=1).start()
        bench.finish()
        serve(bench, number, *range(1, MOST_TUBES + 2))
        codes = [job.subject.code for job in bench.sent if job.kind == "label"]
        pack(bench, staff, *codes[:MOST_TUBES])
        assert bench.scan(codes[MOST_TUBES]) == (Signal.REFUSED, "refused.box-full")

    def test_a_box_takes_no_more_than_the_manifests_symbol_holds(self, make_bench, number, staff):
        """Or the printer could never print it, and would serve nobody any more."""
        codes = [f"TB{n:038d}" for n in range(MOST_TUBES)]
        bench = make_bench(pool_size=1, source=TubeSource.PREPRINTED, suppliers=True)
        bench.engine._forms = replace(bench.engine._forms, preprinted_tube=Pattern("TB[0-9]{38}"))  # noqa: SLF001
        bench.start()
        for person, code in enumerate(codes, 1):
            bench.tube(code)
            serve(bench, number, person)
        bench.scan(staff["box"])
        taken = [code for code in codes if bench.scan(code) == (Signal.NOTED, "tube-boxed")]
        assert 20 < len(taken) < MOST_TUBES
        close(bench, staff)
        for code in ("hand-over", "yes"):
            bench.scan(staff[code])
        text = sign(manifest_of(slips(bench, JobKind.MANIFEST)[0].subject, "/".join(["x" * 30] * 4)), Signer(bytes(32)))
        assert qr_side(len(text)) <= 177
        assert verify(text, [Signer(bytes(32)).public_key]).people == len(taken)

    def test_a_tube_comes_out_again_and_into_another_box(self, table, staff, codes):
        pack(table, staff, *codes[:2])
        table.scan(staff["box-out"])
        assert table.scan(codes[0]) == (Signal.NOTED, "tube-unboxed")
        assert told(table, "tube-unboxed")["tubes"] == "1"
        assert [tube.code for tube in table.look_up(Unpacked())] == [codes[0]]
        table.scan(staff["box-out"])
        assert table.scan(codes[2]) == (Signal.REFUSED, "refused.not-in-a-box")

    def test_what_is_in_a_box_is_not_changed(self, table, staff, codes, number):
        pack(table, staff, *codes[:2])
        table.scan(staff["void"])
        assert table.scan(codes[0]) == (Signal.REFUSED, "refused.in-a-box")
        table.scan(staff["void"])
        table.scan(number(1))
        assert table.scan(staff["yes"]) == (Signal.REFUSED, "refused.in-a-box")
        table.scan(staff["move"])
        assert table.scan(codes[0]) == (Signal.REFUSED, "refused.in-a-box")

    def test_the_last_person_of_a_boxed_tube_is_not_taken_back(self, make_bench, number, staff):
        bench = make_bench(pool_size=1).start()
        bench.finish()
        serve(bench, number, 1)
        pack(bench, staff, FIRST)
        assert bench.scan(staff["void-last"]) == (Signal.REFUSED, "refused.in-a-box")


class TestClosing:
    def test_what_agrees_is_asked_once_and_closed(self, table, staff, codes):
        pack(table, staff, *codes[:2])
        assert table.scan(staff["box-close"]) == (Signal.QUESTION, "question.box-close")
        assert told(table, "question.box-close") == {"box": BOX, "tubes": "2", "people": "4"}
        assert table.scan(staff["yes"]) == (Signal.NOTED, "box-closed")
        assert slips(table, JobKind.TALLY) == []

    def test_what_is_missing_is_on_a_list_and_staff_say(self, table, staff, codes):
        pack(table, staff, codes[0])
        assert table.scan(staff["box-close"]) == (Signal.QUESTION, "question.box-mismatch")
        assert told(table, "question.box-mismatch")["missing"] == "1"
        assert [stray.code for stray in slips(table, JobKind.TALLY)[0].subject.mismatches] == [codes[1]]
        assert table.scan(staff["no"]) == (Signal.NOTED, "noted")
        assert table.state.packing.open is not None

    def test_a_tube_that_goes_in_before_the_answer_is_asked_about_anew(self, table, staff, codes):
        pack(table, staff, codes[0])
        table.scan(staff["box-close"])
        table.finish()
        table.scan(codes[1])
        table.scan(staff["yes"])
        assert table.shown[-1][1].key == "question.box-close"
        assert table.state.packing.open.tubes == 2
        assert table.scan(staff["yes"]) == (Signal.NOTED, "box-closed")

    def test_too_old_is_said_at_the_scan_and_asked(self, make_bench, number, staff):
        bench = make_bench(pool_size=1, transport_limit_ms=3_600_000).start()
        bench.finish()
        serve(bench, number, 1)
        bench.seconds += 3_600
        bench.scan(staff["box"])
        assert bench.scan(FIRST) == (Signal.NOTED, "tube-boxed-late")
        assert bench.scan(staff["box-close"]) == (Signal.QUESTION, "question.box-mismatch")
        assert told(bench, "question.box-mismatch")["late"] == "1"

    def test_an_empty_box_is_not_closed(self, table, staff):
        table.scan(staff["box"])
        assert table.scan(staff["box-close"]) == (Signal.REFUSED, "refused.nothing-to-do")

    def test_the_age_of_what_waits_is_told_before_the_limit(self, make_bench, number):
        bench = make_bench(pool_size=1, transport_limit_ms=3_600_000).start()
        bench.finish()
        serve(bench, number, 1)
        bench.seconds += 2_700
        bench.engine.rest()
        assert bench.shown[-1][1].key == "sealed-age.old"
        bench.seconds += 900
        bench.engine.rest()
        assert bench.shown[-1][1].key == "sealed-age.too-old"


class TestHandover:
    @pytest.fixture
    def closed(self, table, staff, codes):
        pack(table, staff, *codes[:2])
        close(table, staff)
        return table

    def test_two_manifests_and_nothing_changes_any_more(self, closed, staff, codes):
        assert closed.scan(staff["hand-over"]) == (Signal.QUESTION, "question.hand-over")
        assert closed.scan(staff["yes"]) == (Signal.NOTED, "handed-over")
        closed.finish()
        assert [(job.copy, job.reason) for job in slips(closed, JobKind.MANIFEST)] == [(0, None), (1, "second")]
        assert [packed.tube.filled for packed in slips(closed, JobKind.MANIFEST)[0].subject.packed] == [2, 2]
        assert closed.look_up(TubeBy(codes[0])).state is TubeState.HANDED_OVER
        for act in ("void", "move"):
            closed.scan(staff[act])
            assert closed.scan(codes[0]) == (Signal.REFUSED, "refused.handed-over")
        assert closed.scan(staff["box-out"]) == (Signal.REFUSED, "refused.nothing-to-do")
        closed.scan(staff["box"])
        assert closed.scan(codes[0]) == (Signal.REFUSED, "stray.handed-over")

    def test_a_box_that_is_another_by_the_answer_is_asked_about_anew(self, closed, staff):
        closed.scan(staff["box-seal"])
        closed.scan(staff["hand-over"])
        closed.scan("S-77001")
        assert closed.scan(staff["yes"]) == (Signal.REFUSED, "refused.read-first")
        assert closed.state.packing.closed.seal == "S-77001"
        assert closed.shown[-1][1].key == "question.hand-over"
        assert closed.scan(staff["yes"]) == (Signal.NOTED, "handed-over")

    def test_a_yes_to_a_box_that_is_open_again_does_not_sound_as_if_it_had_gone(self, closed, staff, codes):
        closed.scan(staff["hand-over"])
        closed.scan(staff["box-out"])
        closed.scan(codes[0])
        assert closed.scan(staff["yes"]) == (Signal.REFUSED, "refused.nothing-to-do")
        assert slips(closed, JobKind.MANIFEST) == []
        assert closed.state.questions.proposed is None

    def test_no_keeps_it(self, closed, staff):
        closed.scan(staff["hand-over"])
        closed.scan(staff["no"])
        assert closed.state.packing.closed.tubes == 2

    def test_a_box_that_comes_back_is_closed_and_its_manifest_void(self, closed, staff, codes):
        closed.scan(staff["hand-over"])
        closed.scan(staff["yes"])
        closed.finish()
        assert closed.scan(staff["hand-over-back"]) == (Signal.QUESTION, "question.hand-over-back")
        assert closed.scan(staff["yes"]) == (Signal.NOTED, "handed-over-back")
        assert closed.look_up(TubeBy(codes[0])).state is TubeState.BOXED
        assert closed.scan(staff["hand-over-back"]) == (Signal.REFUSED, "refused.nothing-to-do")
        closed.scan(staff["hand-over"])
        closed.scan(staff["yes"])
        first, again = (slips(closed, JobKind.MANIFEST)[at].subject for at in (0, -1))
        assert (first.id < again.id, first.box.number) == (True, again.box.number)

    def test_a_manifest_under_way_when_the_box_comes_back_is_asked_about_by_nobody(self, closed, staff):
        closed.scan(staff["hand-over"])
        closed.scan(staff["yes"])
        closed.scan(staff["hand-over-back"])
        closed.scan(staff["yes"])
        assert {job.settlement for job in closed.state.printing.sending} == {"voided"}

    def test_a_closed_box_is_open_again_when_a_tube_is_taken_out(self, closed, staff, codes):
        closed.scan(staff["box-out"])
        assert closed.scan(codes[0]) == (Signal.NOTED, "tube-unboxed")
        assert closed.state.packing.open.tubes == 1
        assert closed.scan(staff["hand-over"]) == (Signal.REFUSED, "refused.nothing-to-do")

    def test_while_another_is_being_packed_it_stays_closed(self, closed, staff, codes):
        closed.scan(staff["box"])
        closed.scan(staff["box"])
        closed.scan(staff["box-out"])
        assert closed.scan(codes[0]) == (Signal.REFUSED, "refused.box-open")

    def test_boxes_go_in_the_order_in_which_they_were_closed_and_know_their_seals(self, closed, staff, number):
        closed.scan(staff["box-seal"])
        assert closed.scan("S-77001") == (Signal.NOTED, "box-sealed")
        assert closed.state.packing.closed.seal == "S-77001"
        serve(closed, number, 6)
        closed.scan(staff["box"])
        for job in slips(closed, JobKind.LABEL)[2:3]:
            closed.scan(job.subject.code)
        close(closed, staff)
        closed.scan(staff["hand-over"])
        assert told(closed, "question.hand-over")["box"] == BOX

    def test_what_is_as_long_as_an_identity_number_is_no_seal(self, closed, staff):
        closed.scan(staff["box-seal"])
        assert closed.scan("11019919900101001") == (Signal.REFUSED, "refused.unknown-code")
        assert closed.state.packing.closed.seal == ""

    def test_bags(self, make_bench, number, staff):
        bench = make_bench(pool_size=1, bags=True).start()
        bench.finish()
        serve(bench, number, 1, 2)
        codes = [job.subject.code for job in slips(bench, JobKind.LABEL)]
        pack(bench, staff, codes[0])
        assert bench.scan(staff["bag"]) == (Signal.NOTED, "bag-next")
        bench.scan(codes[1])
        assert [packed.bag for packed in bench.look_up(PackedIn(bench.state.packing.open.id))] == [1, 2]

    def test_a_start_knows_all_of_it(self, closed, staff, make_bench):
        closed.scan(staff["hand-over"])
        closed.scan(staff["yes"])
        packing = closed.state.packing
        again = make_bench(pool_size=2, suppliers=True)
        assert (again.state.packing.boxes, again.state.packing.handover) == (packing.boxes, packing.handover)
        again.start()
        assert {job.kind for job in again.state.printing.doubtful} == {JobKind.MANIFEST}
