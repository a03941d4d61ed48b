"""Any order of scans, acts of staff, faults and power cuts at one table, and what no order of them may break."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.credentials import staff_codes
from kiosk.engine.inbox import NotPrinted, Printed
from kiosk.journal.soundness import flaw
from kiosk.model import Hand, Pool, PrintJob, Sample, StaffAction, TubeOrder, TubeSource
from kiosk.ports import PrinterFault, PrinterState, PrintOutcome, PrintReport
from kiosk.session import State
from table_bench import STAFF_KEY, Bench, plan_of, resident_number

STAFF = {action: text for text, action in staff_codes(STAFF_KEY).items()}
PRINTERS = (PrinterState(True), None, PrinterState(True, frozenset({PrinterFault.PAPER_OUT})))
PLACES = st.sampled_from(
    [
        (TubeSource.PRINTED, TubeOrder.TUBE_FIRST),
        (TubeSource.PREPRINTED, TubeOrder.TUBE_FIRST),
        (TubeSource.PREPRINTED, TubeOrder.PERSONS_FIRST),
    ]
)
UNDOABLE = [
    StaffAction.PAUSE,
    StaffAction.POOL_5,
    StaffAction.HOUSEHOLD,
    StaffAction.SEAL,
    StaffAction.EXEMPT_RECOVERED,
]
PEOPLE = st.integers(1, 9)
WAITS = st.sampled_from([0.3, 2.0, 10.0, 70.0])

BROKEN = {
    "a person in two tubes": "SELECT 1 FROM samples WHERE void = 0 GROUP BY round, person_key HAVING count(*) > 1",
    "somebody with two credentials in two tubes": "SELECT 1 FROM links l JOIN samples s ON s.round = l.round"
    " AND s.person_key = l.person_key WHERE s.void = 0 GROUP BY l.round, l.sample_seq HAVING count(*) > 1",
    "two in one place": "SELECT 1 FROM samples WHERE void = 0 GROUP BY tube_id, position HAVING count(*) > 1",
    "a tube over its capacity": "SELECT 1 FROM tubes t WHERE capacity < (SELECT count(*) FROM samples"
    " WHERE tube_id = t.id AND void = 0)",
    "a place that the tube does not have": "SELECT 1 FROM samples JOIN tubes t ON t.id = tube_id"
    " WHERE position > capacity AND samples.void = 0",
    "a code twice": "SELECT 1 FROM (SELECT code FROM tubes WHERE code IS NOT NULL"
    " UNION ALL SELECT code FROM codes_left) GROUP BY code HAVING count(*) > 1",
    "a single in a pool": "SELECT 1 FROM tubes WHERE purpose = 'single' AND (capacity <> 1 OR filled > 1)",
    "a person in a tube that is void": "SELECT 1 FROM samples JOIN tubes t ON t.id = tube_id"
    " WHERE samples.void = 0 AND t.state IN ('void', 'aside', 'ready')",
    "a tube in a box that it is not in": "SELECT 1 FROM tubes WHERE (box_id IS NOT NULL) <> (state IN"
    " ('boxed', 'handed-over'))",
    "a box that is not what it says": "SELECT 1 FROM boxes b WHERE state <> 'given-up' AND (tubes, people) <>"
    " (SELECT count(*), coalesce(sum(filled), 0) FROM tubes t WHERE t.box_id = b.id)",
    "a handed-over tube that is another": "SELECT 1 FROM handed_over l JOIN handovers h ON h.id = l.handover_id"
    " JOIN tubes t ON t.id = l.tube_id WHERE taken_back = 0"
    " AND (t.state <> 'handed-over' OR t.filled <> l.filled OR t.box_id <> h.box_id OR l.filled <>"
    " (SELECT count(*) FROM samples WHERE tube_id = t.id AND void = 0))",
    "a tube handed over twice": "SELECT 1 FROM handed_over l JOIN handovers h ON h.id = l.handover_id"
    " WHERE taken_back = 0 GROUP BY tube_id HAVING count(*) > 1",
    "a tube with a box's number": "SELECT 1 FROM boxes JOIN tubes ON code = substr(number, 2)",
    "a voucher twice": "SELECT 1 FROM samples GROUP BY voucher HAVING count(*) > 1",
    "two unmarked slips of a kind": "SELECT 1 FROM jobs WHERE copy = 0"
    " GROUP BY kind, tube_id, sample_seq, shift_id, handover_id, tally_id, missing_id"
    " HAVING count(*) > 1 AND kind <> 'closing'",
}
"""By what would be wrong, a query that finds it."""


class Table(RuleBasedStateMachine):
    """One table; its printer's paper is not looked at here, only what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._printed: set[tuple[str, int]] = set()
        self._seconds, self._plan = 0.0, plan_of()

    @initialize(place=PLACES, pool=st.sampled_from([1, 2, 5]), closing_slip=st.booleans())
    def opened(self, place: tuple[TubeSource, TubeOrder], pool: int, closing_slip: bool) -> None:
        source, order = place
        also = {"suppliers": True, "without_paper": True, "closing_slip": closing_slip}
        self._plan = plan_of(source=source, order=order, pool_size=pool, **also)
        self._start()

    def _start(self) -> None:
        self.bench = Bench(Path(self._folder.name) / "journal.sqlite", self._plan, seconds=self._seconds)
        self.bench.on_print = self._sent
        self.bench.start()

    def _sent(self, jobs: tuple[PrintJob, ...]) -> None:
        for job in jobs:
            slip = _named(job)
            assert job.copy or slip not in self._printed or job.kind == "closing", f"{slip} unmarked a second time"
            self._printed.add(slip)

    @rule(person=PEOPLE, wait_s=WAITS)
    def person(self, person: int, wait_s: float) -> None:
        self.bench.scan(resident_number(person), wait_s)

    @rule(number=st.integers(1, 9), hand=st.sampled_from(Hand), wait_s=WAITS)
    def supplier_tube(self, number: int, hand: Hand, wait_s: float) -> None:
        self.bench.scan(f"TB000000000{number}", wait_s, hand)

    @rule(nth=st.integers(0, 5), hand=st.sampled_from(Hand))
    def known_tube(self, nth: int, hand: Hand) -> None:
        codes = self._column("SELECT code FROM tubes WHERE code IS NOT NULL ORDER BY id DESC LIMIT 6")
        if codes:
            self.bench.scan(codes[nth % len(codes)], 2.0, hand)

    @rule(nth=st.integers(0, 8), hand=st.sampled_from(Hand))
    def voucher(self, nth: int, hand: Hand) -> None:
        numbers = self._column("SELECT voucher FROM samples ORDER BY seq DESC LIMIT 9")
        if numbers:
            self.bench.scan(numbers[nth % len(numbers)], 2.0, hand)

    @rule(action=st.sampled_from(StaffAction), wait_s=WAITS)
    def staff(self, action: StaffAction, wait_s: float) -> None:
        self.bench.scan(STAFF[action], wait_s)

    @rule(action=st.sampled_from([StaffAction.VOID, StaffAction.MOVE]), person=PEOPLE, sure=st.booleans())
    def asked_twice(self, action: StaffAction, person: int, sure: bool) -> None:
        self.bench.scan(STAFF[action], 2.0)
        numbers = self._column("SELECT voucher FROM samples WHERE void = 0 ORDER BY seq DESC LIMIT 9")
        self.bench.scan(numbers[person % len(numbers)] if numbers else resident_number(person), 2.0)
        self.bench.scan(STAFF[StaffAction.YES if sure else StaffAction.NO], 2.0)

    @rule(most=st.integers(1, 4), acts=st.sampled_from([1, 2, 3]), sure=st.booleans())
    def box(self, most: int, acts: int, sure: bool) -> None:
        self.bench.scan(STAFF[StaffAction.BOX], 2.0)
        for code in self._column("SELECT code FROM tubes WHERE state = 'sealed' LIMIT 4")[:most]:
            self.bench.scan(code, 2.0)
        for act in (StaffAction.BOX_CLOSE, StaffAction.HAND_OVER, StaffAction.HAND_OVER_BACK)[:acts]:
            self.bench.scan(STAFF[act], 2.0)
            self.bench.scan(STAFF[StaffAction.YES if sure else StaffAction.NO], 2.0)

    @rule(action=st.sampled_from(UNDOABLE), person=PEOPLE)
    def undone(self, action: StaffAction, person: int) -> None:
        """What is done and undone at once was never done."""
        self.bench.scan(STAFF[StaffAction.NO], 70.0)
        before, acts = self._as_it_is(), len(self._column("SELECT id FROM acts"))
        self.bench.scan(STAFF[action], 2.0)
        if action is StaffAction.EXEMPT_RECOVERED:
            self.bench.scan(resident_number(person), 2.0)
        changed = self._column("SELECT action FROM acts ORDER BY id")[acts:]
        _, told = self.bench.scan(STAFF[StaffAction.UNDO], 2.0)
        if changed == [action] and told != "refused.cannot-undo":
            assert self._as_it_is() == before, f"{action} was told as undone ({told})"

    def _as_it_is(self) -> tuple[object, ...]:
        """What people would see of what `undo` takes back. The label of a tube that nobody is in is torn up for another
        size, and that is not undone."""
        state = self.bench.state
        tube, pool = state.sampling.open, state.staff.pool or Pool(self._plan.pool_size)
        held = (
            None if tube is None or not tube.filled else (tube.id, tube.code, tube.filled, tube.capacity, tube.purpose)
        )
        return state.staff.paused, pool, held, self._column("SELECT person_key FROM exempt ORDER BY 1")

    @rule(state=st.sampled_from(PRINTERS))
    def printer(self, state: PrinterState | None) -> None:
        self.bench.printer(state)

    @rule(outcome=st.sampled_from(PrintOutcome))
    def ends(self, outcome: PrintOutcome) -> None:
        if jobs := self.bench.state.printing.sending:
            self.bench.engine.take(Printed("printer", jobs, PrintReport((outcome,) * len(jobs), 0, 0, 0), None))

    @rule()
    def returned(self) -> None:
        if jobs := self.bench.state.printing.sending:
            self._printed -= set(map(_named, jobs))
            self.bench.engine.take(NotPrinted("printer", jobs))

    @rule()
    def rest(self) -> None:
        self.bench.engine.rest()

    @rule(orderly=st.booleans())
    def power_cut(self, orderly: bool) -> None:
        self._seconds = self.bench.seconds
        (self.bench.journal.close if orderly else self.bench.journal.abandon)()
        self._start()

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        if not hasattr(self, "bench"):
            return
        with closing(self._read()) as database:
            wrong = [what for what, query in BROKEN.items() if database.execute(query).fetchone()]
            assert (wrong, flaw(database)) == ([], None)

    @invariant()
    def memory_is_what_the_journal_holds(self) -> None:
        if hasattr(self, "bench"):
            held = State.recalled(self._plan, self.bench.journal.restore("0352"))
            state = self.bench.state
            assert (held.counters, held.sampling, held.staff.pool) == (state.counters, state.sampling, state.staff.pool)
            boxes = state.packing.boxes, state.packing.handover
            assert (held.packing.boxes, held.packing.handover) == boxes

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.bench.journal.close()
        self._folder.cleanup()

    def _read(self) -> sqlite3.Connection:
        return sqlite3.connect(Path(self._folder.name) / "journal.sqlite")

    def _column(self, query: str) -> list[str]:
        with closing(self._read()) as database:
            return [row[0] for row in database.execute(query)]


def _named(job: PrintJob) -> tuple[str, int]:
    subject = job.subject
    return str(job.kind), subject.seq if isinstance(subject, Sample) else subject.id
