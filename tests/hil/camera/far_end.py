"""Test side: lets picamera2 take Debian's libcamera with its virtual pipeline for a camera it knows.

That pipeline has no raw stream and wants luminance and colour of a buffer as two planes. What the camera's process did
with it, and when its cable is pulled, is in files, as it is nobody's but its own."""

import json
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import libcamera


class _Unused(ModuleType):
    """A library that picamera2 imports for previews, pictures and recordings, of which the kiosk takes none."""

    def __getattr__(self, name: str) -> ModuleType:
        return _Unused(name)


sys.modules |= {
    name: _Unused(name) for name in ("pidng", "pidng.camdefs", "pidng.core", "piexif", "prctl", "pykms", "simplejpeg")
}

from picamera2 import Picamera2, dma_heap  # noqa: E402 - it finds the libraries above
from picamera2.allocators import dmaallocator  # noqa: E402


def _heap(_file: object, request: int, argument: Any) -> int:
    """The kernel's side of a DMA heap: buffers are memory files, whose names and synchronisation ask for nothing."""
    if request == dma_heap.DMA_HEAP_IOCTL_ALLOC:
        argument.fd = os.memfd_create("buffer")
        os.ftruncate(argument.fd, argument.len)
    return 0


class _InTwoPlanes:
    """In place of libcamera's class; what it makes is libcamera's."""

    Plane = libcamera.FrameBuffer.Plane

    def __new__(cls, planes: list[Any]) -> Any:
        """The frame buffer of one plane, cut where the luminance ends: after two thirds."""
        [whole] = planes
        size, luminance = whole.length, whole.length * 2 // 3
        colour = cls.Plane()
        colour.fd, colour.offset, colour.length = whole.fd, luminance, size - luminance
        whole.length = luminance
        return libcamera.FrameBuffer([whole, colour])


def _only_mode(camera: Any) -> list[dict[str, object]]:
    """In place of the raw modes: the one that the pipeline has."""
    view = camera.camera.generate_configuration([libcamera.StreamRole.Viewfinder]).at(0)
    return [{"format": str(view.pixel_format), "size": (view.size.width, view.size.height)}]


def install() -> None:
    """Once, before the first camera is opened."""
    dma_heap.heapNames = ["/dev/null"]
    dma_heap.fcntl = dmaallocator.fcntl = SimpleNamespace(ioctl=_heap)
    dmaallocator.libcamera = SimpleNamespace(FrameBuffer=_InTwoPlanes)
    Picamera2._get_raw_modes = _only_mode  # noqa: SLF001
    Picamera2.capture_request = _counted
    Picamera2.start = _begun


CABLE_OUT = Path("/opt/cable-out")
"""While it is there the camera delivers nothing, and says nothing."""
COUNTED = Path("/opt/counted.json")
"""How many frames the camera's process has asked for, and how many came meanwhile."""

_begin, _capture = Picamera2.start, Picamera2.capture_request


def _begun(camera: Any, *how: Any, **more: Any) -> None:
    _begin(camera, *how, **more)
    camera.asked, camera.before = 0, camera.frames


def _counted(camera: Any, *how: Any, **more: Any) -> Any:
    camera.asked += 1
    COUNTED.write_text(json.dumps({"taken": camera.asked, "delivered": camera.frames - camera.before}))
    if CABLE_OUT.exists():
        camera.stop()
    return _capture(camera, *how, **more)
