"""Runs inside the Debian root: what drivers.camera.camera does with a real picamera2, as one line of JSON."""

import gc
import json
import os
import sys
import time
from pathlib import Path

import far_end

from drivers.camera.camera import Camera, CameraSettings
from kiosk.ports import DeviceGone, DeviceSilent, TextScan

SECONDS = 2.0


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
    real = camera._camera  # noqa: SLF001 - only picamera2 knows how many frames came
    start, before = time.monotonic(), real.frames
    scans, spent = _read(camera)
    seconds, delivered = time.monotonic() - start, real.frames - before
    camera.close()
    return {"scans": scans, "taken": camera.taken, "delivered": delivered, "seconds": seconds, "spent_ms": spent}


def _stopped(settings: CameraSettings) -> dict[str, object]:
    """A camera whose cable has slipped out: it delivers no more, and says nothing."""
    camera = Camera(settings)
    camera.open()
    first = camera.read(10)
    camera._camera.stop()  # noqa: SLF001 - the far end has no cable to pull
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
    """Open files; picamera2's objects hold theirs until they are collected."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def _children() -> int:
    return sum(f"PPid:\t{os.getpid()}\n" in each.read_text() for each in Path("/proc").glob("[0-9]*/status"))


def main() -> None:
    """`serve.py FRAMES_S`."""
    far_end.install()
    settings = CameraSettings(width=1280, height=720, frames_s=float(sys.argv[1]))
    first, files = _opened_and_read(settings), _files()
    again, left = _opened_and_read(settings), _files()
    told: dict[str, object] = {"first": first, "again": again, "stopped": _stopped(settings), "missing": _missing()}
    told |= {"files": files, "left_files": left}
    sys.stdout.write(f"told: {json.dumps(told | {'children': _children()})}\n")


if __name__ == "__main__":
    main()
