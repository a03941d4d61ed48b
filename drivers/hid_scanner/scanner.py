"""A keyboard-wedge scanner over evdev, grabbed so that what it types reaches nobody else."""

import contextlib
import errno
import select
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import assert_never

import evdev
from evdev import ecodes

from drivers.hid_scanner.keys import Lost
from drivers.hid_scanner.layouts import LAYOUTS
from drivers.hid_scanner.pauses import Found, TypedCodes
from drivers.hid_scanner.typist import InputDevice, Typist
from drivers.hid_scanner.which import nodes_of
from drivers.pos_nodes import pos_nodes
from drivers.scan_frames import DOUBT_AT, OPENING_S, TooLong, Torn
from kiosk.ports import DeviceBusy, DeviceGone, FrameError, FrameTooLong, TextScan


class HidScanner:
    """A Scanner over all nodes on which one device types. It is named by the path of one of them or by USB vendor and
    product; no other is ever opened for it. `by_pause`: it sends no Enter after a code."""

    def __init__(
        self,
        path: str | None = None,
        vendor: int | None = None,
        product: int | None = None,
        layout: str = "us",
        by_pause: bool = False,
        root: Path = Path("/"),
        opener: Callable[[str], InputDevice] = evdev.InputDevice,
    ) -> None:
        self._path, self._vendor, self._product = path, vendor, product
        self._layout, self._by_pause, self._root, self._opener = LAYOUTS[layout], by_pause, root, opener
        self._typists: list[Typist] = []
        self._ready: deque[Found] = deque()
        self.heard_ns = 0
        """When the last key came, monotonic nanoseconds."""

    @property
    def _name(self) -> str:
        return self._path or f"{self._vendor or 0:04x}:{self._product or 0:04x}"

    def open(self) -> None:
        """Ends when no code is under way whose beginning is lost. Raises DeviceGone, DeviceBusy if another program has
        grabbed it."""
        self._ready.clear()
        self._typists = self._first_free()
        latest_s = time.monotonic() + OPENING_S
        try:
            while any(each.amid for each in self._typists) and (left := latest_s - time.monotonic()) > 0:
                self._wait(left)
        except DeviceGone:
            self.close()
            raise

    def close(self) -> None:
        for typist in self._typists:
            with contextlib.suppress(OSError):
                typist.close()
        self._typists = []

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            self._wait(left)
        return self._scan(self._ready.popleft()) if self._ready else None

    def _first_free(self) -> list[Typist]:
        why: Exception | str = "not plugged in"
        if any((each.vendor, each.product) == (self._vendor, self._product) for each in pos_nodes(self._root)):
            why = "in HID POS mode: set it to USB serial or USB keyboard by the codes of its manual"
        for paths in nodes_of(self._path, self._vendor, self._product, self._root):
            try:
                return self._grabbed(paths)
            except OSError as error:
                why = error
        busy = isinstance(why, OSError) and why.errno == errno.EBUSY
        raise (DeviceBusy if busy else DeviceGone)(f"scanner {self._name}: {why}")

    def _grabbed(self, paths: Iterable[str]) -> list[Typist]:
        """All of them, or OSError."""
        with contextlib.ExitStack() as undone:
            typists = []
            for path in paths:
                device = self._opener(path)
                undone.callback(device.close)
                device.grab()
                # Some scanners turn letters round while the host shows Caps Lock. Not each has the lamp.
                with contextlib.suppress(OSError):
                    device.set_led(ecodes.LED_CAPSL, 0)
                typists.append(Typist(device, TypedCodes(self._layout, self._by_pause), time.monotonic()))
            undone.pop_all()
        return typists

    def _wait(self, timeout: float) -> None:
        """A scan that has begun is waited for beyond the timeout: a shorter pause than its patience is none."""
        if not self._typists:
            raise DeviceGone(f"scanner {self._name}: not open")
        silent_at_s = min(each.silent_at_s for each in self._typists)
        if silent_at_s < float("inf"):
            timeout = max(0.0, silent_at_s - time.monotonic())
        try:
            ready, _, _ = select.select([each.fd for each in self._typists], [], [], timeout)
            now_s = time.monotonic()
            for typist in self._typists:
                self._ready += typist.take(typist.fd in ready, now_s)
        except (OSError, ValueError) as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
        if ready:
            self.heard_ns = time.monotonic_ns()

    def _scan(self, found: Found) -> TextScan:
        match found:
            case TooLong():
                raise FrameTooLong(f"scanner {self._name}: a code without an end")
            case Torn(in_a_row):
                doubt = f', {in_a_row} without an Enter in a row: set the scanner to send one, or end = "pause"'
                why = f"a code broke off{doubt if in_a_row >= DOUBT_AT else ''}"
                raise FrameError(f"scanner {self._name}: {why}")
            case Lost():
                raise FrameError(f"scanner {self._name}: keys were lost")
            case bytes():
                return TextScan(found)
            case _:
                assert_never(found)
