"""The camera's driver on the real picamera2 over libcamera's virtual pipeline, in a Debian root of its own.

The first run makes that root, build/camera-root, in ten seconds; `make test-camera` runs these tests alone."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.camera.camera_child import MEMORY
from kiosk.virtual.camera_frames import draw
from kiosk.virtual.camera_scenes import Held, Scene, Trouble

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
FRAMES_S = 10.0
MAKING_S = 300
ENTERED = ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc"]
MORTAL = ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child"]
"""What starts after it ends with this process, and so does all that it starts itself."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def root() -> Path:
    """The Debian root; skips where it can be neither made nor entered."""
    if os.geteuid() != 0:
        pytest.skip("a root for the camera can only be entered by root")
    if subprocess.run(ENTERED, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let root mount")
    folder = REPOSITORY / "build/camera-root"
    folder.parent.mkdir(exist_ok=True)
    with _alone(folder):
        _make(folder)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One of the run's workers at a time."""
    with folder.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    command: list[str | Path] = [*MORTAL, HERE / "make_root.sh", folder, sys.executable]
    try:
        made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=MAKING_S)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the camera's Debian root was not made within {MAKING_S} s")
    if made.returncode != 0:
        pytest.skip(f"the camera's Debian root could not be made: {made.stderr.strip().splitlines()[-1:]}")


def _furnish(root: Path) -> None:
    """The driver, the far end, the pipeline's one camera and the picture that it serves."""
    for folder in ("kiosk", "far_end"):
        shutil.rmtree(root / "opt" / folder, ignore_errors=True)
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "drivers", root / "opt/kiosk/drivers", ignore=hidden)
    (root / "opt/kiosk/kiosk").mkdir()
    for name in ("__init__.py", "frozen.py", "ports.py"):
        shutil.copy(REPOSITORY / "kiosk" / name, root / "opt/kiosk/kiosk")
    shutil.copytree(HERE, root / "opt/far_end", ignore=hidden)
    cameras = root / "usr/share/libcamera/pipeline/virtual"
    cameras.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "virtual.yaml", cameras)
    scene = Scene(Trouble.PLAIN, (Held(b"CAM-0001", "QRCode", 0.85, 0.5, 0.5, turn=7),), 1)
    Image.fromarray(draw(scene, 1280, 720)).convert("RGB").save(root / "opt/kiosk/frame.jpg", quality=95)


@pytest.fixture(scope="module")
def told(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the driver did there; once for all of the run's workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    answer = tmp_path_factory.getbasetemp().parent / f"camera-{run}.json"
    with _alone(root):
        if not answer.exists():
            answer.write_text(json.dumps(_served(root)), encoding="utf-8")
    told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return told


def _served(root: Path) -> object:
    _furnish(root)
    command: list[str | Path] = [HERE / "run_in_root.sh", root, "serve.py", str(FRAMES_S)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("told: ")]
    return json.loads(line.removeprefix("told: "))


def test_a_code_held_up_is_one_scan_however_long_it_stays(told):
    assert told["first"]["scans"] == ["CAM-0001"]


def test_how_long_a_scan_took_from_its_frame_is_known(told):
    [spent_ms] = told["first"]["spent_ms"]
    assert 0 < spent_ms < 1e3 * told["first"]["seconds"]


def test_a_camera_can_be_closed_and_opened_again(told):
    assert told["again"]["scans"] == ["CAM-0001"]


@pytest.mark.parametrize("turn", ["first", "again"])
def test_takes_no_more_frames_than_it_was_told_however_many_come(told, turn):
    most = told[turn]["seconds"] * FRAMES_S + 1
    assert 2 < told[turn]["taken"] <= most
    assert told[turn]["delivered"] > 5 * most


def test_a_camera_that_delivers_nothing_is_silent(told):
    assert told["stopped"] == {"read": True, "said": "camera 0: no frame for 3 s"}


def test_a_camera_that_is_not_there_is_gone(told):
    assert told["missing"].startswith("camera 7: ")


def test_nothing_of_the_camera_is_loaded_here(told):
    assert told["loaded"] == []


def test_its_memory_is_half_of_its_limit_so_that_a_pis_libcamera_has_room(told):
    assert told["again"]["memory_kb"]["VmData"] * 1024 < MEMORY / 2


def test_buffers_are_given_back_and_no_process_stays(told):
    assert told["left_files"] == told["files"]
    assert told["children"] == 0
