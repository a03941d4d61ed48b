"""The contract of a Printer against one that draws its paper: in virtual time, and on lines of the kernel."""

import contextlib

import pytest
from printer_rig import on_a_real_line_too, on_real_lines

from drivers.escpos.abilities import RARE_FONTS
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import Confirm, EscposPrinter
from drivers.escpos.talk import ANSWER_S
from drivers.escpos.turns import ASK_S as LOOK_S
from drivers.escpos.turns import HEARTBEAT_S
from kiosk.ports import (
    Align,
    Barcode,
    DeviceGone,
    DeviceRefused,
    DeviceSilent,
    Document,
    PrinterFault,
    PrinterState,
    PrintOutcome,
    QrCode,
    Text,
)

VOUCHER = Document(
    "voucher",
    (Text("核酸已采样凭证", 2, 2, align=Align.CENTRE), Text("证件 **0010"), QrCode("V0352000000158", 6)),
)
LABEL = Document("label", (Text("10混1", 2, 2), Barcode("035200000104", 88, 3)))
LONG = Document("long", (*(Text(f"line {n}") for n in range(40)), QrCode("V0352000000255", 6)))

LONGEST = Document("longest", tuple(Text("核" * 16) for _ in range(600)))


class Watched(SlipEncoder):
    """Counts how often it was told to load what it may need."""

    prepared = 0

    def prepare(self) -> None:
        self.prepared += 1


def ignore(_: PrinterState) -> None:
    pass


def codes(slip):
    return (*slip.barcodes, *(qr.decode() for qr in slip.qrs))


def reopen(rig):
    """Opened again after a slip in doubt, and again until it answers, as the kiosk does."""
    for _ in range(5):
        rig.driver.close()
        with contextlib.suppress(DeviceSilent):
            return rig.driver.open(True)
    raise AssertionError("the printer does not come back")


@on_real_lines
def test_a_slip_is_printed_and_proved(make_printer):
    rig = make_printer()
    report = rig.driver.print([VOUCHER], ignore)
    assert report.outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: rig.slips)
    slip = rig.slips[0]
    assert codes(slip) == ("V0352000000158",)
    assert [line.decode("gbk") for line in slip.lines] == ["核酸已采样凭证", "证件 **0010"]
    assert slip.last_dot_at * 1e9 <= report.ended_ns


@pytest.mark.skipif(
    not any(font.exists() for font in RARE_FONTS), reason="no font for rare names (Debian package fonts-hanazono)"
)
def test_a_rare_name_stands_in_its_line_and_is_no_blank_box(make_printer):
    rig = make_printer()
    name, placeholder = (Document("name", (Text(f"姓名 {character}*"),)) for character in "㛃口")
    assert rig.driver.print([name, placeholder], ignore).outcomes == (PrintOutcome.CONFIRMED,) * 2
    assert rig.wait_for(lambda: len(rig.slips) == 2)
    rare, other = (slip.image.convert("L").crop((60, 96, 84, 120)) for slip in rig.slips)
    before = [slip.image.convert("L").crop((0, 96, 60, 120)).tobytes() for slip in rig.slips]
    after = [slip.image.convert("L").crop((84, 96, 110, 120)).tobytes() for slip in rig.slips]
    assert before[0] == before[1]
    assert after[0] == after[1]
    assert rare.histogram()[0] > 60
    assert rare.tobytes() != other.tobytes()


def test_a_batch_comes_out_in_order_each_slip_for_itself(make_printer):
    rig = make_printer()
    assert rig.driver.print([VOUCHER, LABEL], ignore).outcomes == (PrintOutcome.CONFIRMED,) * 2
    assert rig.wait_for(lambda: len(rig.slips) == 2)
    assert [codes(slip) for slip in rig.slips] == [("V0352000000158",), ("035200000104",)]


def test_a_printer_without_process_id_is_proved_by_the_fence(make_printer):
    rig = make_printer(Confirm.FENCE, process_id=False)
    assert rig.driver.print([VOUCHER, LABEL], ignore).outcomes == (PrintOutcome.CONFIRMED,) * 2
    assert rig.wait_for(lambda: len(rig.slips) == 2)


