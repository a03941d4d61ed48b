"""Nothing on the way of a scan grows with what waits or with the round: the work is counted, not timed."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from types import FrameType
from typing import Any

import pytest

from kiosk.engine.inbox import Printed
from kiosk.frozen import prepare
from kiosk.ports import PrinterState, PrintOutcome, PrintReport
from table_bench import Bench, plan_of, resident_number

FEW, MANY = 40, 400
MOST_RATIO = 1.2
"""For ten times as many: what is looked for by halves takes a few steps more, 1.13 times as much on Python 3.13. A walk
of one instruction for each would be more."""
GONE, READY = None, PrinterState(known=True)


class Work:
    """Instructions of Python, and of SQLite's machine."""

    def __init__(self, bench: Bench) -> None:
        self.python = self.sqlite = 0
        self._database = bench.journal._db  # noqa: SLF001 - its work is counted beside ours

    def of(self, act: Callable[[], object]) -> tuple[int, int]:
        self._database.set_progress_handler(self._step, 1)
        sys.settrace(self._trace)
        try:
            act()
        finally:
            sys.settrace(None)
            self._database.set_progress_handler(None, 1)
        return self.python, self.sqlite

    def _step(self) -> int:
        self.sqlite += 1
        return 0

    def _trace(self, frame: FrameType, what: str, _: Any) -> Any:
        if frame.f_code is Work._step.__code__:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self.python += what == "opcode"
        return self._trace


def waits(bench: Bench, numbers: Iterator[str], people: int) -> None:
    """The printer is away."""
    bench.start(GONE)
    for _ in range(people):
        bench.scan(next(numbers))


def kept_back(bench: Bench, numbers: Iterator[str], people: int) -> None:
    """It is back, and staff are asked whether all of it is still wanted."""
    waits(bench, numbers, people)
    bench.printer(READY)
    bench.finish()


def in_doubt(bench: Bench, numbers: Iterator[str], people: int) -> None:
    """Each slip is a question."""
    bench.start()
    for _ in range(people):
        bench.scan(next(numbers))
        bench.finish(PrintOutcome.UNCONFIRMED)


def served(bench: Bench, numbers: Iterator[str], people: int) -> None:
    """Nothing waits, and all of them are in the journal."""
    bench.start()
    for _ in range(people):
        bench.scan(next(numbers))
        bench.finish()


def ends(bench: Bench) -> None:
    jobs = bench.state.printing.sending
    report = PrintReport((PrintOutcome.CONFIRMED,) * len(jobs), 0, 0, 0)
    bench.engine.take(Printed("printer", jobs, report, None))


def costs(bench: Bench, staff: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Of each kind of scan, and of what follows one."""
    first = bench.state.sampling.last
    assert first is not None
    codes = {
        "somebody else": resident_number(902),
        "somebody again": resident_number(0),
        "a stranger": "what is this",
        "a voucher": first.voucher,
        "a tube": "TB0000000001",
        **{act: staff[act] for act in ("yes", "void-last", "report", "reprint-label", "seal")},
    }
    bench.scan(resident_number(901))
    prepare(1000)
    ended = Work(bench).of(lambda: ends(bench))
    bench.journal.tidy()
    found = {name: Work(bench).of(partial(bench.scan, code)) for name, code in codes.items()}
    return {**found, "its slips end": ended, "a quiet moment": Work(bench).of(bench.engine.rest)}


@pytest.mark.parametrize("table", [waits, kept_back, in_doubt, served])
def test_a_scan_costs_the_same_however_many_came_before(tmp_path, staff, table):
    found = []
    for people in (FEW, MANY):
        bench = Bench(tmp_path / f"{people}.sqlite", plan_of(pool_size=10, without_paper=True))
        bench.journal._db.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 - hundreds of people
        table(bench, map(resident_number, count()), people)
        found.append(costs(bench, staff))
        bench.journal.close()
    few, many = found
    for name, before in few.items():
        for least, most in zip(before, many[name], strict=True):
            assert most <= MOST_RATIO * least, f"{name}: {least} instructions for {FEW} people, {most} for {MANY}"


def test_what_the_broker_took_is_noted_as_fast_however_much_it_did_not_take(tmp_path):
    """A day without a network leaves a record for each tube."""
    found = []
    for people in (FEW, MANY):
        bench = Bench(tmp_path / f"{people}.sqlite", plan_of(pool_size=1, records=True))
        bench.journal._db.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 - hundreds of people
        served(bench, map(resident_number, count()), people)
        assert bench.journal.unacknowledged() >= people
        told = [message for message in bench.published if "/counts/" in message.topic]
        bench.scan(resident_number(901))
        bench.finish()
        prepare(1000)
        bench.journal.acknowledge(told[-1:])
        found.append(Work(bench).of(partial(bench.scan, resident_number(902))))
        bench.journal.close()
    for least, most in zip(*found, strict=True):
        assert most <= MOST_RATIO * least
