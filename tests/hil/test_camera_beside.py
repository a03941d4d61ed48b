"""A whole kiosk with a serial scanner and a camera that fails: the scanner serves on, the watchdog is fed, it stops."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.virtual.camera_frames import draw
from kiosk.virtual.camera_library import At, Behaviour, Does, furnish
from kiosk.virtual.camera_scenes import Held, Scene, Trouble
from table_bench import resident_number

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

IN_TIME_S, WATCHDOG_S = 10.0, 20.0
"""So long systemd gives for a stop, and between two beats."""
LATE_S = 60.0
"""Generous, for a shared machine."""
SHOWN_FRAMES = 90
"""3 s: the camera takes a code for gone after one or four."""
CAMERA = """
[[scanner]]
kind = "camera"
width = 640
height = 480
"""


class ServiceManager:
    """Counts how often the watchdog was fed."""

    def __init__(self, path: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))
        self._line.setblocking(False)

    def fed(self, times: int) -> bool:
        """So often from now on, and each time before it would have ended the service."""
        self._beats()
        count, end = 0, time.monotonic() + WATCHDOG_S
        while count < times and time.monotonic() < end:
            time.sleep(0.1)
            if fresh := self._beats():
                count, end = count + fresh, time.monotonic() + WATCHDOG_S
        return count >= times

    def _beats(self) -> int:
        """Since the last call."""
        count = 0
        try:
            while True:
                count += b"WATCHDOG=1" in self._line.recv(4096)
        except BlockingIOError:
            return count

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def manager(wires: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceManager]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(wires / "notify"))
    manager = ServiceManager(wires / "notify")
    yield manager
    manager.close()


@pytest.fixture
def table(make_table, manager, tmp_path, monkeypatch):
    """The daemon is not started yet."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "library"))
    table = make_table()
    with (table.state / "kiosk.toml").open("a", encoding="utf-8") as config:
        config.write(CAMERA)
    return table


def furnished(folder: Path, deeds: dict[At, str], tries: int = 1 << 30) -> None:
    """Before the camera somebody shows a code and takes it away in turn: who is refused, say by a printer that is not
    there yet, comes again."""
    code = Held(resident_number(700).encode(), "QRCode", 0.6, 0.5, 0.6)
    pictures = [draw(Scene(Trouble.PLAIN, held, 1), 640, 480) for held in ((code,), ())]
    told = {str(at): str(deed) for at, deed in deeds.items()}
    furnish(folder / "library", pictures, Behaviour(told, tries, frames_each=SHOWN_FRAMES, again=True))


def family(pid: int) -> list[str]:
    """The command lines of its children."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            stat = (each / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(stat[1]) == pid:
                found.append((each / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except OSError:
            pass
    return found


def start(table) -> None:
    """Until the first label is out."""
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", LATE_S), table.daemon.records


def scanned(table, serial: int) -> bool:
    """Somebody at the serial scanner is accepted."""
    assert table.daemon.listens(LATE_S)
    since = len(table.daemon.records)
    table.scanner.present(resident_number(serial).encode())
    return table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", LATE_S, since) is not None


def has_camera(table) -> bool:
    """Its process is there, or soon again if it was given up meanwhile."""
    end = time.monotonic() + LATE_S
    while not (found := any("camera_child" in line for line in family(table.daemon.pid))) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def stops_in_time(table) -> bool:
    asked = time.monotonic()
    return table.daemon.stop(LATE_S) == 0 and time.monotonic() - asked < IN_TIME_S


def told(table, why: str):
    """The log's word that the camera is gone."""
    return table.daemon.wait_for(lambda r: r.get("device") == "camera" and why in str(r.get("why")), LATE_S)


@pytest.mark.parametrize(
    ("deeds", "why"),
    [
        ({At.IMPORT: "AttributeError"}, "AttributeError: a AttributeError of the library"),
        ({At.FRAME: "CancelledError"}, "CancelledError: a CancelledError of the library"),
        ({At.CONFIGURE: Does.CRASHES}, "its process ended by SIGSEGV"),
        ({At.FRAME: Does.GROWS}, "MemoryError"),
        ({At.FRAME: Does.HOLDS, At.CLOSE: Does.HOLDS}, "no frame for 3 s"),
    ],
    ids=str,
)
def test_the_others_serve_on(table, manager, tmp_path, deeds, why):
    furnished(tmp_path, deeds)
    start(table)
    assert told(table, why), json.dumps(table.daemon.records)
    assert scanned(table, 1)
    assert manager.fed(3)
    assert stops_in_time(table)
    assert not [record for record in table.daemon.records if record["event"] == "fault"]


@pytest.mark.parametrize("at", [At.CONFIGURE, At.START])
def test_one_that_holds_its_interpreter_at_opening_holds_up_nobody(table, manager, tmp_path, at):
    furnished(tmp_path, {at: Does.HOLDS})
    start(table)
    assert scanned(table, 1)
    assert manager.fed(3)
    assert has_camera(table)
    assert stops_in_time(table)


def test_a_camera_that_failed_once_serves_by_itself_later(table, tmp_path):
    furnished(tmp_path, {At.START: Does.CRASHES}, tries=2)
    table.daemon.start()
    assert told(table, "SIGSEGV")
    assert table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", LATE_S)


def test_the_daemon_stops_in_time_with_a_camera_whose_stop_never_returns(table, tmp_path):
    furnished(tmp_path, {At.CLOSE: Does.HOLDS})
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", LATE_S)
    assert stops_in_time(table)
