"""Test side: lets picamera2 take Debian's libcamera with its virtual pipeline for a camera it knows.

That pipeline has no raw stream and wants luminance and colour of a buffer as two planes."""

from types import SimpleNamespace

import libcamera
from picamera2 import Picamera2
from picamera2.allocators import dmaallocator


def _in_two_planes(planes):
    """The frame buffer of one plane, cut where the luminance ends: after two thirds."""
    [whole] = planes
    size, luminance = whole.length, whole.length * 2 // 3
    colour = libcamera.FrameBuffer.Plane()
    colour.fd, colour.offset, colour.length = whole.fd, luminance, size - luminance
    whole.length = luminance
    return libcamera.FrameBuffer([whole, colour])


_in_two_planes.Plane = libcamera.FrameBuffer.Plane


def _only_mode(camera):
    """In place of the raw modes: the one that the pipeline has."""
    view = camera.camera.generate_configuration([libcamera.StreamRole.Viewfinder]).at(0)
    return [{"format": str(view.pixel_format), "size": (view.size.width, view.size.height)}]


def install():
    """Once, before the first camera is opened."""
    dmaallocator.libcamera = SimpleNamespace(FrameBuffer=_in_two_planes)
    Picamera2._get_raw_modes = _only_mode  # noqa: SLF001
