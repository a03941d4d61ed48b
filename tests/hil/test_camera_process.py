"""A camera whose library fails in every way: it is gone by its words, and nothing of it stays with the daemon."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drivers.camera import camera as driver
from drivers.camera import children
from drivers.camera.camera import Camera
from drivers.camera.settings import CameraSettings
from kiosk.ports import DeviceError, DeviceGone, DeviceSilent, TextScan
from kiosk.virtual.camera_frames import Grey, draw, empty_room
from kiosk.virtual.camera_library import At, Behaviour, Does, furnish, tries
from kiosk.virtual.camera_scenes import Held, Scene, Trouble

pytestmark = pytest.mark.slow

SIZE = (640, 480)
SETTINGS = CameraSettings(width=640, height=480, frames_s=30)
IN_TIME_S = 10.0
"""Generous, for a shared machine."""
WATCHED_BY_ANOTHER = """
import sys, threading, time
from drivers.camera.camera import Camera
from drivers.camera.settings import CameraSettings
camera = Camera(CameraSettings())
threading.Thread(target=lambda: (camera.open(), time.sleep(60))).start()
while not camera.pid:
    time.sleep(0.01)
time.sleep(0.5)
print(camera.pid, flush=True)
time.sleep(60)
"""


@dataclass
class Rig:
    """A camera and its library."""

    folder: Path
    camera: Camera = field(default_factory=lambda: Camera(SETTINGS))

    def library(self, pictures: list[Grey], deeds: dict[At, str] | None = None, **how: Any) -> None:
        told = {str(at): str(deed) for at, deed in (deeds or {}).items()}
        furnish(self.folder, pictures, Behaviour(told, **how))

    def scans(self, count: int) -> list[bytes]:
        """The next ones, in time; DeviceError comes through."""
        found: list[bytes] = []
        end = time.monotonic() + IN_TIME_S
        while len(found) < count and time.monotonic() < end:
            scan = self.camera.read(0.2)
            if isinstance(scan, TextScan):
                found.append(scan.data)
        return found

    def fails(self) -> str:
        """The words by which it is gone, be it at opening or at reading; all that belonged to it is gone too."""
        before = belongings()
        with pytest.raises(DeviceError) as error:
            self._served()
        self.camera.close()
        assert belongings() == before
        return str(error.value)

    def _served(self) -> None:
        self.camera.open()
        self.scans(100)


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rig = Rig(tmp_path)
    yield rig
    rig.camera.close()


@pytest.fixture(scope="module")
def held() -> list[Grey]:
    return [empty_room(1, *SIZE), draw(Scene(Trouble.PLAIN, (Held(b"A-0001", "QRCode", 0.6, 0.5, 0.6),), 1), *SIZE)]


def belongings() -> tuple[int, int, int]:
    """Open files, threads, and children of this process, ended ones that nobody asked for too."""
    gc.collect()
    family = [each for each in Path("/proc").glob("[0-9]*/stat") if _parent(each) == os.getpid()]
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(family)


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _within(seconds: float, come_true: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not come_true() and time.monotonic() < end:
        time.sleep(0.02)
    return come_true()


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text(encoding="utf-8")


def test_a_code_held_up_is_one_scan_with_the_time_of_its_frame(rig, held):
    rig.library(held)
    before = time.monotonic_ns()
    rig.camera.open()
    assert rig.scans(1) == [b"A-0001"]
    assert before < rig.camera.heard_ns < time.monotonic_ns()
    assert rig.camera.read(0.5) is None


def test_a_camera_can_be_closed_and_opened_again(rig, held):
    rig.library(held)
    before = belongings()
    for _ in range(2):
        rig.camera.open()
        assert rig.scans(1) == [b"A-0001"]
        rig.camera.close()
        rig.camera.close()
        assert belongings() == before


def test_a_camera_that_is_not_open_is_gone(rig):
    with pytest.raises(DeviceGone, match="camera 0: not open"):
        rig.camera.read(0.1)
    rig.camera.close()


def test_without_a_camera(rig):
    rig.library([])
    assert rig.fails() == "camera 0: IndexError: list index out of range"


def test_without_the_library(rig, monkeypatch):
    monkeypatch.delenv("PYTHONPATH")
    assert rig.fails() == "camera 0: ModuleNotFoundError: No module named 'picamera2'"


@pytest.mark.parametrize(
    "raised",
    ["AttributeError", "CancelledError", "ValueError", "ImportError", "SystemExit", "KeyboardInterrupt", "MemoryError"],
)
def test_whatever_it_raises_on_import_makes_it_gone(rig, held, raised):
    rig.library(held, {At.IMPORT: raised})
    assert rig.fails() == f"camera 0: {raised}: a {raised} of the library"


@pytest.mark.parametrize("at", [At.FIND, At.CONFIGURE, At.START, At.FRAME])
def test_whatever_it_raises_in_a_call_makes_it_gone(rig, held, at):
    rig.library(held, {at: "AttributeError"})
    assert rig.fails() == "camera 0: AttributeError: a AttributeError of the library"


@pytest.mark.parametrize("at", [At.IMPORT, At.START, At.FRAME])
@pytest.mark.parametrize(("does", "words"), [(Does.CRASHES, "by SIGSEGV"), (Does.EXITS, "with status 3")])
def test_a_library_that_ends_the_process_ends_the_cameras(rig, held, at, does, words):
    rig.library(held, {at: does})
    assert rig.fails() == f"camera 0: its process ended {words}"


@pytest.mark.parametrize("does", [Does.HANGS, Does.HOLDS])
@pytest.mark.parametrize("at", [At.IMPORT, At.CONFIGURE, At.START])
def test_one_that_hangs_at_opening_is_killed(rig, held, monkeypatch, at, does):
    monkeypatch.setattr(driver, "OPEN_S", 1.0)
    rig.library(held, {at: does})
    assert rig.fails() == "camera 0: hangs at opening, for 1 s"


@pytest.mark.parametrize("does", [Does.HANGS, Does.HOLDS])
def test_one_that_hangs_over_a_frame_is_silent_and_killed(rig, held, does):
    rig.library(held, {At.FRAME: does})
    assert rig.fails() == "camera 0: no frame for 3 s"


def test_one_without_frames_is_silent(rig, held):
    rig.library(held, pausing_after=8)
    rig.camera.open()
    assert rig.scans(1) == [b"A-0001"]
    with pytest.raises(DeviceSilent, match="camera 0: no frame for 3 s"):
        rig.scans(1)


def test_one_that_nobody_listened_to_for_a_while_is_not_silent(rig, held, monkeypatch):
    monkeypatch.setattr(driver, "SILENT_S", 1.0)
    rig.library(held)
    rig.camera.open()
    time.sleep(2)
    assert rig.scans(1) == [b"A-0001"]


@pytest.mark.parametrize("does", [Does.HANGS, Does.HOLDS])
def test_one_that_hangs_at_closing_is_killed(rig, held, does):
    rig.library(held, {At.CLOSE: does})
    before = belongings()
    rig.camera.open()
    assert rig.scans(1) == [b"A-0001"]
    rig.camera.close()
    assert belongings() == before


def test_one_that_grows_ends_alone(rig, held):
    rig.library(held, {At.FRAME: Does.GROWS})
    assert rig.fails() == "camera 0: MemoryError: "


def test_one_that_is_killed_is_gone_and_comes_back(rig, held):
    rig.library(held)
    rig.camera.open()
    os.kill(rig.camera.pid, signal.SIGKILL)
    with pytest.raises(DeviceGone, match="camera 0: its process ended by SIGKILL"):
        rig.camera.read(IN_TIME_S)
    rig.camera.close()
    rig.camera.open()
    assert rig.scans(1) == [b"A-0001"]


def test_what_was_read_before_it_died_is_not_lost(rig, held):
    rig.library(held)
    rig.camera.open()
    time.sleep(1)
    os.kill(rig.camera.pid, signal.SIGKILL)
    assert rig.scans(1) == [b"A-0001"]
    with pytest.raises(DeviceGone):
        rig.camera.read(IN_TIME_S)


def test_one_that_prints_without_end_is_not_held_up(rig, held):
    rig.library(held, {At.FRAME: Does.CHATTERS})
    rig.camera.open()
    assert rig.scans(1) == [b"A-0001"]


def test_what_it_printed_last_is_told_when_it_dies(rig, held):
    rig.library(held, {At.IMPORT: Does.CHATTERS, At.START: Does.CRASHES})
    assert rig.fails().startswith("camera 0: its process ended by SIGSEGV: a line of")


def test_many_tries_with_one_that_leaks_leave_nothing(rig):
    rig.library([], {At.FIND: Does.LEAKS})
    assert rig.fails() == "camera 0: IndexError: list index out of range"
    before = belongings()
    for _ in range(20):
        rig.fails()
    assert belongings() == before
    assert tries(rig.folder) == 21


def test_it_has_neither_our_files_nor_our_secrets_and_is_the_first_to_go(rig, held, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path))
    rig.library(held)
    with (tmp_path / "journal").open("w") as journal:
        os.set_inheritable(journal.fileno(), True)
        rig.camera.open()
    process = Path(f"/proc/{rig.camera.pid}")
    files = [str(each.readlink()).partition(":")[0] for each in (process / "fd").iterdir()]
    assert sorted(files) == sorted(["/dev/null", "pipe", "pipe", "socket", str(rig.folder / "picamera2/pictures.npy")])
    environment = (process / "environ").read_bytes()
    assert b"CREDENTIALS" not in environment
    assert b"NOTIFY" not in environment
    assert (process / "oom_score_adj").read_text() == "900\n"


def test_neither_the_terminals_interrupt_nor_the_services_stop_ends_it(rig, held):
    rig.library(held)
    rig.camera.open()
    assert os.getsid(rig.camera.pid) == rig.camera.pid
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(rig.camera.pid, number)
    assert rig.scans(1) == [b"A-0001"]


@pytest.mark.parametrize("deeds", [{}, {At.START: Does.HOLDS}], ids=["serving", "holding"])
def test_it_goes_with_a_daemon_that_is_killed(rig, held, deeds):
    rig.library(held, deeds)
    parent = subprocess.Popen([sys.executable, "-c", WATCHED_BY_ANOTHER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _runs(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _within(IN_TIME_S, lambda: not _runs(child))


def test_what_cannot_be_killed_is_not_waited_for():
    class InTheKernel:
        """A process in a driver that waits for its hardware."""

        returncode, kills = None, 0

        def wait(self, timeout: float) -> int:
            raise subprocess.TimeoutExpired("camera", timeout)

        def kill(self) -> None:
            self.kills += 1

    hanging = InTheKernel()
    assert children.end(hanging, 0.1) is False  # type: ignore[arg-type]
    assert hanging.kills == 1
