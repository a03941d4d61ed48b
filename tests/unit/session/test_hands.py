"""Who may do what: nothing that residents hold up changes where samples go, and one showing is one act."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.engine.inbox import Pressed
from kiosk.model import Hand, StaffAction, TubeOrder, TubeSource
from kiosk.ports import Button, PrinterState, PrintOutcome, Signal
from table_bench import listed

SUPPLIERS = {"source": TubeSource.PREPRINTED, "suppliers": True}
ORDERS = [
    {"source": TubeSource.PRINTED},
    {"source": TubeSource.PRINTED, "suppliers": True},
    {**SUPPLIERS, "order": TubeOrder.TUBE_FIRST},
    {**SUPPLIERS, "order": TubeOrder.PERSONS_FIRST},
]


def tubes(bench):
    """Which tubes there are, and what code each has: all that a barcode could change."""
    database = bench.journal._db  # noqa: SLF001 - the whole table, as no query of the session's gives it
    return database.execute("SELECT id, code, source, state FROM tubes WHERE filled = 0 OR code IS NOT NULL").fetchall()


@pytest.mark.parametrize("plan", ORDERS, ids=["printed", "both", "tube-first", "persons-first"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shown=st.lists(
        st.tuples(
            st.sampled_from(["supplier", "known", "aside", "voucher", "staff"]), st.integers(1, len(StaffAction))
        ),
        max_size=12,
    ),
    hand=st.sampled_from([Hand.RESIDENTS, Hand.SHARED]),
)
def test_nothing_of_a_residents_opens_binds_or_puts_aside_a_tube(make_bench_in, number, staff, plan, shown, hand):
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench_in(Path(folder), pool_size=5, **plan).start()
        bench.tube("TB0000000007")
        bench.tube("TB0000000008")
        bench.scan(number(1))
        before = tubes(bench)
        acts = tuple(staff)
        for what, n in shown:
            match what:
                case "supplier":
                    bench.scan(f"TB000000000{n}", hand=hand)
                case "known":
                    bench.scan("035200000104", hand=hand)
                case "aside":
                    bench.scan("TB0000000007", hand=hand)
                case "voucher":
                    bench.scan("V0352000000158", hand=hand)
                case "staff" if hand is Hand.RESIDENTS:
                    bench.scan(staff[acts[n - 1]], hand=hand)
        assert tubes(bench) == before
        assert bench.state.staff.paused is False
        bench.journal.close()


@pytest.mark.parametrize("order", TubeOrder)
def test_a_residents_code_that_looks_like_a_suppliers_tube_moves_nobody(make_bench, number, order):
    """It opened a tube that does not exist, and the next five people were registered into it."""
    bench = make_bench(pool_size=5, order=order).start()
    bench.finish()
    assert bench.scan("TB0000000001", hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")
    assert bench.scan("TB0000000001") == (Signal.REFUSED, "refused.unknown-code")
    bench.scan(number(1))
    assert bench.state.sampling.last_tube.code == "035200000104"


def test_at_a_shared_scanner_a_tube_counts_once_after_staff_asked(make_bench, number, staff):
    bench = make_bench(pool_size=5, **SUPPLIERS).start()
    assert bench.scan("TB0000000001") == (Signal.REFUSED, "refused.tube-not-asked")
    assert bench.scan(staff["tube"]) == (Signal.NOTED, "tube-asked")
    assert bench.scan("TB0000000001") == (Signal.NOTED, "tube-opened")
    assert bench.scan("TB0000000002") == (Signal.REFUSED, "refused.tube-not-asked")
    assert bench.scan("TB0000000001") == (Signal.READY, "tube-open"), "a check that it is the right one"
    bench.scan(staff["tube"])
    assert bench.scan("TB0000000002", wait_s=61) == (Signal.REFUSED, "refused.tube-not-asked"), (
        "nobody remembers asking"
    )


def test_only_residents_are_counted_as_sent_away(make_bench, staff):
    bench = make_bench(pool_size=5, **SUPPLIERS).start()
    for action in ("yes", "seal", "reprint", "void-last"):
        assert bench.scan(staff[action])[0] is Signal.REFUSED
    bench.tube("TB0000000001")
    bench.tube("TB0000000001")
    bench.scan("what is this", hand=Hand.STAFF)
    assert bench.sent_away() == {}
    bench.scan("what is this")
    assert bench.sent_away() == {"unknown-code": 1}


@pytest.mark.parametrize("action", StaffAction)
@pytest.mark.parametrize("button", [False, True])
def test_one_showing_is_one_act(make_bench, number, staff, action, button):
    """Read three times in 1.2 s, `yes` settled three questions; a button that bounces or is held is one press."""
    bench = make_bench(pool_size=1).start()
    for person in (1, 2):
        bench.finish()
        bench.scan(number(person))
    bench.finish(PrintOutcome.UNCONFIRMED)
    bench.seconds += 10

    def show(after_s):
        if button:
            bench.seconds += after_s / 4
            bench.engine.take(Pressed(Button(action)))
        else:
            bench.scan(staff[action], wait_s=after_s)

    show(0)
    before, shown = bench.state.counters.seq, len(bench.shown)
    for _ in range(6):
        show(0.4)
    assert (bench.state.counters.seq, len(bench.shown)) == (before, shown)


PACKED = ("box", "035200000104")
CLOSED = (*PACKED, "box-close", "yes")
BEFORE = {
    StaffAction.UNDO: ("pause",),
    StaffAction.BOX_OUT: PACKED,
    StaffAction.BAG: PACKED,
    StaffAction.BOX_SEAL: PACKED,
    StaffAction.BOX_CLOSE: PACKED,
    StaffAction.HAND_OVER: CLOSED,
    StaffAction.HAND_OVER_BACK: (*CLOSED, "hand-over", "yes"),
}
ASKED_TWICE = {StaffAction.BOX_CLOSE, StaffAction.HAND_OVER, StaffAction.HAND_OVER_BACK}


@pytest.mark.parametrize("action", StaffAction)
def test_every_act_of_staff_can_be_done_and_has_its_sign(make_bench, number, staff, action):
    """When a tube was just filled and its last voucher is in question; `seal`, once the next one is in use; a
    box's, when there is one."""
    bench = make_bench(pool_size=2, closing_slip=True, suppliers=True, bags=True).start()
    bench.finish()
    for person in (1, 2, 3) if action is StaffAction.SEAL else (1, 2):
        bench.finish()
        bench.scan(number(person))
    bench.finish(PrintOutcome.UNCONFIRMED)
    bench.seconds += 10
    bench.offer((listed(21, "1号楼"), listed(22, "2号楼")))
    bench.scan(staff["next-unit"])
    for act in BEFORE.get(action, ()):
        bench.scan(staff.get(act, act))
    assert bench.scan(staff[action])[0] is (Signal.QUESTION if action in ASKED_TWICE else Signal.NOTED)


