"""The plug is pulled at every boundary between two effects, and nothing is lost or doubled."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from kiosk.engine.inbox import NotPrinted, Printed, PrinterNews, Scanned
from kiosk.model import Hand, PrintJob, Sample, Tube
from kiosk.ports import PrinterState, PrintOutcome, PrintReport, Signal, TextScan
from kiosk.session.questions.asked import withheld

pytestmark = pytest.mark.slow

PEOPLE = 9
READY = PrinterState(known=True)

Step = tuple[str, int]
STEPS = st.one_of(
    st.tuples(st.just("person"), st.integers(1, PEOPLE)),
    st.tuples(st.just("person"), st.integers(1, PEOPLE)),
    st.tuples(st.just("cut"), st.integers(0, 20)),
    st.tuples(st.just("paper"), st.integers(0, 3)),
    st.tuples(st.just("doubt"), st.integers(0, 3)),
    st.tuples(st.just("gone"), st.integers(0, 1)),
    st.tuples(st.just("answer"), st.just(0)),
    st.tuples(st.just("seal"), st.just(0)),
    st.tuples(st.just("void-last"), st.just(0)),
    st.tuples(st.just("reprint"), st.just(0)),
)


class PulledPlug(BaseException):
    """No code of the kiosk can catch it."""


class World:
    """The paper and the people outlive the kiosk; the kiosk is whatever the journal remembers."""

    def __init__(self, make_bench: Callable[[], Any], number: Callable[[int], str], staff: dict[str, str]) -> None:
        self._make, self._number, self._staff = make_bench, number, staff
        self.paper: list[tuple[str, int, int]] = []
        self.accepted: Counter[int] = Counter()
        self.voided: Counter[int] = Counter()
        self._countdown: int | None = None
        self._half_sent = 0
        self._on_wire: tuple[PrintJob, ...] = ()
        self.now = 0.0
        self.cuts = 0
        self.power_on()

    def power_on(self) -> None:
        while True:
            self.bench = self._make()
            self.bench.seconds = self.now
            self.bench.journal.boundary = self._boundary
            self.bench.on_print = self._bytes_leave
            try:
                self.bench.start()
            except PulledPlug:
                continue
            return

    def step(self, step: Step) -> None:
        try:
            self._do(*step)
        except PulledPlug:
            self.cuts += 1
            # What was on the wire may still come out, some of it or all.
            self._print(self._on_wire[: self._half_sent])
            self._on_wire = ()
            self.now = self.bench.seconds + 1
            self.power_on()

    def _do(self, what: str, n: int) -> None:
        match what:
            case "cut":
                self._countdown = n
                self._half_sent = n % 5
            case "person":
                self._person(n)
            case "paper" | "doubt":
                self._batch_ends(what, n)
            case "gone":
                self._printer_gone()
            case "answer":
                self._answer()
            case _:
                self._show_staff_code(what)

    def _person(self, n: int) -> None:
        before = len(self.bench.shown)
        self._hold_up(self._number(n))
        if any(signal is Signal.ACCEPTED for signal, _ in self.bench.shown[before:]):
            self.accepted[n] += 1

    def _batch_ends(self, what: str, printed: int) -> None:
        """The printer ends a batch: all on paper and proved, or some on paper and nothing known."""
        jobs = self.bench.state.printing.sending
        if not jobs:
            return
        self._on_wire = ()
        count = len(jobs) if what == "paper" else min(printed, len(jobs))
        self._print(jobs[:count])
        outcome = PrintOutcome.CONFIRMED if what == "paper" else PrintOutcome.UNCONFIRMED
        report = PrintReport((outcome,) * len(jobs), 0, 0, 0)
        self.bench.engine.take(Printed("printer", jobs, report, None))

    def _printer_gone(self) -> None:
        """Unplugged before a byte of the batch left, and plugged in again."""
        jobs = self.bench.state.printing.sending
        self._on_wire = ()
        if jobs:
            self.bench.engine.take(NotPrinted("printer", jobs))
        self.bench.engine.take(PrinterNews("printer", None))
        self.bench.engine.take(PrinterNews("printer", READY))

    def _answer(self) -> None:
        """Staff look at the paper and tell the truth."""
        doubtful = self.bench.state.printing.doubtful
        if doubtful:
            self._show_staff_code("yes" if _slip(doubtful[0]) in self.paper else "no")
        elif withheld(self.bench.state):
            self._show_staff_code("yes")

    def _show_staff_code(self, action: str) -> None:
        self._hold_up(self._staff[action])

    def _hold_up(self, text: str) -> None:
        self.bench.seconds += 10
        self.bench.engine.take(Scanned("s", TextScan(text.encode()), self.bench.clock().mono_ns, Hand.SHARED))

    def _bytes_leave(self, jobs: tuple[PrintJob, ...]) -> None:
        self._on_wire = jobs
        self._boundary()

    def _print(self, jobs: tuple[PrintJob, ...]) -> None:
        self.paper += [_slip(job) for job in jobs]

    def _boundary(self) -> None:
        if self._countdown is None:
            return
        self._countdown -= 1
        if self._countdown < 0:
            self._countdown = None
            raise PulledPlug

    def drain(self) -> None:
        """The end of the day: everything is printed and every question answered."""
        self._countdown = None
        for _ in range(200):
            printing = self.bench.state.printing
            if printing.sending:
                self._batch_ends("paper", 0)
            elif printing.doubtful or withheld(self.bench.state):
                self._answer()
            else:
                return
        raise AssertionError("the jobs never end")


def _slip(job: PrintJob) -> tuple[str, int, int]:
    assert isinstance(job.subject, Tube | Sample)
    subject = job.subject.id if isinstance(job.subject, Tube) else job.subject.seq
    return str(job.kind), subject, job.copy


def _rows(path: Path, query: str) -> list[Any]:
    database = sqlite3.connect(path)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=45))
def test_nothing_is_lost_or_doubled(steps, make_bench_in, number, staff):
    with tempfile.TemporaryDirectory() as folder:
        world = World(lambda: make_bench_in(Path(folder), pool_size=5), number, staff)
        for step in steps:
            world.step(step)
        world.drain()
        world.bench.journal.close()
        event(f"power cuts: {min(world.cuts, 5)}")
        _check(world, Path(folder) / "journal.sqlite")


def _check(world: World, journal: Path) -> None:
    unmarked = Counter(slip for slip in world.paper if slip[2] == 0)
    assert all(times == 1 for times in unmarked.values()), f"a slip came out twice unmarked: {unmarked}"
    assert len(world.paper) == len(set(world.paper)), "a copy came out twice with the same number"
    valid = dict(_rows(journal, "SELECT person_key, count(*) FROM samples WHERE void = 0 GROUP BY person_key"))
    assert set(valid.values()) <= {1}
    assert len(valid) + _rows(journal, "SELECT count(*) FROM samples WHERE void = 1")[0][0] >= sum(
        world.accepted.values()
    ), "somebody saw the green lamp and is not in the journal"
    over = _rows(journal, "SELECT tube_id FROM samples WHERE void = 0 GROUP BY tube_id HAVING count(*) > 5")
    assert over == []
    filled = _rows(
        journal,
        "SELECT t.id FROM tubes t WHERE filled <> (SELECT count(*) FROM samples WHERE tube_id = t.id AND void = 0)",
    )
    assert filled == []
    _check_paper(world, journal)
    _check_totals(journal)


def _check_paper(world: World, journal: Path) -> None:
    """Each person in a tube has a voucher on paper, each tube with somebody in it a label."""
    printed = {(kind, subject) for kind, subject, _ in world.paper}
    for (seq,) in _rows(journal, "SELECT seq FROM samples WHERE void = 0"):
        assert ("voucher", seq) in printed
    for (tube,) in _rows(journal, "SELECT DISTINCT tube_id FROM samples"):
        assert ("label", tube) in printed


def _check_totals(journal: Path) -> None:
    totals = _rows(journal, "SELECT samples, vouchers, voided, labels FROM totals WHERE round = 'r1'")
    counted = _rows(
        journal,
        "SELECT (SELECT count(*) FROM samples), (SELECT count(DISTINCT voucher) FROM samples),"
        " (SELECT count(*) FROM samples WHERE void = 1), (SELECT count(DISTINCT code) FROM tubes)",
    )
    assert (totals or [(0, 0, 0, 0)]) == counted


def test_a_commit_cut_in_the_middle_leaves_nothing(make_bench, number):
    """The transaction itself, cut by the death of the process between two of its rows."""
    bench = make_bench().start()
    bench.finish()
    rows = []

    def cut() -> None:
        rows.append(1)
        if len(rows) == 3:
            raise PulledPlug

    bench.journal.boundary = cut
    with pytest.raises(PulledPlug):
        bench.scan(number(1))
    bench = make_bench().start()
    assert bench.state.counters.totals.samples == 0
    assert bench.state.sampling.open is None
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert bench.state.sampling.last.voucher == "V0352000000158"
