"""The printer in virtual time, and on real wires for what only they show, order and ratios."""

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.wire import PtyWire, TcpWire
from still_printer import StillWire

pytestmark = pytest.mark.slow

PATIENCE = 20.0
PROCESS_ID = b"\x1d(H\x06\x0000"


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


class Host:
    """The other end of a pty."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.open()

    def open(self) -> None:
        self._file = os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def close(self) -> None:
        os.close(self._file)

    def write(self, data: bytes) -> int:
        """How many bytes the line took without waiting."""
        try:
            return os.write(self._file, data)
        except BlockingIOError:
            return 0

    def write_all(self, data: bytes) -> None:
        while data:
            data = data[self.write(data) :]
            time.sleep(0.001)

    def read(self, count: int) -> str:
        got = b""
        end = time.monotonic() + PATIENCE
        while len(got) < count:
            assert time.monotonic() < end, f"only {got.hex()}"
            if select.select([self._file], [], [], 0.1)[0]:
                got += os.read(self._file, count - len(got))
        return got.hex()

    def silent(self, seconds: float = 0.2) -> bool:
        return not select.select([self._file], [], [], seconds)[0]


class Rig:
    """A printer on a pty with a host that has it open."""

    def __init__(self, link: Path, settings: PrinterSettings) -> None:
        self.slips: list[Slip] = []
        self.printer = VirtualPrinter(PtyWire(link), settings, self.slips.append)
        self._link = link

    def __enter__(self) -> Self:
        self.printer.start()
        self.host = Host(self._link)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.host.close()
        self.printer.stop()


MakeRig = Callable[..., Rig]


class StillHost:
    """The same in virtual time."""

    def __init__(self, wire: StillWire) -> None:
        self._wire = wire
        self._wire.open()

    def write(self, data: bytes) -> int:
        return self._wire.write(data, 1e-6)

    def read(self, count: int) -> str:
        got, end = b"", self._wire.now_s() + PATIENCE
        while len(got) < count:
            assert self._wire.now_s() < end, f"only {got.hex()}"
            got += self._wire.read(0.1)
        assert len(got) == count
        return got.hex()

    def silent(self, seconds: float = 0.2) -> bool:
        return not self._wire.read(seconds)


class Still:
    """A printer and its host in virtual time."""

    def __init__(self, settings: PrinterSettings) -> None:
        self._wire = StillWire("", 0.0, settings)
        self.host, self.printer, self.now = StillHost(self._wire), self._wire.printer, self._wire.now_s

    @property
    def slips(self) -> list[Slip]:
        return [self.printer.slip(number) for number in range(self.printer.cuts)]

    def pause(self, seconds: float) -> None:
        self._wire.rest(self.now() + seconds)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = self.now() + PATIENCE
        while not condition():
            assert self.now() < end, "waited in vain"
            self.pause(0.002)


MakeStill = Callable[..., Still]


@pytest.fixture
def still() -> MakeStill:
    return lambda **changes: Still(PrinterSettings(**changes))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MakeRig]:
    rigs: list[Rig] = []

    def make(**changes: object) -> Rig:
        rigs.append(Rig(tmp_path / f"printer{len(rigs)}", PrinterSettings(**changes)))  # type: ignore[arg-type]
        return rigs[-1].__enter__()

    yield make
    for each in rigs:
        each.__exit__(None, None, None)


def test_a_slip_arrives_with_its_times(rig: MakeRig) -> None:
    bench = rig()
    began = time.monotonic()
    bench.host.write(b"hello\n\x1dVB\x00")
    wait_for(lambda: len(bench.slips) == 1)
    slip = bench.slips[0]
    assert (slip.index, slip.lines, slip.bytes, slip.image.size) == (0, (b"hello",), 10, (384, 96 + 30))
    assert began <= slip.burst_at < slip.first_byte_at < slip.last_byte_at < slip.last_dot_at < slip.ended_at
    assert slip.ended_at <= time.monotonic()
    assert slip.last_dot_at - slip.burst_at >= slip.limit_s - 1e-6
    assert slip.limit_s > 8 * 10 / 115200


def test_process_id_is_answered_only_after_printing(still: MakeStill) -> None:
    bench = still(head_mm_s=50.0)
    bench.host.write(b"hello\n\x1bd\x05\x1dVB\x00" + PROCESS_ID + b"0001\x10\x04\x01")
    assert bench.host.read(1) == "12"
    asked = bench.now()
    assert bench.host.read(7) == "37223030303100"
    answered = bench.now()
    bench.wait_for(lambda: len(bench.slips) == 1)
    slip = bench.slips[0]
    assert asked < slip.last_dot_at < slip.ended_at < answered


def test_real_time_status_and_faults_on_the_line(still: MakeStill) -> None:
    bench = still()
    bench.host.write(b"\x1da\x0f")
    assert bench.host.read(4) == "1000000f"
    bench.printer.paper_out()
    assert bench.host.read(4) == "18000c0f"
    bench.host.write(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
    assert bench.host.read(4) == "1a321272"
    bench.printer.load_paper()
    assert bench.host.read(4) == "1000000f"
    bench.printer.open_cover()
    assert bench.host.read(4) == "3800000f"
    bench.printer.close_cover()
    assert bench.host.read(4) == "1000000f"
    bench.printer.near_end(True)
    assert bench.host.read(4) == "1000030f"
    bench.printer.near_end(False)
    assert bench.host.read(4) == "1000000f"
    bench.printer.cutter_error(True)
    assert bench.host.read(4) == "1808000f"
    bench.printer.cutter_error(False)
    assert bench.host.read(4) == "1000000f"
    bench.printer.head_hot(True)
    assert bench.host.read(4) == "1840000f"


def test_paper_ends_in_mid_job_and_the_job_goes_on(still: MakeStill) -> None:
    bench = still()
    bench.host.write(b"\x1da\xff")
    bench.host.read(4)
    bench.printer.paper_out_after(10)
    bench.host.write(b"HHHH\n" * 6 + b"\x1dVB\x00" + PROCESS_ID + b"0007")
    assert bench.host.read(4) == "18000c0f"
    assert bench.printer.unfinished()
    assert bench.host.silent()
    assert bench.slips == []
    bench.printer.load_paper()
    assert bench.host.read(11) == "1000000f" + "37223030303700"
    bench.wait_for(lambda: len(bench.slips) == 1)
    assert bench.slips[0].lines == (b"HHHH",) * 6
    assert not bench.printer.unfinished()


def test_a_full_buffer_takes_no_more(still: MakeStill) -> None:
    bench = still(buffer_bytes=256, baud=None)
    bench.printer.open_cover()
    sent = 0
    quiet_since = bench.now()
    while bench.now() - quiet_since < 0.5:
        taken = bench.host.write(b"H" * 31 + b"\n")
        sent += taken
        quiet_since = bench.now() if taken else quiet_since
        bench.pause(0.001)
    assert bench.printer._machine.room == 0  # noqa: SLF001
    assert sent > 256
    bench.printer.close_cover()
    bench.wait_for(lambda: bench.host.write(b"H" * 31 + b"\n") > 0)


def test_the_line_is_no_faster_than_its_baud_rate(still: MakeStill) -> None:
    bench = still(baud=9600, head_mm_s=1000.0)
    began = bench.now()
    bench.host.write(b"H" * 480 + PROCESS_ID + b"0001")
    bench.host.read(7)
    assert bench.now() - began == pytest.approx((480 + 11 + 7) * 10 / 9600)


def test_unplug_in_mid_job_keeps_what_came_and_the_settings(rig: MakeRig) -> None:
    bench = rig()
    bench.host.write(b"\x1da\xff")
    bench.host.read(4)
    bench.host.write(b"first\nsec")
    wait_for(lambda: bench.printer.unfinished() and bench.printer.at_rest)
    bench.printer.unplug()
    assert not bench.host.link.exists()
    bench.printer.near_end(True)
    bench.printer.plug()
    bench.host.close()
    bench.host.open()
    bench.host.write(b"ond\n\x1dVB\x00")
    wait_for(lambda: len(bench.slips) == 1)
    assert bench.slips[0].lines == (b"first", b"second")
    bench.printer.open_cover()
    assert bench.host.read(4) == "3800030f"


def test_cut_after_counts_bytes(rig: MakeRig) -> None:
    bench = rig()
    bench.printer.cut_after(8)
    bench.host.write(b"12345\n78nevercame\n\x1dVB\x00")
    wait_for(lambda: not bench.host.link.exists())
    bench.printer.plug()
    bench.host.close()
    bench.host.open()
    bench.host.write(b"\n\x1dVB\x00")
    wait_for(lambda: len(bench.slips) == 1)
    assert bench.slips[0].lines == (b"12345", b"78")


def test_power_cycle_loses_buffers_and_settings(still: MakeStill) -> None:
    bench = still()
    bench.host.write(b"\x1da\xffone\nlost")
    bench.host.read(4)
    bench.wait_for(lambda: bench.printer.unfinished() and bench.printer.at_rest)
    bench.printer.power_off()
    bench.host.write(b"\x10\x04\x01never\n")
    assert bench.host.silent()
    bench.printer.power_on()
    bench.printer.near_end(True)
    assert bench.host.silent()
    bench.host.write(b"two\n\x1dVB\x00")
    bench.wait_for(lambda: len(bench.slips) == 1)
    assert bench.slips[0].lines == (b"one", b"two")


def test_power_off_takes_the_line_of_a_usb_printer(rig: MakeRig) -> None:
    bench = rig(line_stays=False, baud=None)
    bench.printer.power_off()
    assert not bench.host.link.exists()
    bench.printer.power_on()
    assert bench.host.link.exists()


def test_silence_and_garbage(still: MakeStill) -> None:
    bench = still()
    bench.printer.silence(True)
    bench.host.write(b"hello\n\x1dVB\x00\x10\x04\x01")
    bench.wait_for(lambda: len(bench.slips) == 1)
    assert bench.host.silent(0.05)
    bench.printer.silence(False)
    bench.printer.garbage(True)
    bench.host.write(b"\x10\x04\x01")
    assert bench.host.read(2)[2:] != "12"
    bench.printer.garbage(False)
    bench.host.write(b"\x10\x04\x01")
    assert bench.host.read(1) == "12"


def test_a_printer_that_cannot_answer(still: MakeStill) -> None:
    bench = still(answers=False)
    bench.printer.silence(False)
    bench.host.write(b"\x10\x04\x01\x1da\xff" + PROCESS_ID + b"0001")
    assert bench.host.silent()


def test_a_slow_head_takes_longer_by_its_factor(still: MakeStill) -> None:
    bench = still()
    bench.printer.slow(5)
    bench.host.write(b"H\n\x1bd\x03\x1dVB\x00")
    bench.wait_for(lambda: len(bench.slips) == 1)
    slip = bench.slips[0]
    assert slip.ended_at - slip.burst_at >= 5 * (30 + 90 + 96) / 1200


def test_a_slip_that_was_cut_is_told_some_time_later_and_when_all_are_can_be_asked(tmp_path: Path) -> None:
    told, go_on = list[Slip](), threading.Event()

    def on_slip(slip: Slip) -> None:
        go_on.wait(PATIENCE)
        told.append(slip)

    with VirtualPrinter(PtyWire(tmp_path / "printer"), PrinterSettings(head_mm_s=2000.0), on_slip) as printer:
        host = Host(tmp_path / "printer")
        assert printer.all_drawn
        host.write_all(b"H\n\x1dVB\x00\x1dr\x01")
        assert host.read(1) == "00"
        wait_for(lambda: printer.at_rest)
        assert not printer.all_drawn
        go_on.set()
        wait_for(lambda: printer.all_drawn)
        assert len(told) == 1
        host.close()


def test_roll_and_tear(still: MakeStill) -> None:
    bench = still()
    assert not bench.printer.unfinished()
    bench.host.write(b"one\n\x1dVB\x00two\n")
    bench.wait_for(lambda: bench.printer.unfinished() and bench.printer.at_rest and len(bench.slips) == 1)
    assert bench.printer.roll().size == (384, (96 + 30) + (96 + 30))
    bench.printer.tear()
    bench.wait_for(lambda: len(bench.slips) == 2)
    assert bench.slips[1].lines == (b"two",)
    assert not bench.printer.unfinished()
    bench.printer.tear()
    bench.pause(0.05)
    assert len(bench.slips) == 2


def test_over_tcp() -> None:
    wire = TcpWire()
    slips: list[Slip] = []
    with VirtualPrinter(wire, PrinterSettings(baud=None, paper_mm=80), slips.append):
        with socket.create_connection(("127.0.0.1", wire.port), timeout=PATIENCE) as host:
            host.sendall(b"hello\n\x1dVB\x00" + PROCESS_ID + b"0001")
            assert host.recv(7, socket.MSG_WAITALL).hex() == "37223030303100"
        wait_for(lambda: len(slips) == 1)
    assert slips[0].image.width == 576


def test_a_failing_listener_does_not_stop_the_printer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    seen = []

    def listen(slip: Slip) -> None:
        seen.append(slip.index)
        raise ValueError("a listener's mistake")

    with VirtualPrinter(PtyWire(tmp_path / "p"), PrinterSettings(), listen):
        host = Host(tmp_path / "p")
        host.write(b"a\n\x1dVB\x00b\n\x1dVB\x00")
        wait_for(lambda: len(seen) == 2)
        host.close()
    assert "slip 0 could not be drawn or delivered" in caplog.text


def test_idle_printer_uses_next_to_no_processor_time(rig: MakeRig) -> None:
    bench = rig()
    bench.host.write(b"hello\n\x1dVB\x00")
    wait_for(lambda: len(bench.slips) == 1)
    used, began = time.process_time(), time.monotonic()
    time.sleep(0.5)
    assert (time.process_time() - used) / (time.monotonic() - began) < 0.1


def test_stop_ends_every_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    with VirtualPrinter(PtyWire(tmp_path / "p"), PrinterSettings()):
        assert threading.active_count() == before + 3
    assert threading.active_count() == before