def test_a_printer_that_only_answers_questions_is_asked_until_the_slip_must_be_out(make_printer):
    rig = make_printer(Confirm.STATUS, process_id=False, asb=False)
    report = rig.driver.print([VOUCHER, LABEL], ignore)
    assert report.outcomes == (PrintOutcome.CONFIRMED,) * 2
    assert len(rig.slips) == 2, "confirmed before the paper was out"


def test_a_printer_loads_what_draws_rare_names_once_when_it_was_idle_for_a_while(make_printer):
    rig = make_printer()
    encoder = Watched()
    driver = EscposPrinter(rig.wire, encoder)
    rig.driver.close()
    driver.open(False)
    assert driver.print([LABEL], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    driver.status(0.5)
    assert encoder.prepared == 0
    rig.pause(10)
    for _ in range(4):
        driver.status(0.5)
    assert encoder.prepared == 1


@pytest.mark.parametrize("fault", ["paper_out", "open_cover", "silence", "power_off"])
def test_such_a_printer_proves_nothing_if_anything_happened_meanwhile(make_printer, fault):
    rig = make_printer(Confirm.STATUS, process_id=False, asb=False, head_mm_s=100.0)

    def hand():
        yield rig.printer.unfinished
        getattr(rig.printer, fault)()

    report = rig.meanwhile(hand(), lambda: rig.driver.print([LONG, VOUCHER], ignore))
    assert report.outcomes == (PrintOutcome.UNCONFIRMED,) * 2


def test_such_a_printer_is_waited_for_while_its_head_cools(make_printer):
    rig = make_printer(Confirm.STATUS, process_id=False, asb=False, head_mm_s=60.0)

    def hand():
        yield rig.printer.unfinished
        rig.printer.head_hot()
        yield 5.0
        rig.printer.head_hot(False)

    report = rig.meanwhile(hand(), lambda: rig.driver.print([VOUCHER, LABEL], ignore))
    assert report.outcomes == (PrintOutcome.CONFIRMED,) * 2
    assert len(rig.slips) == 2, "confirmed before the paper was out"


@on_real_lines
def test_a_one_way_printer_says_nothing_and_that_is_no_fault(make_printer):
    rig = make_printer(Confirm.NONE, answers=False)
    assert rig.driver.status(0.1) == PrinterState(known=False)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.UNKNOWABLE,)
    assert rig.wait_for(lambda: rig.slips)


@pytest.mark.parametrize("asb", [True, False], ids=["asb", "asked"])
@pytest.mark.parametrize(
    ("break_it", "mend_it", "told"),
    [
        ("paper_out", "load_paper", PrinterState(True, frozenset({PrinterFault.PAPER_OUT}))),
        ("open_cover", "close_cover", PrinterState(True, frozenset({PrinterFault.COVER_OPEN}))),
        ("head_hot", None, PrinterState(True, frozenset({PrinterFault.HOT}))),
        ("cutter_error", None, PrinterState(True, frozenset({PrinterFault.CUTTER}))),
        ("near_end", None, PrinterState(True, paper_low=True)),
    ],
)
def test_a_change_is_known_within_six_looks(make_printer, asb, break_it, mend_it, told):
    """A printer without work is looked at every 25 ms, so six looks are 150 ms; and nobody waits for an answer."""
    rig = make_printer(asb=asb)
    assert rig.wait_for(lambda: rig.driver.status(0.02) == PrinterState(known=True))
    getattr(rig.printer, break_it)()
    assert told in [rig.driver.status(LOOK_S) for _ in range(6)]
    getattr(rig.printer, mend_it)() if mend_it else getattr(rig.printer, break_it)(False)
    assert PrinterState(known=True) in [rig.driver.status(LOOK_S) for _ in range(6)]
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)


def test_an_idle_printer_that_tells_by_itself_is_seldom_looked_at_and_a_change_is_known_at_once(make_printer):
    """Ten seconds: 20 rests of half a second, and the heartbeat's questions; 400 looks before."""
    rig = make_printer(asb=True)
    assert rig.wait_for(lambda: rig.driver.status(0.5) == PrinterState(known=True))
    begun, looks = rig.time.now(), 0
    while rig.time.now() < begun + 10:
        rig.driver.status(0.5)
        looks += 1
    assert looks <= 70
    rig.printer.open_cover()
    broken = rig.time.now()
    assert rig.wait_for(lambda: rig.driver.status(0.5).faults == {PrinterFault.COVER_OPEN})
    assert rig.time.now() - broken <= 0.2


