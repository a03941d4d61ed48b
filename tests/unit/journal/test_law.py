"""The law of the journal: what a start reads back is the fold of all changes ever committed."""

import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from kiosk.engine.inbox import AskRead, NotPrinted, OrderRead, Printed
from kiosk.journal import Journal
from kiosk.model import (
    CopyReason,
    Counters,
    Instant,
    JobKind,
    JobState,
    Person,
    PrintJob,
    Refusal,
    Sample,
    Shift,
    StaffAction,
    Totals,
    Tube,
    TubeOrder,
    TubeSource,
    TubeState,
)
from kiosk.model.acts import Act
from kiosk.model.changes import (
    Change,
    JobQueued,
    Recalled,
    SampleTaken,
    ScansRefused,
    ShiftReported,
    TubeAllotted,
)
from kiosk.model.orders import RenewCodes
from kiosk.model.queries import PriorOf, SampleBy, TubeBy, Unpacked
from kiosk.model.records import Ask
from kiosk.ports import Message, PrinterFault, PrinterState, PrintOutcome, PrintReport
from kiosk.session import State
from kiosk.session.folding import committed, fold
from kiosk.vouchers.order import signed
from table_bench import CENTRE, Bench, codes_of_turn, listed

PRINTERS = (PrinterState(True), None, PrinterState(True, frozenset({PrinterFault.PAPER_OUT})))
ACTIONS = tuple(StaffAction)
ABOUT_BOXES = [ACTIONS.index(each) for each in ACTIONS if each.startswith(("box", "bag", "hand-over", "yes"))]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("person"), st.integers(1, 12)),
        st.tuples(st.just("tube"), st.integers(1, 6)),
        st.tuples(st.just("staff"), st.integers(0, len(ACTIONS) - 1)),
        st.tuples(st.just("staff"), st.sampled_from(ABOUT_BOXES)),
        st.tuples(st.just("printer"), st.integers(0, len(PRINTERS) - 1)),
        st.tuples(st.just("ends"), st.integers(0, len(PrintOutcome) - 1)),
        st.tuples(st.just("returned"), st.just(0)),
        st.tuples(st.just("rest"), st.just(0)),
        st.tuples(st.just("clock"), st.just(0)),
        st.tuples(st.just("roster"), st.integers(1, 3)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=40,
)


class Ledger:
    """All that was committed, in its order, over every start."""

    def __init__(self) -> None:
        self.commits: list[tuple[Change, ...]] = []

    def watch(self, bench: Bench) -> None:
        write = bench.journal.commit

        def commit(changes: Sequence[Change], counters: Counters, messages: Sequence[Message] = ()) -> None:
            write(changes, counters, messages)
            self.commits.append(tuple(changes))

        bench.journal.commit = commit  # type: ignore[method-assign]

    def folded(self, bench: Bench) -> State:
        counters = bench.state.counters
        state = State(bench.plan, Counters(counters.epoch, counters.block))
        for changes in self.commits:
            for change in changes:
                state = fold(state, change)
            state = committed(state)
        return state


def kept(state: State) -> tuple[object, ...]:
    boxes = state.packing.boxes, state.packing.handover
    roster = state.roster.head, state.roster.called, state.orders.known, state.orders.turn
    return state.counters, state.sampling, state.printing, state.staff.paused, state.staff.pool, boxes, roster


@pytest.mark.parametrize(
    ("source", "order"),
    [
        (TubeSource.PRINTED, TubeOrder.TUBE_FIRST),
        (TubeSource.PREPRINTED, TubeOrder.TUBE_FIRST),
        (TubeSource.PREPRINTED, TubeOrder.PERSONS_FIRST),
    ],
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    steps=[
        ("staff", ACTIONS.index(StaffAction.BOX)),
        ("tube", 2),
        ("staff", ACTIONS.index(StaffAction.BOX_CLOSE)),
        ("tube", 1),
    ]
)
@given(steps=STEPS)
def test_what_the_journal_restores_is_the_fold_of_all_changes(  # noqa: C901 - one arm a step
    make_bench_in, number, staff, source, order, steps
):
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:

        def start() -> Bench:
            plan = {"source": source, "order": order, "suppliers": True, "closing_slip": True, "without_paper": True}
            bench: Bench = make_bench_in(Path(folder), pool_size=3, **plan)
            ledger.watch(bench)
            bench.trusted = trusted
            return bench.start()

        trusted = False
        bench = start()
        for what, n in steps:
            match what:
                case "person":
                    bench.scan(number(n))
                case "tube":
                    bench.tube(f"TB000000000{n}")
                case "staff":
                    bench.scan(staff[ACTIONS[n]])
                case "printer":
                    bench.printer(PRINTERS[n])
                case "ends" if bench.state.printing.sending:
                    jobs = bench.state.printing.sending
                    report = PrintReport((tuple(PrintOutcome)[n],) * len(jobs), 0, 0, 0)
                    bench.engine.take(Printed("printer", jobs, report, None))
                case "returned" if bench.state.printing.sending:
                    bench.engine.take(NotPrinted("printer", bench.state.printing.sending))
                case "rest":
                    bench.engine.rest()
                case "roster":
                    bench.offer((listed(each, f"{each % n}号楼") for each in range(n, 10)), made_s=n)
                case "clock":
                    bench.trusted = trusted = True
                    bench.engine.rest()
                case "restart":
                    bench = start()
            event(what)
        restored = State.recalled(bench.plan, bench.journal.restore("0352"))
        assert kept(restored) == kept(ledger.folded(bench))
        assert kept(restored) == kept(bench.state)
        bench.journal.close()


