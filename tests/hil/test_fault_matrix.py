"""What a printer's faults do to people: every fault, before, during and after a job, on every kind of line.

A fault is a class, so that a run on several processes gives each fault to one of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from matrix_page import CELL, LINES, PHASES, SEEN
from printing_table import PrintingTable

from drivers.escpos.encoder import SlipEncoder
from kiosk.model import JobKind, JobState, PrintJob, Settlement

NOTICED_S = 30.0
LONG_S = 13.0
"""A fault that the kiosk need not notice is mended after so long at the latest."""
SOON_S = 5.0
REOPENING_S = 3.0
"""In the middle of what the kiosk does to reach a printer that does not answer."""
READ_S = 0.06
"""What the printer was about to read has passed then."""
POWER_S = 1.2
"""Nobody switches off and on faster, and no printer listens sooner."""
MARK_BYTES = 11
"""GS ( H behind each slip, which the far end does not count as the slip's."""
LENGTH_BYTES = 4
"""GS ( k and the lower half of its length: whatever comes next is the upper half."""
TRIES = 5
CUTS = {"serial": (0.1, 0.7), "usb": (0.2, 0.8), "tcp": (0.3, 0.9)}
"""Where a job is cut beside a length field and its end: in the voucher's text and in the label."""
SHARES = {"serial": 0.25, "usb": 0.5, "tcp": 0.75}
"""How far the job is when the fault comes."""


@dataclass(frozen=True, slots=True)
class Job:
    """A person's job: bytes on the line, millimetres of paper, seconds from the first byte to the last cut, and
    which share of the bytes ends in the length field of the voucher's QR code."""

    bytes: int
    mm: float
    seconds: float
    length_field: float


class Cell:
    """One field of the matrix: a table, the persons who come, and what is counted."""

    def __init__(self, table: PrintingTable, mark: Callable[[pytest.MarkDecorator], None]) -> None:
        self.table, self.mark = table, mark
        self.persons = self.refused = 0
        self.unseen_s = 0.0
        self._back_s: list[float] = []
        self._waiting: list[int] = []

    def measured(self) -> Job:
        """The first person's job, undisturbed: the others are as long."""
        voucher, _ = self.serve()
        assert voucher.kind is JobKind.VOUCHER
        self.table.answer_honestly()
        slips = self.table.slips[-2:]
        size = sum(slip.bytes + (0 if self.table.one_way else MARK_BYTES) for slip in slips)
        code = SlipEncoder().encode(self.table.lay_out(voucher)).index(b"\x1d(k") + LENGTH_BYTES
        mm = sum(slip.image.height for slip in slips) / 8
        return Job(size, mm, slips[-1].ended_at - slips[0].first_byte_at, code / size)

    def comes(self) -> bool:
        """The next person holds up a card; one who is refused comes again later."""
        self.persons += 1
        accepted = self.table.present(self.persons)
        if not accepted:
            self.refused += 1
            self._waiting.append(self.persons)
        return accepted

    def serve(self) -> tuple[PrintJob, ...]:
        """One person from the card to the end of the job: what became of the voucher and the next label."""
        known = set(self.table.sent)
        assert self.comes(), self.table.shown[-3:]
        self.table.wait_until(lambda: not self.table.busy, "the job does not end")
        return tuple(job for job in self.table.jobs() if job.id not in known)

    def is_mended(self) -> None:
        """Staff and those who were refused do their part; then the next person must be served, on paper."""
        mended = time.monotonic()
        self.table.answer_honestly()
        while self._waiting:
            assert self.table.present(self._waiting.pop(0)), self.table.shown[-3:]
            self.table.answer_honestly()
        ended = self.serve()
        self._back_s.append(time.monotonic() - mended)
        assert [(job.state, job.settlement) for job in ended] == [self._best] * 2
        self.table.answer_honestly()
        assert [self.table.whole(job) for job in ended] == [1, 1], "the next person after the fault has no slip"

    @property
    def _best(self) -> tuple[JobState, Settlement | None]:
        """The best that can be known of a slip."""
        if self.table.one_way:
            return JobState.UNCONFIRMED, Settlement.BY_DESIGN
        return JobState.CONFIRMED, None

    def seen(self) -> str:
        audit = self.table.audit()
        whole = [audit.whole(job) for job in audit.jobs]
        figures = {
            "refused": self.refused,
            "asked": self.table.asked,
            "copies": sum(job.copy > 0 for job in audit.jobs),
            "torn": audit.pieces(),
            "unknown": sum(
                not came and job.settlement is Settlement.BY_DESIGN for came, job in zip(whole, audit.jobs, strict=True)
            ),
        }
        told = [f"{self.persons} persons", f"{sum(whole)} slips", *(f"{word} {n}" for word, n in figures.items() if n)]
        unseen = f"; unseen for {self.unseen_s:.0f} s" if self.unseen_s > SOON_S else ""
        back = f"; back in {max(self._back_s):.1f} s" if self._back_s else "; not back"
        return ", ".join(told) + unseen + back


class Fault:
    """A row of the matrix: what happens to the printer, and what a human does about it."""

    name: str
    one_way = False
    of_the_wire = False
    """Of the wire between: outside of `make matrix` only in mid-job."""
    lasts_s: float | None = None
    """It is mended after so long even if the kiosk has not noticed it; None if the kiosk must."""

    def hits(self, table: PrintingTable) -> None:
        raise NotImplementedError

    def mend(self, table: PrintingTable) -> None:
        raise NotImplementedError

    def has_hit(self, table: PrintingTable) -> bool:
        return not table.ready

    def shares(self, _: Job, line: str) -> tuple[float, ...]:
        """How much of a job is done when the fault comes; one trial each."""
        return (SHARES[line],)

    @pytest.mark.usefixtures("rig")
    @pytest.mark.timeout(240)
    @pytest.mark.parametrize("line", LINES)
    @pytest.mark.parametrize("phase", PHASES)
    def test_costs_nobody_a_slip(self, wires, request, record_property, phase, line):
        if self.of_the_wire and phase != "during" and request.config.getoption("--matrix") is None:
            pytest.skip("make matrix tries this too")
        record_property(CELL, f"{self.name}/{phase}/{line}")
        with PrintingTable(line, wires, self.one_way) as table:
            table.answer_honestly()
            cell = Cell(table, request.applymarker)
            try:
                getattr(self, phase)(cell, cell.measured(), line)
            finally:
                record_property(SEEN, cell.seen())
            assert table.audit().differences() == []
            assert table.samples() == cell.persons

    def before(self, cell: Cell, _: Job, __: str) -> None:
        """The next person does not know of the fault, and neither does the kiosk yet."""
        self.hits(cell.table)
        cell.comes()
        self._lasts(cell)

    def during(self, cell: Cell, job: Job, line: str) -> None:
        for share in self.shares(job, line):
            self.hits_in_job(cell, job, share)
            self._lasts(cell)

    def after(self, cell: Cell, _: Job, __: str) -> None:
        """The job has just ended."""
        cell.serve()
        if self.one_way:
            cell.table.answer_honestly()
        self.hits(cell.table)
        self._lasts(cell)

    def hits_in_job(self, cell: Cell, job: Job, share: float) -> None:
        """On a busy machine a job may be over before the hand is there: then the next person's."""
        table = cell.table
        for _ in range(TRIES):
            cell.comes()
            table.wait_until(lambda: table.printer.unfinished() or not table.busy, "no dot is printed")
            table.run_until(lambda: False, job.seconds * share)
            if table.printer.unfinished() and table.busy:
                self.hits(table)
                return
            table.wait_until(lambda: not table.busy, "the job does not end")
        pytest.fail("no job was under way when the fault came")

    def _lasts(self, cell: Cell) -> None:
        """Somebody comes while it lasts, and is refused or, if the kiosk knows nothing, accepted."""
        began = time.monotonic()
        hit = cell.table.run_until(lambda: self.has_hit(cell.table), self.lasts_s or NOTICED_S)
        assert hit or self.lasts_s is not None, f"the kiosk does not notice: {self.name}"
        cell.unseen_s = max(cell.unseen_s, time.monotonic() - began)
        cell.comes()
        self.mend(cell.table)
        cell.is_mended()


class TestPaperOut(Fault):
    name = "paper out"

    def hits(self, table):
        table.printer.paper_out()

    def hits_in_job(self, cell, job, share):
        cell.table.printer.paper_out_after(job.mm * share)
        cell.comes()

    def mend(self, table):
        if table.printer.unfinished():
            table.paper_ends.append(time.monotonic())
        table.printer.load_paper()


class TestNearEnd(Fault):
    name = "near end"

    def hits(self, table):
        table.printer.near_end()

    def has_hit(self, table):
        return table.state is not None and table.state.paper_low

    def mend(self, table):
        table.printer.near_end(False)


class TestCoverOpen(Fault):
    name = "cover open"

    def hits(self, table):
        table.printer.open_cover()

    def mend(self, table):
        table.printer.close_cover()


class TestUnplugged(Fault):
    name = "unplugged"

    def hits(self, table):
        table.printer.unplug()

    def mend(self, table):
        table.printer.plug()


class TestSilence(Fault):
    name = "silence"
    lasts_s = LONG_S

    def hits(self, table):
        table.printer.silence()

    def before(self, cell, _, __):
        """Two come: the second while the kiosk tries to reach the printer and does not know yet that it cannot."""
        self.hits(cell.table)
        cell.comes()
        cell.table.wait_until(lambda: not cell.table.busy, "the job does not end")
        cell.comes()
        self._lasts(cell)

    def mend(self, table):
        table.printer.silence(False)


class TestGarbage(Fault):
    name = "garbage"
    lasts_s = 3.0

    def hits(self, table):
        table.printer.garbage()

    def has_hit(self, _):
        return False

    def mend(self, table):
        table.printer.garbage(False)


class TestCutMidJob(TestUnplugged):
    """By the byte; before a job in its first byte, after one in the next heartbeat."""

    name = "cut mid-job"

    def hits(self, table):
        table.printer.cut_after(1)

    def hits_in_job(self, cell, job, share):
        cell.table.printer.cut_after(round(job.bytes * share))
        cell.comes()

    def shares(self, job, line):
        return (*CUTS[line], job.length_field, 1.0)


class TestSlow(Fault):
    name = "slow"
    lasts_s = LONG_S

    def hits(self, table):
        table.printer.slow(20.0)

    def has_hit(self, table):
        return not table.busy

    def mend(self, table):
        table.printer.slow(1.0)


class TestOneWay(TestCutMidJob):
    """A printer that cannot answer; the one thing that its kiosk can notice is a line that is gone."""

    name = "one-way"
    one_way = True

    def hits(self, table):
        table.printer.unplug()

    def shares(self, job, line):
        return (SHARES[line] * job.length_field, job.length_field)


class TestPowerCycled(Fault):
    name = "power-cycled"
    lasts_s = POWER_S

    def hits(self, table):
        table.printer.power_off()

    def has_hit(self, _):
        return False

    def mend(self, table):
        table.printer.power_on()


class WireFault(Fault):
    """Nobody need notice these."""

    of_the_wire = True
    lasts_s = 3.0

    def has_hit(self, _):
        return False


class TestWireDrops(Fault):
    """Everything is lost in silence, both ways, while the line stays open."""

    name = "wire drops"
    of_the_wire = True

    def hits(self, table):
        table.between.drops = True

    def has_hit(self, table):
        return not table.ready

    def mend(self, table):
        table.between.drops = False


class TestWireHolds(TestWireDrops):
    """Bytes wait in the line, and would come out when it moves again."""

    name = "wire holds"

    def hits(self, table):
        table.between.holds = True
        time.sleep(READ_S)

    def mend(self, table):
        table.between.holds = False


class TestWireResets(WireFault):
    """The line ends in the middle, and may be opened again at once."""

    name = "wire resets"
    lasts_s = 1.0

    def hits(self, table):
        table.reset_line()

    def mend(self, table):
        """It is already."""


class TestWireIsLate(WireFault):
    name = "answers late"

    def hits(self, table):
        table.between.late_s = 0.6

    def mend(self, table):
        table.between.late_s = 0.0


class TestWireRepeats(WireFault):
    name = "answers doubled"

    def hits(self, table):
        table.between.repeats = True

    def mend(self, table):
        table.between.repeats = False


@pytest.mark.usefixtures("rig")
@pytest.mark.timeout(120)
def test_a_printer_that_fell_silent_on_the_slowest_line_is_served_again(wires):
    with PrintingTable("serial", wires, baud=9600) as table:
        table.answer_honestly()
        table.printer.silence()
        assert table.present(1)
        table.wait_until(lambda: not table.busy, "the job does not end")
        table.run_until(lambda: False, REOPENING_S)
        table.printer.silence(False)
        table.present(2)
        assert table.run_until(lambda: table.ready and not table.busy, NOTICED_S), "nobody is served any more"
        table.answer_honestly()
        assert table.audit().differences() == []
