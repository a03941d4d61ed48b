"""Whatever a line does to the answers, the driver soon tells the printer's true state; in virtual time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printer_rig import virtual_rig

from drivers.escpos.printer import Confirm
from drivers.escpos.probe import EscposProbe
from drivers.escpos.turns import ASK_S as LOOK_S
from kiosk.ports import DeviceError, PrinterFault, PrinterState, PrintOutcome, QrCode, Text
from kiosk.ports import Document as Slip
from kiosk.virtual.printer import PrinterSettings

TRUE_AGAIN_S = 12.0
"""A heartbeat, a second of silence, and the opening, some times over."""
VOUCHER = Slip("voucher", (Text("核酸已采样凭证", 2, 2), QrCode("V0352000000158", 6)))
LONG = Slip("long", (*(Text(f"line {n}") for n in range(120)), QrCode("V0352000000158", 6)))
LIKELY = [b"\x12", b"\x1a", b"\x16", b"\x1e", b"\x72", b"\x32", b"\x10", b"\x38\x00\x00\x0f", b"\x37", b"\x5f", b"\x00"]
"""Answers that are a healthy printer's, an open cover's, an empty roll's; beginnings of longer ones."""
CHANGES = ("open_cover", "close_cover", "paper_out", "load_paper", "near_end")


def true_state(changes):
    """After these hands on a healthy printer."""
    undone = {"close_cover": "open_cover", "load_paper": "paper_out"}
    now: set[str] = set()
    for change in changes:
        (now.discard if change in undone else now.add)(undone.get(change, change))
    told = {"open_cover": PrinterFault.COVER_OPEN, "paper_out": PrinterFault.PAPER_OUT}
    faults = frozenset(fault for change, fault in told.items() if change in now)
    return PrinterState(True, faults, "near_end" in now and "paper_out" not in now)


class Attended:
    """The driver as its attendant has it: looked at all the time, opened again when it is gone."""

    def __init__(self, rig, interrupted=False):
        self.rig, self.state = rig, None
        self.lost = 0
        self._open(interrupted)

    def _open(self, interrupted=False):
        try:
            self.state = self.rig.driver.open(interrupted)
        except DeviceError:
            self._gone()

    def _gone(self):
        self.rig.driver.close()
        self.state = None
        self.lost += 1
        self.rig.pause(0.1)

    def look(self, seconds):
        end = self.rig.time.now() + seconds
        while self.rig.time.now() < end:
            if self.state is None:
                self._open()
                continue
            try:
                self.state = self.rig.driver.status(LOOK_S)
            except DeviceError:
                self._gone()


MISHAPS = st.one_of(
    st.tuples(st.just("stray"), st.one_of(st.sampled_from(LIKELY), st.binary(min_size=1, max_size=6))),
    st.tuples(st.just("repeats"), st.booleans()),
    st.tuples(st.just("late_s"), st.floats(0.0, 1.5)),
    st.tuples(st.just("loses"), st.integers(1, 5)),
    st.tuples(st.just("change"), st.sampled_from(CHANGES)),
)


@pytest.mark.parametrize("asb", [True, False], ids=["asb", "asked"])
@pytest.mark.parametrize("kind", ["serial", "usb"])
@given(mishaps=st.lists(st.tuples(st.floats(0.0, 0.7), MISHAPS), min_size=1, max_size=8))
@settings(max_examples=15)
def test_after_stray_doubled_late_and_lost_answers_the_state_is_the_true_one(kind, asb, mishaps):
    rig = virtual_rig(kind, Confirm.STATUS, PrinterSettings(baud=115200 if kind == "serial" else None, asb=asb))
    attended, between = Attended(rig), rig.wire.between

    def hand():
        for wait, (what, value) in mishaps:
            yield wait
            match what:
                case "stray":
                    between.stray(value)
                case "change":
                    getattr(rig.printer, value)()
                case _:
                    setattr(between, what, value)

    rig.meanwhile(hand(), lambda: attended.look(6.0))
    between.late_s, between.loses = 0.0, 0
    attended.look(TRUE_AGAIN_S)
    assert attended.state == true_state(value for _, (what, value) in mishaps if what == "change")


