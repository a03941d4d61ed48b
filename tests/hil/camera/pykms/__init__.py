"""Stands in for the screen library that picamera2 imports for its previews; nothing here draws."""

from enum import Enum
from types import SimpleNamespace

PixelFormat = Enum("PixelFormat", ["RGB888", "BGR888", "XRGB8888", "XBGR8888", "YUV420", "YVU420", "NV12", "MJPEG"])
PlaneType = SimpleNamespace(Primary=0, Overlay=1)
Card = ResourceManager = None
