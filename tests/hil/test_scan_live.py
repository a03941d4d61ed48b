"""`kiosk scan` as staff use it: the real command, its scanners' lines ending in virtual devices."""

import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.credentials import Rejected, key_of_round, staff_codes
from kiosk.doctor.live_scans import watch
from kiosk.model import Refusal
from kiosk.ports import Hint
from kiosk.virtual.card_module import CardModule, CardModuleSettings
from kiosk.virtual.cards import IdCard
from kiosk.virtual.serial_scanner import SerialScanner
from kiosk.virtual.wire import PtyWire

CONFIG = """
[point]
region = "r"
round = "r1"
point = "p"
kiosk = "a"
clock = "trusted"
[tubes]
block = "0352"
[[scanner]]
kind = "id-card"
port = "{wires}/card"
[[scanner]]
kind = "serial"
port = "{wires}/scan*"
[[printer]]
kind = "usb"
"""
STAFF_KEY = "0123456789abcdef" * 4
TIMES = r"  arrived -> read \d+\.\d\d ms -> understood \d+\.\d\d ms"


class Command:
    """`kiosk scan` and the lines that it prints."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "kiosk", "scan", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.seen = ""

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))

    def line(self) -> str:
        line = self._lines.get(timeout=20)
        self.seen += line + "\n"
        return line

    def stop(self) -> tuple[int, str]:
        """Ctrl-C; exit status and what it said on standard error."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Exit status and what it said on standard error, when it has ended."""
        assert self.process.stderr is not None
        with self.process.stderr as stderr:
            said = stderr.read()
        self._listener.join(20)
        return self.process.wait(20), said


class InTheDark:
    """A camera before which somebody holds a code in the dark."""

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout: float) -> Hint:
        time.sleep(min(timeout, 0.05))
        return Hint.TOO_DARK


@pytest.fixture
def run() -> Iterator[Callable[..., Command]]:
    """Starts the command; none outlives its test."""
    with ExitStack() as exits:

        def start(*arguments: str) -> Command:
            command = Command(*arguments)
            exits.callback(command.process.kill)
            return command

        yield start


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/staff-key").write_text(STAFF_KEY)
    return tmp_path / "keys"


@pytest.fixture
def far_ends(rig: str, wires: Path) -> Iterator[tuple[CardModule, SerialScanner]]:
    module = CardModule(PtyWire(wires / "card"), CardModuleSettings(rf_read_s=0.05, answers_again=False))
    with module, SerialScanner(PtyWire(wires / "scanner")) as scanner:
        yield module, scanner


def test_each_scan_is_told_masked_and_timed(
    far_ends: tuple[CardModule, SerialScanner], run: Callable[..., Command], wires: Path, keys: Path, tmp_path: Path
) -> None:
    module, scanner = far_ends
    config = tmp_path / "kiosk.toml"
    config.write_text(CONFIG.format(wires=wires))
    command = run("--config", str(config), "--credentials", str(keys))
    assert sorted([command.line(), command.line()]) == ["id-card  ready", "scanner  ready"]
    module.lay(IdCard("110199199001010010", "测试甲"))
    expected = r"id-card  card \(resident\): person \*{14}0010 测\*\*" + TIMES
    assert re.fullmatch(expected, command.line())
    staff = next(iter(staff_codes(key_of_round(STAFF_KEY.encode(), "r1"))))
    for code, told in (
        (b"110199196002290022", r"scanner  code \(18 bytes\): person \*{14}0022" + TIMES),
        (b"110199196002290023", r"scanner  code \(18 bytes\): refused: wrong-check-digit" + TIMES),
        (b"035200000104", r"scanner  code \(12 bytes\): tube \*{9}104" + TIMES),
        (staff.encode(), r"scanner  code \(\d+ bytes\): staff code: [a-z-]+" + TIMES),
    ):
        scanner.present(code)
        assert re.fullmatch(told, command.line())
    scanner.present_torn(b"110199196002290022", 9)
    assert re.fullmatch(r"scanner  not read: scanner .*/scan\*: a code broke off", command.line())
    module.unplug()
    assert command.line().startswith("id-card  gone: ID-card reader")
    assert not re.search(r"\d{8}", command.seen)
    assert command.stop() == (0, "")


def test_without_credentials_a_staff_code_is_an_unknown_code(
    far_ends: tuple[CardModule, SerialScanner], run: Callable[..., Command], wires: Path, tmp_path: Path
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(CONFIG.format(wires=wires))
    command = run("--config", str(config))
    assert {command.line(), command.line()} == {"id-card  ready", "scanner  ready"}
    far_ends[1].present(next(iter(staff_codes(STAFF_KEY.encode()))).encode())
    assert "refused: unknown-code" in command.line()
    assert command.stop() == (0, "")


def test_why_a_camera_reads_nothing_is_told() -> None:
    stopping = threading.Event()
    lines = watch({"camera": InTheDark()}, lambda _: Rejected(Refusal.UNKNOWN_CODE), time.monotonic_ns, stopping)
    assert [next(lines), next(lines)] == ["camera  ready", "camera  hint: too-dark"]
    lines.close()


def test_a_wrong_configuration_is_told(run: Callable[..., Command], tmp_path: Path) -> None:
    status, said = run("--config", str(tmp_path / "none.toml")).end()
    assert status == 78
    assert "No such file" in said
