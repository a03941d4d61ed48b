"""The running ID-card module: in virtual time, in its thread, on a real terminal (ID-card notes, sections 5, 10)."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.card_module_frames import PREAMBLE
from kiosk.virtual.cards import IdCard
from kiosk.virtual.wire import PtyWire
from simulated_line import SimulatedLine, SimulatedStage, SimulatedWire, World

RESIDENT = IdCard(
    number="110199199001010010",
    name="测试甲",
    birth="19900101",
    address="示例市样本区虚构路1号",
    authority="示例市公安局样本分局",
    valid_from="20200101",
    valid_to="20400101",
)
PERMANENT = IdCard(
    number="110199196002290022",
    name="测试乙",
    sex="2",
    nation="11",
    birth="19600229",
    address="示例市样本区虚构路2号",
    authority="示例市公安局样本分局",
    valid_from="20200101",
    valid_to="长期",
)

SAM_STATUS = bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED")
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
SELECT = bytes.fromhex("AA AA AA 96 69 00 03 20 02 21")
READ_BASE = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
BAUD_9600 = bytes.fromhex("AA AA AA 96 69 00 03 60 04 67")
DONE = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NO_CARD = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
SELECTED = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")


class Host:
    """Who asks the module, in virtual time: writes commands and lets time go on until the answer is there."""

    def __init__(self, wire: SimulatedWire) -> None:
        self.wire = wire
        self._line = SimulatedLine(wire)
        self._line.open()

    @property
    def now_s(self) -> float:
        return self.wire.world.now

    @property
    def sent(self) -> bytes:
        """What the module has said and nobody has taken."""
        return bytes(self.wire.to_host)

    @property
    def writes(self) -> list[tuple[float, int]]:
        return self.wire.writes

    def host(self, data: bytes) -> None:
        self._line.write(data)

    def await_sent_so_far(self, enough: Callable[[bytes], bool]) -> bytes:
        self.wire.world.run(self.now_s + 20, lambda: enough(self.sent))
        assert enough(self.sent), self.sent
        return self.sent

    def await_taken(self) -> None:
        """Until the module has dealt with all that the host wrote and listens again."""
        self.wire.world.run(self.now_s + 1)

    def await_sent(self, size: int) -> bytes:
        self.await_sent_so_far(lambda sent: len(sent) >= size)
        answer = self.sent[:size]
        del self.wire.to_host[:size]
        return answer

    def ask(self, command: bytes, size: int) -> bytes:
        self.host(command)
        return self.await_sent(size)


class MemoryWire:
    """A line in memory, between the module's thread and the test's."""

    def __init__(self) -> None:
        self.plugged = False
        self._sent = bytearray()
        self._waiting: list[bytes] = []
        self._news = threading.Condition()

    def plug(self) -> None:
        self.plugged = True

    def unplug(self) -> None:
        self.plugged = False

    def host(self, data: bytes) -> None:
        with self._news:
            self._waiting.append(data)
            self._news.notify_all()

    def ask(self, command: bytes, size: int) -> bytes:
        self.host(command)
        with self._news:
            assert self._news.wait_for(lambda: len(self._sent) >= size, 20), bytes(self._sent)
            answer = bytes(self._sent[:size])
            del self._sent[:size]
            return answer

    def read(self, timeout: float, most: int = 4096) -> bytes:
        with self._news:
            self._news.wait_for(lambda: self._waiting, timeout)
            return self._waiting.pop(0)[:most] if self._waiting else b""

    def write(self, data: bytes) -> None:
        with self._news:
            if self.plugged:
                self._sent += data
                self._news.notify_all()


@contextmanager
def running(**settings: float) -> Iterator[tuple[CardModule, Host]]:
    wire = SimulatedWire(World())
    given_settings = CardModuleSettings(**{"rf_read_s": 0.0, **settings})  # type: ignore[arg-type]
    with CardModule(wire, given_settings, stage=SimulatedStage(wire)) as module:
        yield module, Host(wire)


@contextmanager
def running_in_a_thread(rf_read_s: float = 0.0) -> Iterator[tuple[CardModule, MemoryWire]]:
    wire = MemoryWire()
    with CardModule(wire, CardModuleSettings(rf_read_s=rf_read_s)) as module:
        yield module, wire


def read_base(wire: Host | MemoryWire, size: int = 1295) -> bytes:
    assert wire.ask(FIND, 15) == FOUND
    assert wire.ask(SELECT, 19) == SELECTED
    return wire.ask(READ_BASE, size)


class TestModule:
    def test_a_card_is_found_selected_and_read(self) -> None:
        reads: list[float] = []
        with running() as (module, wire):
            module.on_read = reads.append
            assert wire.ask(FIND, 11) == NO_CARD
            module.lay(RESIDENT)
            assert read_base(wire)[-1] == 0xAB
            assert wire.ask(SAM_STATUS, 11) == DONE
            assert reads == [module.last_read_at]
            assert module.reads == 1

    @pytest.mark.parametrize(("baud", "size"), [(9600, 19), (115200, 1295)])
    def test_no_byte_leaves_before_the_line_could_carry_it(self, baud: int, size: int) -> None:
        with running(baud=baud, split=8) as (module, wire):
            module.lay(RESIDENT)
            wire.ask(FIND, 15)
            wire.writes.clear()
            began = wire.now_s
            wire.ask(SELECT, 19)
            if size == 1295:
                wire.writes.clear()
                began = wire.now_s
                wire.ask(READ_BASE, size)
            sent = 0
            for at, count in wire.writes:
                sent += count
                assert at - began >= sent * 10 / baud
                assert count <= 8
            assert sent == size

    def test_the_time_of_a_read_is_that_of_its_last_byte(self) -> None:
        with running(rf_read_s=0.02) as (module, wire):
            module.lay(RESIDENT)
            wire.ask(FIND, 15)
            wire.ask(SELECT, 19)
            began = wire.now_s
            wire.ask(READ_BASE, 1295)
            wire.ask(SAM_STATUS, 11)
            assert module.last_read_at is not None
            assert module.last_read_at >= wire.writes[-2][0]
            assert module.last_read_at - began >= 0.02 + 1295 * 10 / 115200

    def test_a_torn_read_breaks_off_and_the_card_is_gone(self) -> None:
        with running() as (module, wire):
            module.lay(RESIDENT)
            module.tear_next(keep=700)
            assert len(read_base(wire, 700)) == 700
            assert wire.ask(FIND, 11) == NO_CARD
            assert module.card is None
            assert module.last_read_at is None

    def test_a_card_lifted_while_its_read_is_sent_breaks_it_off(self) -> None:
        with running(baud=2400) as (module, wire):
            module.lay(RESIDENT)
            read_base(wire, 100)
            module.lift()
            wire.host(FIND)
            assert len(wire.await_sent_so_far(lambda sent: sent.endswith(NO_CARD))) < 1195
            assert module.last_read_at is None

    def test_a_card_laid_again_is_read_to_the_end(self) -> None:
        with running() as (module, wire):
            module.lay(RESIDENT)
            module.lift()
            module.lay(PERMANENT)
            assert read_base(wire)[-1] == 0x6F
            wire.ask(SAM_STATUS, 11)
            assert module.reads == 1

    def test_the_fault_buttons_work_once(self) -> None:
        with running() as (module, wire):
            module.lay(RESIDENT)
            module.status_next(0x33)
            assert read_base(wire, 11) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 33 37")
            module.wrong_checksum_next()
            assert read_base(wire)[-1] == 0x54
            assert module.last_read_at is None
            assert read_base(wire)[-1] == 0xAB
            assert module.last_read_at is not None

    def test_a_silent_module_swallows_commands(self) -> None:
        with running() as (module, wire):
            module.silence(True)
            wire.host(FIND)
            wire.await_taken()
            module.silence(False)
            assert wire.ask(SAM_STATUS, 11) == DONE
            assert not wire.sent

    def test_noise_stands_between_frames_and_never_in_them(self) -> None:
        with running() as (module, wire):
            module.lay(RESIDENT)
            module.noise(True)
            for command in (FIND, SELECT, READ_BASE):
                wire.host(command)
            heard = wire.await_sent_so_far(lambda sent: len(sent) > 15 + 19 + 1295 + 12)
            assert heard.count(PREAMBLE) == 3
            assert FOUND in heard
            assert SELECTED in heard
            noise = heard.replace(FOUND, b"").replace(SELECTED, b"")
            base = noise.index(PREAMBLE)
            assert noise[base + 1294] == 0xAB
            assert b"\xaa" in noise[:base]

    def test_with_the_wrong_line_rate_the_host_sees_garbage(self) -> None:
        with running() as (module, wire):
            module.mismatch(True)
            assert PREAMBLE not in wire.ask(FIND, 10)
            module.mismatch(False)
            assert wire.ask(FIND, 11) == NO_CARD

    def test_a_baud_command_changes_the_line_rate_after_its_reply(self) -> None:
        with running() as (module, wire):
            assert wire.ask(BAUD_9600, 11) == DONE
            assert wire.ask(SAM_STATUS, 11) == DONE
            assert module.baud == 9600
            module.unplug()
            assert module.baud == 115200

    def test_out_of_order_until_mended(self) -> None:
        with running() as (module, wire):
            module.out_of_order(0x60)
            assert wire.ask(SAM_STATUS, 11) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 60 64")
            module.out_of_order(None)
            assert wire.ask(SAM_STATUS, 11) == DONE


class TestThread:
    def test_the_read_callback_may_pull_the_cable(self) -> None:
        with running_in_a_thread() as (module, wire):
            pulled = threading.Event()

            def pull(_: float) -> None:
                module.unplug()
                pulled.set()

            module.on_read = pull
            module.lay(RESIDENT)
            read_base(wire)
            assert pulled.wait(20)
            assert not wire.plugged
            module.plug()
            assert wire.ask(FIND, 15) == FOUND

    def test_stop_does_not_wait_for_a_slow_card(self) -> None:
        with running_in_a_thread(rf_read_s=1000.0) as (module, wire):
            module.lay(RESIDENT)
            wire.ask(FIND, 15)
            wire.ask(SELECT, 19)
            wire.host(READ_BASE)
        assert not wire.plugged
        assert module.last_read_at is None


class TestPty:
    def test_a_host_reads_a_card_through_a_terminal_and_again_after_unplugging(self, tmp_path: Path) -> None:
        link = tmp_path / "card"
        with CardModule(PtyWire(link), CardModuleSettings(rf_read_s=0.0)) as module:
            module.lay(RESIDENT)
            for round_number in (1, 2):
                host = os.open(link, os.O_RDWR | os.O_NOCTTY)
                try:
                    frames = [self._ask(host, FIND, 15), self._ask(host, SELECT, 19), self._ask(host, READ_BASE, 1295)]
                finally:
                    os.close(host)
                assert hashlib.sha256(frames[2]).hexdigest()[:16] == "dd95ad592526be58"
                module.unplug()
                assert not link.is_symlink()
                assert module.reads == round_number
                module.plug()
        assert not link.is_symlink()

    @staticmethod
    def _ask(host: int, command: bytes, size: int) -> bytes:
        os.write(host, command)
        answer = b""
        while len(answer) < size:
            answer += os.read(host, size - len(answer))
        return answer
