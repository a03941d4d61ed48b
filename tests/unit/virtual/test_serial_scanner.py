"""The serial scanner as a host hears it (scanner notes, section 1)."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.virtual.serial_scanner import ScannerSettings, SerialScanner
from kiosk.virtual.wire import PtyWire

LIMIT_S = 20.0


class RecordingWire:
    """Keeps what the scanner writes, with its times; hands on the host's bytes piece by piece."""

    def __init__(self) -> None:
        self.plugged = False
        self.sent = b""
        self.writes: list[tuple[float, int]] = []
        self.host: list[bytes] = []
        self.idle = threading.Event()

    def plug(self) -> None:
        self.plugged = True

    def unplug(self) -> None:
        self.plugged = False

    def read(self, timeout: float, most: int = 4096) -> bytes:
        if self.host:
            return self.host.pop(0)[:most]
        self.idle.set()
        time.sleep(timeout / 100)
        return b""

    def write(self, data: bytes) -> None:
        if self.plugged:
            self.sent += data
            self.writes.append((time.monotonic(), len(data)))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[tuple[SerialScanner, Path]]:
    link = tmp_path / "scanner"
    with SerialScanner(PtyWire(link)) as scanner:
        yield scanner, link


def hear(link: Path, size: int) -> bytes:
    host = os.open(link, os.O_RDWR | os.O_NOCTTY)
    try:
        heard = b""
        while len(heard) < size:
            heard += os.read(host, size - len(heard))
        return heard
    finally:
        os.close(host)


def wait_until(condition: "threading.Event") -> None:
    assert condition.wait(LIMIT_S)


class TestPresenting:
    def test_a_code_comes_with_its_suffix(self, terminal: tuple[SerialScanner, Path]) -> None:
        scanner, link = terminal
        scanner.present(b"035200000146")
        assert hear(link, 13) == b"035200000146\r"

    @pytest.mark.parametrize(
        ("prefix", "suffix", "expected"),
        [
            (b"", b"\r", b"A1\r"),
            (b"", b"\r\n", b"A1\r\n"),
            (b"\x02", b"\x03", b"\x02A1\x03"),
            (b"", b"", b"A1"),
        ],
    )
    def test_prefix_and_suffix_are_free(self, prefix: bytes, suffix: bytes, expected: bytes) -> None:
        wire = RecordingWire()
        with SerialScanner(wire, ScannerSettings(suffix=suffix, prefix=prefix)) as scanner:
            scanner.present(b"A1")
        assert wire.sent == expected

    def test_a_torn_code_has_no_suffix(self) -> None:
        wire = RecordingWire()
        with SerialScanner(wire) as scanner:
            scanner.present_torn(b"110199199001010010", keep=7)
        assert wire.sent == b"1101991"

    def test_raw_bytes_stay_as_they_are(self) -> None:
        wire = RecordingWire()
        with SerialScanner(wire) as scanner:
            scanner.present_raw(b"%%NoRead\x00\xff")
        assert wire.sent == b"%%NoRead\x00\xff"

    def test_no_byte_leaves_before_the_line_could_carry_it(self) -> None:
        wire = RecordingWire()
        with SerialScanner(wire, ScannerSettings(baud=9600, split=4)) as scanner:
            began = time.monotonic()
            ended = scanner.present(b"035200000146")
        sent = 0
        for at, count in wire.writes:
            sent += count
            assert at - began >= sent * 10 / 9600
        assert sent == 13
        assert ended >= wire.writes[-1][0]
        assert [count for _, count in wire.writes] == [4, 4, 4, 1]


class TestTrigger:
    @given(st.lists(st.sampled_from([b"\x16T\r", b"\x16U\r", b"~\x01", b"\x16M\r", b"T"]), max_size=8), st.data())
    def test_each_trigger_is_counted_once_however_the_bytes_are_cut(
        self, commands: list[bytes], data: st.DataObject
    ) -> None:
        stream = b"".join(commands)
        cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
        wire = RecordingWire()
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        wire.host = [piece for piece in pieces if piece]
        with SerialScanner(wire) as scanner:
            wait_until(wire.idle)
        assert scanner.triggers_on == commands.count(b"\x16T\r")
        assert scanner.triggers_off == commands.count(b"\x16U\r")
        assert wire.sent == b""

    def test_a_host_triggers_through_the_terminal(self, terminal: tuple[SerialScanner, Path]) -> None:
        scanner, link = terminal
        host = os.open(link, os.O_RDWR | os.O_NOCTTY)
        try:
            os.write(host, b"\x16T\r\x16U\r")
            deadline = time.monotonic() + LIMIT_S
            while scanner.triggers_off == 0 and time.monotonic() < deadline:
                time.sleep(0.001)
        finally:
            os.close(host)
        assert (scanner.triggers_on, scanner.triggers_off) == (1, 1)


class TestFaults:
    def test_what_is_presented_unplugged_is_lost(self, terminal: tuple[SerialScanner, Path]) -> None:
        scanner, link = terminal
        scanner.unplug()
        assert not link.is_symlink()
        scanner.present(b"LOST")
        scanner.plug()
        scanner.present(b"HERE")
        assert hear(link, 5) == b"HERE\r"

    def test_noise_stands_between_codes_and_never_in_them(self) -> None:
        wire = RecordingWire()
        with SerialScanner(wire, ScannerSettings(baud=9600, split=1)) as scanner:
            scanner.noise(True)
            for _ in range(3):
                wire.idle.clear()
                wait_until(wire.idle)
                scanner.present(b"035200000146")
        assert wire.sent.count(b"035200000146\r") == 3
        assert wire.sent.replace(b"035200000146\r", b"").strip(b"\x00\xff") == b""
        assert b"\x00\xff" in wire.sent