@pytest.mark.parametrize("asb", [True, False], ids=["asb", "asked"])
@pytest.mark.parametrize("stray", LIKELY)
def test_one_stray_byte_never_shuts_a_table(asb, stray):
    """It comes between a question and its answer, where pairing by order alone would be wrong for ever."""
    rig = virtual_rig("usb", Confirm.STATUS, PrinterSettings(baud=None, asb=asb))
    attended = Attended(rig)
    attended.look(1.0)
    rig.wire.between.late_s = 0.04
    for _ in range(5):
        rig.wire.between.stray(stray)
        attended.look(0.033)
    attended.look(TRUE_AGAIN_S)
    assert attended.state == PrinterState(known=True)


def test_answers_that_all_come_twice_are_those_of_their_questions():
    rig = virtual_rig("usb", Confirm.PROCESS_ID, PrinterSettings(baud=None, asb=False))
    attended = Attended(rig)
    rig.wire.between.repeats = True
    attended.look(3.0)
    rig.printer.open_cover()
    attended.look(2.0)
    assert attended.state == PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))
    rig.printer.close_cover()
    attended.look(2.0)
    assert attended.state == PrinterState(known=True)
    assert attended.lost == 0
    assert rig.driver.print([VOUCHER], lambda _: None).outcomes == (PrintOutcome.CONFIRMED,)


@pytest.mark.parametrize("real_time", [(1, 4), (1,), (1, 3, 4)])
@pytest.mark.parametrize("asb", [True, False], ids=["asb", "asked"])
def test_a_printer_that_does_not_answer_all_four_is_served_by_what_it_says(real_time, asb):
    rig = virtual_rig("serial", Confirm.PROCESS_ID, PrinterSettings(baud=9600, asb=asb, real_time=real_time))
    attended = Attended(rig)
    attended.look(5.0)
    assert attended.lost == 0
    assert attended.state == PrinterState(known=True)
    assert rig.driver.print([LONG], lambda _: None).outcomes == (PrintOutcome.CONFIRMED,)
    rig.printer.open_cover()
    attended.look(3.0)
    (fault,) = attended.state.faults
    assert fault in (PrinterFault.COVER_OPEN, PrinterFault.OFFLINE)
    rig.printer.close_cover()
    attended.look(3.0)
    assert attended.state.ready
    assert attended.lost == 0


@pytest.mark.parametrize("fixed_bits", [0x02, 0x10, 0x92, 0x83, 0x00])
def test_a_printer_whose_answers_have_other_fixed_bits_is_served(fixed_bits):
    rig = virtual_rig("usb", Confirm.STATUS, PrinterSettings(baud=None, asb=False, fixed_bits=fixed_bits))
    attended = Attended(rig)
    attended.look(5.0)
    assert (attended.lost, attended.state) == (0, PrinterState(known=True))
    rig.printer.open_cover()
    attended.look(3.0)
    assert attended.state == PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))


@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.STATUS])
def test_a_printer_that_answers_only_when_it_has_printed_is_not_silent(confirm):
    rig = virtual_rig(
        "usb", confirm, PrinterSettings(baud=None, asb=False, head_mm_s=60.0, queues_status=True, buffer_bytes=65536)
    )
    attended = Attended(rig)
    report = rig.driver.print([LONG], lambda _: None)
    assert report.outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.slips[0].last_dot_at * 1e9 <= report.ended_ns
    attended.look(3.0)
    assert attended.lost == 0