BOOT = Instant("boot-7", 11, 13, trusted=True)
TUBE = Tube(3, "035200000104", TubeSource.PREPRINTED, 20, TubeState.OPEN, 5, replace(BOOT, mono_ns=17), "3号楼")
SAMPLE = Sample(
    19, Person(b"key", "阿**", "**0010"), 3, 20, 5, "V0352000000158", replace(BOOT, mono_ns=23), tube=TUBE.code
)
TOTALS = Totals(29, 31, 37, 41, 43, 89, {Refusal.EXPIRED: 47, Refusal.TORN: 53})
COUNTERS = Counters("epoch", "0352", 1, 59, 61, 67, 71, 73, TOTALS)
ACT = Act(StaffAction.VOID, "V0352000000158", "C0017", replace(BOOT, mono_ns=97))
SHIFT = Shift(79, TOTALS, replace(TUBE, filled=2), replace(BOOT, mono_ns=83), {StaffAction.VOID: 1}, (ACT,))


@pytest.mark.parametrize("value", [BOOT, TUBE, SAMPLE, SAMPLE.person, TOTALS, COUNTERS, SHIFT, ACT], ids=repr)
def test_no_two_fields_of_the_stored_values_are_alike(value):
    """So a column that is read into another's field shows."""
    found = [getattr(value, field.name) for field in fields(value)]
    assert not any(found[i] == found[j] for i in range(len(found)) for j in range(i))


def stored(journal: Journal, *changes: Change) -> Recalled:
    journal.commit((*changes, ScansRefused(tuple(TOTALS.refused.items()))), COUNTERS)
    return journal.restore("0352")


def test_every_stored_value_comes_back_with_all_its_fields(tmp_path):
    label = PrintJob(5, JobKind.LABEL, "labels", JobState.QUEUED, TUBE, 2, CopyReason.ASKED)
    voucher = PrintJob(6, JobKind.VOUCHER, "slips", JobState.SENDING, SAMPLE, 1, CopyReason.DID_NOT_COME_OUT)
    closing = PrintJob(7, JobKind.CLOSING, "slips", JobState.UNCONFIRMED, TUBE)
    report = PrintJob(8, JobKind.REPORT, "slips", JobState.QUEUED, SHIFT)
    with Journal(tmp_path / "journal.sqlite", "r1") as journal:
        known = stored(
            journal,
            TubeAllotted(TUBE),
            SampleTaken(SAMPLE, TUBE),
            ShiftReported(SHIFT),
            *(JobQueued(job, BOOT) for job in (label, voucher, closing, report)),
        )
        assert [job.subject.tube for job in known.sending if isinstance(job.subject, Sample)] == [TUBE.code]
        assert known == Recalled(
            COUNTERS,
            TUBE,
            last=SAMPLE,
            last_tube=TUBE,
            queued=(label, report),
            sending=(voucher,),
            doubtful=(closing,),
            first_sample=19,
        )
        facts = journal.answer((PriorOf(b"key"), SampleBy("V0352000000158"), TubeBy("035200000104")))
        assert facts[PriorOf(b"key")] == facts[SampleBy("V0352000000158")] == SAMPLE
        assert facts[TubeBy("035200000104")] == TUBE