@pytest.mark.parametrize(
    ("break_it", "mend_it", "fault"),
    [
        ("paper_out", "load_paper", PrinterFault.PAPER_OUT),
        ("open_cover", "close_cover", PrinterFault.COVER_OPEN),
    ],
)
def test_a_fault_is_told_nothing_is_printed_and_it_goes_away(make_printer, break_it, mend_it, fault):
    rig = make_printer()
    getattr(rig.printer, break_it)()
    assert rig.wait_for(lambda: rig.driver.status(0.5).faults == {fault})
    with pytest.raises(DeviceRefused, match=str(fault)):
        rig.driver.print([VOUCHER], ignore)
    getattr(rig.printer, mend_it)()
    assert rig.wait_for(lambda: rig.driver.status(0.5).ready)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: rig.slips)
    assert [codes(slip) for slip in rig.slips if slip.lines] == [("V0352000000158",)]


def test_paper_nearly_out_is_told_and_printing_goes_on(make_printer):
    rig = make_printer()
    rig.printer.near_end(True)
    assert rig.wait_for(lambda: rig.driver.status(0.5).paper_low)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)


@on_real_lines
def test_paper_that_ends_in_a_slip_leaves_it_in_doubt_and_the_next_one_whole(make_printer):
    rig = make_printer(head_mm_s=150.0)
    seen: list[PrinterState] = []
    rig.printer.paper_out_after(30)

    def hand():
        yield lambda: any(PrinterFault.PAPER_OUT in state.faults for state in seen)
        rig.printer.load_paper()

    report = rig.meanwhile(hand(), lambda: rig.driver.print([LONG, VOUCHER], seen.append))
    assert report.outcomes == (PrintOutcome.UNCONFIRMED, PrintOutcome.CONFIRMED)


@on_real_lines
def test_a_printer_that_is_gone_before_the_job_prints_nothing(make_printer):
    rig = make_printer()
    rig.printer.unplug()
    with pytest.raises(DeviceGone):
        rig.wait_for(lambda: rig.driver.status(0.1) is None, 5)
    rig.driver.close()
    with pytest.raises(DeviceGone):
        rig.driver.open(False)
    rig.printer.plug()
    assert rig.driver.open(False).ready


@on_real_lines
def test_a_cable_pulled_in_mid_job_leaves_it_in_doubt_and_never_joins_two_slips(make_printer):
    rig = make_printer()
    rig.printer.cut_after(150)
    outcomes = rig.driver.print([LONG], ignore).outcomes
    assert outcomes == (PrintOutcome.UNCONFIRMED,)
    rig.printer.plug()
    reopen(rig)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: any(slip.qrs for slip in rig.slips))
    whole = [slip for slip in rig.slips if slip.qrs]
    assert [codes(slip) for slip in whole] == [("V0352000000158",)]
    assert [line.decode("gbk") for line in whole[0].lines] == ["核酸已采样凭证", "证件 **0010"]


# In a text, inside the barcode's data, before and inside the length of GS ( H.
@pytest.mark.parametrize("cut", [12, 35, 38, 41, 43, 47, 50, 51])
def test_wherever_a_label_is_cut_no_barcode_with_wrong_digits_comes_out(make_printer, cut):
    rig = make_printer()
    rig.printer.cut_after(cut)
    rig.driver.print([LABEL], ignore)
    rig.printer.plug()
    reopen(rig)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: any(slip.qrs for slip in rig.slips))
    assert {code for slip in rig.slips for code in slip.barcodes} <= {"035200000104"}
    assert [codes(slip) for slip in rig.slips][-1] == ("V0352000000158",)


@on_a_real_line_too
def test_silence_is_told_and_is_not_taken_for_paper(make_printer):
    rig = make_printer()
    rig.printer.silence(True)
    with pytest.raises(DeviceSilent):
        rig.wait_for(lambda: rig.driver.status(0.1) is None, 2 * (HEARTBEAT_S + ANSWER_S))
    rig.driver.close()
    with pytest.raises(DeviceSilent):
        rig.driver.open(False)
    rig.printer.silence(False)
    rig.driver.close()
    assert rig.driver.open(False).ready