@pytest.mark.parametrize("stray", LIKELY)
def test_the_doctor_sees_the_true_state_whatever_was_left_in_the_line(stray):
    """One left byte in front of the four answers was an open cover, each time that it asked."""
    rig = virtual_rig("usb", Confirm.STATUS, PrinterSettings(baud=None, asb=False))
    probe = EscposProbe(rig.wire)
    probe.open()
    for _ in range(3):
        rig.wire.between.stray(stray)
        assert probe.state() == PrinterState(known=True)
    rig.printer.open_cover()
    assert probe.state() == PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))


@pytest.mark.parametrize("asb", [True, False], ids=["asb", "asked"])
def test_paper_near_its_end_at_the_start_is_told(asb):
    rig = virtual_rig("usb", Confirm.PROCESS_ID, PrinterSettings(baud=None, asb=asb))
    rig.printer.near_end()
    assert rig.driver.open(False) == PrinterState(True, paper_low=True)


@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.NONE])
def test_a_line_that_is_ended_while_idle_is_opened_again_without_a_word(confirm):
    """As print servers do after 3 to 90 s: nothing missing, no paper, no cut, no flood."""
    rig = virtual_rig("tcp", confirm, PrinterSettings(baud=None, answers=confirm is not Confirm.NONE))
    rig.wire.resumes = True
    attended = Attended(rig)
    attended.look(2.0)
    ends, used = (PrintOutcome.UNKNOWABLE if confirm is Confirm.NONE else PrintOutcome.CONFIRMED,), len(rig.slips)
    for wait in (3.0, 30.0, 90.0):
        assert rig.driver.print([VOUCHER], lambda _: None).outcomes == ends
        attended.look(wait)
        before = (len(rig.slips), rig.printer.roll().height)
        rig.wire.end_idle()
        attended.look(1.0)
        assert (len(rig.slips), rig.printer.roll().height) == before
    assert attended.lost == 0
    assert rig.wire.opened == 4
    assert len(rig.slips) == used + 3


def test_a_line_that_ended_just_before_a_slip_is_opened_before_the_slip_is_sent():
    rig = virtual_rig("tcp", Confirm.NONE, PrinterSettings(baud=None, answers=False))
    rig.wire.resumes = True
    Attended(rig).look(5.0)
    rig.wire.end_idle()
    assert rig.driver.print([VOUCHER], lambda _: None).outcomes == (PrintOutcome.UNKNOWABLE,)
    rig.pause(3.0)
    assert len([slip for slip in rig.slips if slip.qrs]) == 1


def test_a_far_end_that_hangs_up_at_once_is_gone():
    rig = virtual_rig("tcp", Confirm.NONE, PrinterSettings(baud=None, answers=False))
    rig.wire.resumes = True
    rig.driver.open(False)
    rig.wire.end_idle()
    with pytest.raises(DeviceError):
        rig.driver.status(0.1)


def test_what_a_one_way_line_has_not_passed_on_is_in_doubt_and_never_comes_out_later():
    rig = virtual_rig("usb", Confirm.NONE, PrinterSettings(baud=None, answers=False))
    rig.driver.open(False)
    rig.pause(1.0)
    rig.wire.between.holds = True
    assert rig.driver.print([VOUCHER], lambda _: None).outcomes == (PrintOutcome.UNCONFIRMED,)
    rig.driver.close()
    rig.wire.between.holds = False
    rig.pause(10.0)
    assert [slip for slip in rig.slips if slip.qrs] == []


@pytest.mark.parametrize("confirm", list(Confirm))
def test_nothing_of_a_slip_that_was_judged_comes_out_later(confirm):
    """The line held it while the printer was waited for, and staff were asked."""
    rig = virtual_rig("serial", confirm, PrinterSettings(baud=115200, answers=confirm is not Confirm.NONE))
    rig.driver.open(False)
    rig.pause(1.0)
    rig.wire.between.holds = True
    assert rig.driver.print([VOUCHER], lambda _: None).outcomes == (PrintOutcome.UNCONFIRMED,)
    rig.driver.close()
    rig.wire.between.holds = False
    rig.driver.open(True)
    rig.pause(20.0)
    assert [slip for slip in rig.slips if slip.qrs] == []
