"""A keyboard-wedge scanner over evdev, grabbed so that what it types reaches nobody else."""

import contextlib
import select
import time
from collections import deque

import evdev
from evdev import ecodes

from drivers.hid_keys import KeyReader
from kiosk.ports import DeviceGone, FrameError, TextScan

GAP_S = 0.1
"""Scanners type a key each 1-10 ms, people more slowly than 50 ms: this long a pause ends a scan."""


class HidScanner:
    """A Scanner over one input device, named by path or by USB vendor and product; no other is ever opened for it."""

    def __init__(self, path: str | None = None, vendor: int | None = None, product: int | None = None) -> None:
        self._path, self._vendor, self._product = path, vendor, product
        self._device: evdev.InputDevice[str] | None = None
        self._keys = KeyReader()
        self._ready: deque[bytes] = deque()

    @property
    def _name(self) -> str:
        return self._path or f"{self._vendor or 0:04x}:{self._product or 0:04x}"

    def open(self) -> None:
        try:
            device = self._find()
            device.grab()
        except OSError as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
        self._device, self._keys = device, KeyReader()
        self._ready.clear()

    def close(self) -> None:
        if self._device is not None:
            with contextlib.suppress(OSError):
                self._device.close()
            self._device = None

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            self._wait(min(left, GAP_S) if self._keys.inside else left)
        return TextScan(self._ready.popleft()) if self._ready else None

    def _wait(self, timeout: float) -> None:
        device = self._device
        if device is None:
            raise DeviceGone(f"scanner {self._name}: not open")
        try:
            ready, _, _ = select.select([device.fd], [], [], timeout)
            events = list(device.read()) if ready else []
        except (OSError, ValueError) as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
        if not ready and (scan := self._keys.end()) is not None:
            self._ready.append(scan)
        for event in events:
            self._take(event)

    def _take(self, event: evdev.InputEvent) -> None:
        if event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
            self._keys.lost()
            raise FrameError(f"scanner {self._name}: keys were lost")
        if event.type == ecodes.EV_KEY and (scan := self._keys.key(event.code, event.value)) is not None:
            self._ready.append(scan)

    def _find(self) -> "evdev.InputDevice[str]":
        if self._path is not None:
            return evdev.InputDevice(self._path)
        for path in evdev.list_devices():
            device = evdev.InputDevice(path)
            if (device.info.vendor, device.info.product) == (self._vendor, self._product):
                return device
            device.close()
        raise DeviceGone(f"scanner {self._name}: not plugged in")
