"""Runs inside the Debian root: what drivers.camera.camera does with a real picamera2, as one line of JSON."""

import gc
import json
import os
import sys
import time
from pathlib import Path

from drivers.camera.camera import Camera
from drivers.camera.settings import CameraSettings
from kiosk.ports import DeviceGone, DeviceSilent, TextScan

SECONDS = 2.0
CABLE_OUT, COUNTED = Path("/opt/cable-out"), Path("/opt/counted.json")
"""Of far_end, which nobody but the camera's process imports."""


def _read(camera: Camera) -> tuple[list[str], list[float]]:
    """The scans of some seconds, and how long each took from its frame, ms."""
    scans, spent, end = [], [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        scan = camera.read(0.2)
        if isinstance(scan, TextScan):
            scans.append(scan.data.decode())
            spent.append((time.monotonic_ns() - camera.heard_ns) / 1e6)
    return scans, spent


def _opened_and_read(settings: CameraSettings) -> dict[str, object]:
    camera = Camera(settings)
    camera.open()
    start = time.monotonic()
    scans, spent = _read(camera)
    seconds, memory = time.monotonic() - start, _memory_kb(camera.pid)
    begun = time.monotonic()
    camera.close()
    told: dict[str, object] = {
        "scans": scans,
        "seconds": seconds,
        "spent_ms": spent,
        "closed_s": time.monotonic() - begun,
    }
    told |= json.loads(COUNTED.read_text())
    return told | {"memory_kb": memory}


def _memory_kb(process: int | None) -> dict[str, int]:
    """Its own pages, limited; and its part of all that are mapped."""
    folder = Path(f"/proc/{process}")
    lines = [*(folder / "status").read_text().splitlines(), *(folder / "smaps_rollup").read_text().splitlines()]
    return {name: int(line.split()[1]) for name in ("VmData", "Pss") for line in lines if line.startswith(f"{name}:")}


def _stopped(settings: CameraSettings) -> dict[str, object]:
    """A camera whose cable has slipped out: it delivers no more, and says nothing."""
    camera = Camera(settings)
    camera.open()
    first = camera.read(10)
    CABLE_OUT.touch()
    start, said = time.monotonic(), "went on"
    try:
        while time.monotonic() - start < 20:
            camera.read(0.5)
    except DeviceSilent as error:
        said = str(error)
    camera.close()
    return {"read": first is not None, "said": said}


def _missing() -> str:
    try:
        Camera(CameraSettings(number=7)).open()
    except DeviceGone as error:
        return str(error)
    return "opened"


def _files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def _children() -> int:
    return sum(f"PPid:\t{os.getpid()}\n" in each.read_text() for each in Path("/proc").glob("[0-9]*/status"))


def main() -> None:
    """`serve.py FRAMES_S`."""
    CABLE_OUT.unlink(missing_ok=True)
    settings = CameraSettings(width=1280, height=720, frames_s=float(sys.argv[1]))
    first, files = _opened_and_read(settings), _files()
    again, left = _opened_and_read(settings), _files()
    told: dict[str, object] = {"first": first, "again": again, "stopped": _stopped(settings), "missing": _missing()}
    told |= {"files": files, "left_files": left, "children": _children()}
    told["loaded"] = sorted({"numpy", "picamera2", "libcamera", "zxingcpp", "PIL"} & sys.modules.keys())
    sys.stdout.write(f"told: {json.dumps(told)}\n")


if __name__ == "__main__":
    main()