def test_every_kind_of_change_is_made_by_some_order_of_events(make_bench, number, staff):  # noqa: C901 - a day
    """Walks the union: who adds a change adds the way to it here, so that the law above is held for it too."""
    ledger = Ledger()
    bench = make_bench(pool_size=2, suppliers=True, closing_slip=True)
    ledger.watch(bench)
    bench.trusted = False
    bench.start()

    def held() -> None:
        assert kept(bench.state) == kept(State.recalled(bench.plan, bench.journal.restore("0352")))

    for person in (1, 2):
        bench.scan(number(person))
        held()
        bench.finish()
    bench.trusted = True
    bench.engine.rest()
    held()
    for action in ("void-last", "report", "seal", "pause", "pause", "pool-1", "pool-5", "single", "single"):
        bench.scan(staff[action])
        held()
        bench.finish()
    for code in ("TB0000000001", "TB0000000002", "TB0000000001"):
        bench.tube(code)
        held()
    bench.scan("no such code")
    bench.engine.rest()
    held()
    for code in (staff["exempt-recovered"], number(22)):
        bench.scan(code)
        held()
    # No authority is told of anything here.
    counted = {field.name for field in fields(Totals) if getattr(bench.state.counters.totals, field.name)}
    assert counted == {field.name for field in fields(Totals)} - {"records"}
    first = make_bench(pool_size=2, suppliers=True, source=TubeSource.PREPRINTED, order=TubeOrder.PERSONS_FIRST)
    ledger.watch(first)
    first.start()
    for person in range(3, 14):
        first.scan(number(person))
    first.tube("TB0000000003")
    first.journal.abandon()
    first.path.unlink()
    lost = make_bench(pool_size=2)
    ledger.watch(lost)
    lost.start()
    lost.scan(staff["yes"])
    suppliers = make_bench(pool_size=5, suppliers=True, source=TubeSource.PREPRINTED)
    ledger.watch(suppliers)
    suppliers.start()
    suppliers.tube("TB0000000004")
    suppliers.scan(staff["household"])
    suppliers.scan(number(21))
    for code in (staff["move"], "TB0000000005", staff["void"], "TB0000000005", staff["yes"]):
        suppliers.scan(code)
    assert kept(suppliers.state) == kept(State.recalled(suppliers.plan, suppliers.journal.restore("0352")))
    leaving = make_bench(pool_size=1, records=True)
    ledger.watch(leaving)
    leaving.start()
    leaving.finish()
    leaving.scan(number(31))
    leaving.scan(staff["seal"])
    leaving.finish()
    codes = [tube.code or "" for tube in leaving.look_up(Unpacked())]
    packing = (staff["box"], codes[0], codes[0], staff["box-out"], codes[0], staff["box-out"], codes[0], codes[0])
    closing = (
        staff["box-close"],
        staff["yes"],
        staff["hand-over"],
        staff["yes"],
        staff["hand-over-back"],
        staff["yes"],
    )
    stray = ("TB0000000099", staff["box-close"], staff["box-out"], "TB0000000099")
    for code in (*packing, *stray, *closing):
        leaving.scan(code)
        assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352"))), code
        leaving.finish()
    for code in (staff["exempt-recovered"], number(41), staff["undo"], staff["undo"]):
        leaving.scan(code)
        assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352"))), code
    reopening = make_bench(pool_size=5)
    ledger.watch(reopening)
    reopening.start()
    reopening.scan(number(51))
    for code in (staff["seal"], staff["undo"]):
        reopening.scan(code)
        assert kept(reopening.state) == kept(State.recalled(reopening.plan, reopening.journal.restore("0352"))), code
    leaving = make_bench(pool_size=1, records=True).start()
    ledger.watch(leaving)
    leaving.seconds += 11
    leaving.engine.rest()
    leaving.engine.take(AskRead(Ask("a", leaving.state.counters.epoch, ((1, 9),))))
    assert leaving.state.counters.totals.records > 0
    assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352")))
    renewal = signed(1_653_000_000_000, ("cn", "r1", "+", "+"), RenewCodes(1), CENTRE)
    leaving.engine.take(OrderRead(renewal.text))
    assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352")))
    leaving.engine.rest()
    assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352")))
    staff = {str(action): text for text, action in codes_of_turn(1).items()}
    leaving.offer((listed(61, "1号楼"), listed(62, "2号楼")))
    leaving.hear("b", 71, 72)
    leaving.scan("H" * 40)
    leaving.finish()
    for code in (
        *(staff["next-unit"], staff["missing"], staff["next-unit"]),
        *(staff["same-person"], "H" * 40, number(61)),
    ):
        leaving.scan(code)
        assert kept(leaving.state) == kept(State.recalled(leaving.plan, leaving.journal.restore("0352"))), code
    made = {type(change) for changes in ledger.commits for change in changes}
    assert {kind.__name__ for kind in get_args(Change)} - {kind.__name__ for kind in made} == set()
