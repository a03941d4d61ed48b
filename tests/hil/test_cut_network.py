"""A network cable that is pulled, with the kernel's own TCP at both ends: only it knows what it still delivers."""

import time

import pytest
from far_network import FarNetwork, far_network
from printer_rig import RealTime, wait_for

from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import Confirm, EscposPrinter
from drivers.printer_line import Wire
from drivers.tcp_line import TcpLine
from kiosk.ports import DeviceError, DeviceGone, Document, PrintOutcome, QrCode, Text
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.wire import TcpWire

SOON_S = 8.0
PATIENCE_S = 4.0
LATER_S = 3.0
FIRST, NEXT = (
    Document("voucher", (Text("核酸已采样凭证", 2, 2), QrCode(f"V035200000{n}", 6))) for n in ("0158", "0255")
)


def ignore(_):
    pass


@pytest.fixture
def network(rig):
    with far_network() as network:
        yield network


class Far:
    """A printer on a network, and its driver."""

    def __init__(self, wire, confirm, **settings):
        self.slips: list[Slip] = []
        far = PrinterSettings(baud=None, head_mm_s=600.0, answers=confirm is not Confirm.NONE, **settings)
        self.printer = VirtualPrinter(wire, far, self.slips.append)
        self.printer.start()
        line = Wire(TcpLine(wire.address, wire.port))
        self.driver = EscposPrinter(line, SlipEncoder(), confirm, PATIENCE_S)

    def codes(self):
        return [qr.decode() for slip in self.slips for qr in slip.qrs]

    def open(self, interrupted=False):
        """Again and again, as the kiosk does."""
        end = time.monotonic() + SOON_S
        while True:
            try:
                return self.driver.open(interrupted)
            except DeviceError:
                self.driver.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def looked_at(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.driver.status(0.05)

    def waits_for(self, condition):
        return wait_for(RealTime(), condition)

    def end(self):
        self.driver.close()
        self.printer.stop()


@pytest.fixture
def make_far():
    made = []

    def make(wire, confirm, **settings):
        made.append(Far(wire, confirm, **settings))
        return made[-1]

    yield make
    for far in made:
        far.end()


@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.NONE])
def test_nothing_of_a_job_that_was_judged_comes_out_when_the_cable_is_back(network: FarNetwork, make_far, confirm):
    """The kernel holds the whole job when staff are asked, and would deliver it after an orderly close."""
    far = make_far(network.wire(), confirm)
    far.open()
    network.pull()
    assert far.driver.print([FIRST], ignore).outcomes == (PrintOutcome.UNCONFIRMED,)
    far.driver.close()
    with pytest.raises(DeviceError):
        far.driver.open(True)
    far.driver.close()
    network.plug()
    far.open(True)
    proved = PrintOutcome.UNKNOWABLE if confirm is Confirm.NONE else PrintOutcome.CONFIRMED
    assert far.driver.print([NEXT], ignore).outcomes == (proved,)
    time.sleep(LATER_S)
    assert far.codes() == ["V0352000000255"]


def test_a_one_way_printer_whose_cable_is_out_is_missed_within_seconds(network: FarNetwork, make_far):
    far = make_far(network.wire(), Confirm.NONE)
    far.open()
    assert far.driver.print([FIRST], ignore).outcomes == (PrintOutcome.UNKNOWABLE,)
    network.pull()
    with pytest.raises(DeviceGone):
        far.looked_at(SOON_S)
    assert far.waits_for(far.codes) == ["V0352000000158"]


def test_a_far_end_that_still_holds_the_last_life_s_line_serves_this_one(network: FarNetwork, make_far):
    """The process was killed with the cable out: no reset reached the printer, which allows one line at a time."""
    far = make_far(network.wire(), Confirm.PROCESS_ID)
    far.open()
    network.pull()
    far.driver.print([FIRST], ignore)
    far.driver.close()
    far.driver = EscposPrinter(Wire(TcpLine(network.address)), SlipEncoder(), Confirm.PROCESS_ID, PATIENCE_S)
    network.plug()
    assert far.open(True).ready
    assert far.driver.print([NEXT], ignore).outcomes == (PrintOutcome.CONFIRMED,)
    assert far.waits_for(far.codes) == ["V0352000000255"]


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("confirm", [Confirm.PROCESS_ID, Confirm.NONE])
@pytest.mark.usefixtures("rig")
def test_a_print_server_that_ends_an_idle_line_is_met_again_without_a_word(make_far, confirm, reset, monkeypatch):
    monkeypatch.setattr("drivers.escpos.talk.BLIND_S", 0.5)
    wire = TcpWire()
    far = make_far(wire, confirm)
    far.open()
    time.sleep(1.2)
    pieces = len(far.slips)
    wire.end(reset)
    far.looked_at(1.0)
    assert len(far.slips) == pieces
    far.driver.print([FIRST], ignore)
    assert far.waits_for(far.codes) == ["V0352000000158"]


def test_a_full_printer_whose_cover_is_open_is_not_gone(network: FarNetwork, make_far):
    """Nothing is taken for longer than a dead far end is waited for; the kernels go on talking."""
    far = make_far(network.wire(), Confirm.PROCESS_ID, buffer_bytes=256)
    far.open()
    far.printer.open_cover()
    wait_for(RealTime(), lambda: far.driver.status(0.1).faults)
    far.looked_at(SOON_S)
    far.printer.close_cover()
    assert wait_for(RealTime(), lambda: far.driver.status(0.1).ready)
    assert far.driver.print([FIRST], ignore).outcomes == (PrintOutcome.CONFIRMED,)