def test_garbage_on_the_line_neither_confirms_nor_raises(make_printer):
    rig = make_printer()
    rig.printer.garbage(True)
    try:
        outcomes = rig.driver.print([VOUCHER], ignore).outcomes
    except DeviceRefused:
        return
    assert outcomes in ((PrintOutcome.UNCONFIRMED,), (PrintOutcome.CONFIRMED,))
    assert rig.wait_for(lambda: rig.slips)


@on_a_real_line_too
def test_a_line_that_takes_no_more_gets_the_rest_when_the_cover_is_closed(make_printer):
    """More than the printer's buffer and the kernel's hold together: the driver's write is blocked in the middle."""
    rig = make_printer(buffer_bytes=256, head_mm_s=2000.0)

    def hand():
        yield rig.printer.unfinished
        rig.printer.open_cover()
        yield 1.0
        rig.printer.close_cover()

    report = rig.meanwhile(hand(), lambda: rig.driver.print([LONGEST, VOUCHER], ignore))
    assert report.outcomes == (PrintOutcome.UNCONFIRMED, PrintOutcome.CONFIRMED)
    assert rig.wait_for(lambda: len(rig.slips) == 2)
    assert len(rig.slips[0].lines) == 600


def test_power_cut_of_the_printer_in_mid_job(make_printer):
    rig = make_printer(head_mm_s=100.0)

    def hand():
        yield rig.printer.unfinished
        rig.printer.power_off()
        # Nobody switches faster than this; what the host sends meanwhile is lost.
        yield 0.5
        rig.printer.power_on()

    report = rig.meanwhile(hand(), lambda: rig.driver.print([LONG], ignore))
    assert report.outcomes == (PrintOutcome.UNCONFIRMED,)
    reopen(rig)
    assert rig.driver.print([VOUCHER], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: any(slip.qrs for slip in rig.slips))
    assert [codes(slip) for slip in rig.slips if slip.qrs] == [("V0352000000158",)]


@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.FENCE])
def test_a_slip_lost_with_the_power_is_not_proved_by_the_one_after_it(make_printer, confirm):
    """At 2400 baud the first slip takes a second on the line; the printer is off for a part of it."""
    rig = make_printer(confirm, baud=2400)

    def hand():
        yield 0.3
        rig.printer.power_off()
        yield 0.5
        rig.printer.power_on()

    report = rig.meanwhile(hand(), lambda: rig.driver.print([VOUCHER, LABEL, LABEL], ignore))
    assert report.outcomes[0] is PrintOutcome.UNCONFIRMED
    assert [slip for slip in rig.slips if "V0352000000158" in codes(slip)] == []


def test_a_slow_line_is_waited_for(make_printer):
    rig = make_printer(baud=1200)
    assert rig.driver.print([VOUCHER, LABEL], ignore).outcomes == (PrintOutcome.CONFIRMED,) * 2


def test_the_fence_of_an_old_slip_never_proves_a_new_one(make_printer):
    """The host starts again while slips of its last life still come out."""
    rig = make_printer(Confirm.FENCE, process_id=False, head_mm_s=60.0)

    def hand():
        yield rig.printer.unfinished
        rig.driver.close()

    rig.meanwhile(hand(), lambda: rig.driver.print([LONG], ignore))
    rig.driver.open(True)
    report = rig.driver.print([VOUCHER], ignore)
    assert report.outcomes == (PrintOutcome.CONFIRMED,)
    assert rig.wait_for(lambda: any(codes(slip) == ("V0352000000158",) for slip in rig.slips))
    (slip,) = [slip for slip in rig.slips if codes(slip) == ("V0352000000158",)]
    assert slip.last_dot_at * 1e9 <= report.ended_ns


def test_a_one_way_printer_cuts_off_what_hangs_out_at_each_opening(make_printer):
    rig = make_printer(Confirm.NONE, answers=False)
    rig.printer.cut_after(150)
    rig.driver.print([LONG], ignore)
    # Nobody tells a one-way host when the cable was pulled: give the printer time to come to that byte.
    rig.pause(0.5)
    rig.driver.close()
    rig.printer.plug()
    rig.driver.open(False)
    rig.driver.print([VOUCHER], ignore)
    assert rig.wait_for(lambda: any(slip.qrs for slip in rig.slips))
    (slip,) = [slip for slip in rig.slips if slip.qrs]
    assert slip.lines[0].decode("gbk") == "核酸已采样凭证"
