"""What a printer's attendant makes of a library that hangs or raises: no slip is lost, none comes out twice."""

import pytest

from attended import READY, SECOND, APrinter, Stage
from kiosk.engine.attendants import PrinterAttendant
from kiosk.engine.attendants.calls import LIMIT_S, SLIP_S, Call
from kiosk.engine.inbox import Crashed, NotPrinted, Printed, PrinterNews
from kiosk.model import Instant, JobKind, JobState, PrintJob, Shift, Totals
from kiosk.ports import Document, PrinterFault, PrinterState, PrintOutcome

NUMBER = "110199199001010010"
EMPTY = PrinterState(known=True, faults=frozenset({PrinterFault.PAPER_OUT}))
JOB = PrintJob(7, JobKind.REPORT, "printer", JobState.SENDING, Shift(1, Totals(), None, Instant("boot", 0, 0, True)))


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    if stage.attendant is not None:
        stage.attendant.stop()
        stage.attendant.join(5)


@pytest.fixture
def printer(stage):
    printer = APrinter()
    yield printer
    printer.let_go.set()


def printing(stage, printer, lay_out=lambda _: Document("report", ())):
    attendant = PrinterAttendant("printer", stage.inbox, printer, lay_out, False, stage.clock)
    stage.start(attendant)
    return attendant


def test_a_slip_in_which_the_library_raises_is_in_doubt_and_cut_off_at_the_next_opening(stage, printer):
    def break_off():
        raise ValueError(NUMBER)

    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = break_off
    attendant.submit((JOB, JOB), None)
    printed, gone = stage.next(), stage.next()
    assert isinstance(printed, Printed)
    assert printed.report.outcomes == (PrintOutcome.UNCONFIRMED,) * 2
    assert isinstance(gone, PrinterNews)
    assert (gone.state, NUMBER in gone.why) == (None, False)
    assert stage.next() == PrinterNews("printer", READY)
    assert [call for call in printer.calls if call.startswith("open")] == ["open False", "open True"]


def test_a_fault_in_laying_out_a_slip_ends_the_process(stage, printer):
    def lay_out(_job):
        raise LookupError

    attendant = printing(stage, printer, lay_out)
    assert stage.next() == PrinterNews("printer", READY)
    attendant.submit((JOB,), None)
    crashed = stage.next()
    assert isinstance(crashed, Crashed)
    assert isinstance(crashed.error, LookupError)


def test_a_printer_that_hangs_in_a_slip_says_what_became_of_it_when_it_comes_back(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = printer.hang
    attendant.submit((JOB,), None)
    assert printer.entered.wait(5)
    stage.now_ns += int((LIMIT_S[Call.PRINT] + SLIP_S - 1) * SECOND)
    assert stage.overdue() == []
    stage.now_ns += 2 * SECOND
    assert stage.overdue() == [PrinterNews("printer", None, "printer: stuck in print", stuck=True)]
    printer.let_go.set()
    printed = stage.next()
    assert isinstance(printed, Printed)
    assert printed.report.outcomes == (PrintOutcome.CONFIRMED,)
    assert stage.next() == PrinterNews("printer", READY)


def test_a_printer_that_waits_for_a_human_does_not_hang(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["print"] = printer.hang
    attendant.submit((JOB,), None)
    assert printer.entered.wait(5)
    printer.changed(EMPTY)
    stage.now_ns += 3600 * SECOND
    assert stage.overdue() == []
    printer.changed(READY)
    stage.now_ns += int((LIMIT_S[Call.PRINT] + SLIP_S + 1) * SECOND)
    assert len(stage.overdue()) == 1


def test_slips_that_a_printer_had_not_begun_when_it_began_to_hang_are_given_back_once(stage, printer):
    attendant = printing(stage, printer)
    assert stage.next() == PrinterNews("printer", READY)
    printer.does["status"] = printer.hang
    assert printer.entered.wait(5)
    attendant.submit((JOB,), None)
    stage.now_ns += int((LIMIT_S[Call.STATUS] + 1) * SECOND)
    stuck = PrinterNews("printer", None, "printer: stuck in status", stuck=True)
    assert stage.overdue() == [stuck, NotPrinted("printer", (JOB,))]
    del printer.does["status"]
    printer.let_go.set()
    assert stage.next() == PrinterNews("printer", READY)
    assert "print" not in printer.calls