def test_staff_who_lift_the_code_may_act_again(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    for copies in (1, 2, 3):
        assert bench.scan(staff["reprint"], wait_s=2) == (Signal.NOTED, "reprinted.voucher")
        bench.finish()
        assert bench.slips()[-1] == ("voucher", "V0352000000158", copies)


def test_an_answer_settles_the_question_that_was_on_show_and_could_be_read(make_bench, number, staff):
    """Voucher and label of one torn batch are two questions, the voucher's first."""
    bench = make_bench(pool_size=1).start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    assert [job.kind for job in bench.state.printing.doubtful] == ["voucher", "label"]
    assert bench.scan(staff["yes"], wait_s=0.3) == (Signal.REFUSED, "refused.read-first")
    assert bench.scan(staff["yes"], wait_s=2) == (Signal.NOTED, "noted")
    assert bench.shown[-1][1].key == "question.label"
    assert bench.scan(staff["no"], wait_s=0.3) == (Signal.REFUSED, "refused.read-first"), "it came up just now"
    assert [job.kind for job in bench.state.printing.doubtful] == ["label"]


def test_the_question_stays_while_the_next_resident_is_served(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    assert bench.scan(number(2)) == (Signal.ACCEPTED, "accepted")
    assert bench.state.told.resting.notice.key == "question.voucher"
    bench.scan(staff["no"])
    assert bench.slips()[-1] == ("voucher", "V0352000000255", 0), "the copy waits for the printer"
    bench.finish()
    assert bench.slips()[-1] == ("voucher", "V0352000000158", 1)


def test_a_question_that_a_fault_hides_is_not_answered(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish(PrintOutcome.UNCONFIRMED)
    bench.printer(None)
    assert bench.scan(staff["no"]) == (Signal.REFUSED, "refused.nothing-to-do")
    bench.printer(PrinterState(True))
    assert len(bench.state.printing.doubtful) == 1
    assert bench.scan(staff["no"]) == (Signal.NOTED, "noted")


@pytest.mark.parametrize("hand", [Hand.RESIDENTS, Hand.SHARED])
def test_a_voucher_that_somebody_shows_gets_them_no_copy(make_bench, number, staff, hand):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.finish()
    assert bench.scan("V0352000000158", hand=hand) == (Signal.REFUSED, "refused.voucher-shown")
    assert bench.scan(staff["reprint"]) == (Signal.REFUSED, "refused.nothing-to-do")
    assert bench.scan("V0352000000158", hand=hand) == (Signal.REFUSED, "refused.voucher-shown")
    assert bench.scan(number(1), wait_s=2) == (Signal.REFUSED, "refused.already-sampled"), "the card itself, at once"
    assert bench.scan(staff["reprint"]) == (Signal.NOTED, "reprinted.voucher")


def test_staff_may_have_a_voucher_printed_again_that_they_hold_to_their_own_scanner(make_bench, number, staff):
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.scan(number(2))
    assert bench.scan("V0352000000158", hand=Hand.STAFF) == (Signal.NOTED, "voucher-known")
    assert bench.scan(staff["reprint"]) == (Signal.NOTED, "reprinted.voucher")
    bench.finish()
    assert bench.slips()[-1] == ("voucher", "V0352000000158", 1)


def test_a_staff_code_at_the_residents_scanner_does_nothing(make_bench, staff):
    bench = make_bench().start()
    for action in StaffAction:
        assert bench.scan(staff[action], hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")
    assert bench.state.staff.paused is False
