"""The unit's memory used up by the camera: the kernel ends the camera's process, and the kiosk serves on.

Needs root and a version 2 control group with memory: the guest of `make test-vm` has one."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.virtual.camera_frames import draw
from kiosk.virtual.camera_library import At, Behaviour, Does, furnish, tries
from kiosk.virtual.camera_scenes import Held, Scene, Trouble
from table_bench import resident_number

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

GROUPS = Path("/sys/fs/cgroup")
MEMORY_MAX = 384 << 20
"""As systemd/kiosk.service has it."""
LATE_S = 120.0
"""The guest is slow: an emulated machine on a busy one."""
CAMERA = """
[[scanner]]
kind = "camera"
width = 640
height = 480
"""


class Unit:
    """What the service manager makes for the service: the limit is for all of its processes together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def ended(self) -> int:
        """How many processes the kernel has ended for their memory."""
        events = dict(line.split() for line in (self._folder / "memory.events").read_text().splitlines())
        return int(events["oom_kill"])

    def processes(self) -> list[int]:
        return [int(line) for line in (self._folder / "cgroup.procs").read_text().split()]


@pytest.fixture
def unit() -> Iterator[Unit]:
    folder = GROUPS / f"kiosk-{os.getpid()}"
    try:
        # Only what the kernel has made there: elsewhere these are names of plain files.
        with (GROUPS / "cgroup.subtree_control").open("r+", encoding="ascii") as control:
            control.write("+memory")
        folder.mkdir()
        with (folder / "memory.max").open("r+", encoding="ascii") as limit:
            limit.write(str(MEMORY_MAX))
    except OSError:
        pytest.skip("this machine gives nobody a control group with a limit for memory")
    with suppress(OSError):
        # A kernel without swap has no such file.
        (folder / "memory.swap.max").write_text("0", encoding="ascii")
    yield Unit(folder)
    end = time.monotonic() + LATE_S
    while time.monotonic() < end:
        with suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.1)


def test_the_camera_is_ended_and_replaced_and_the_kiosk_serves_on(unit, make_table, tmp_path, monkeypatch):
    library = tmp_path / "library"
    picture = draw(Scene(Trouble.PLAIN, (Held(resident_number(700).encode(), "QRCode", 0.6, 0.5, 0.6),), 1), 640, 480)
    furnish(library, [picture], Behaviour({At.FRAME: Does.FILLS}, tries=1))
    monkeypatch.setenv("PYTHONPATH", str(library))
    table = make_table()
    with (table.state / "kiosk.toml").open("a", encoding="utf-8") as config:
        config.write(CAMERA)
    table.daemon.start()
    unit.take(table.daemon.pid)

    def accepted(since: int) -> object:
        return table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == "accepted", LATE_S, since)

    gone = table.daemon.wait_for(lambda r: "ended by SIGKILL" in str(r.get("why")), LATE_S)
    assert gone, table.daemon.records
    assert gone["device"] == "camera"
    assert unit.ended() >= 1
    since = table.daemon.records.index(gone)
    back = table.daemon.wait_for(
        lambda r: r["event"] == "device" and r["device"] == "camera" and r["up"], LATE_S, since
    )
    assert back, table.daemon.records
    assert table.daemon.wait_for(lambda record: record["event"] == "printed", LATE_S), table.daemon.records
    since = len(table.daemon.records)
    table.scanner.present(resident_number(1).encode())
    assert accepted(since), table.daemon.records
    assert tries(library) == 2
    assert unit.processes()[0] == table.daemon.pid
    assert table.daemon.stop() == 0
