"""A keyboard-wedge scanner over evdev, grabbed so that what it types reaches nobody else."""

import contextlib
import errno
import select
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, assert_never

import evdev
from evdev import ecodes

from drivers.hid_scanner.keys import Lost
from drivers.hid_scanner.layouts import LAYOUTS
from drivers.hid_scanner.pauses import Found, TypedCodes
from drivers.input_nodes import input_nodes
from drivers.pos_nodes import pos_nodes
from drivers.scan_frames import DOUBT_AT, TooLong, Torn
from kiosk.ports import DeviceBusy, DeviceGone, FrameError, FrameTooLong, TextScan


class InputDevice(Protocol):
    """What is needed of evdev.InputDevice."""

    fd: int

    def grab(self) -> None: ...

    def read(self) -> Iterable[evdev.InputEvent]: ...

    def set_led(self, led_num: int, value: int) -> None: ...

    def close(self) -> None: ...


class HidScanner:
    """A Scanner over one input device, named by path or by USB vendor and product; no other is ever opened for it.
    `by_pause`: it sends no Enter after a code."""

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
        self._device: InputDevice | None = None
        self._codes = TypedCodes(self._layout, by_pause)
        self._ready: deque[Found] = deque()
        self.heard_ns = 0
        """When the last key came, monotonic nanoseconds."""

    @property
    def _name(self) -> str:
        return self._path or f"{self._vendor or 0:04x}:{self._product or 0:04x}"

    def open(self) -> None:
        """Raises DeviceGone, DeviceBusy if another program has grabbed it."""
        why: Exception | str = "not plugged in"
        if any((each.vendor, each.product) == (self._vendor, self._product) for each in pos_nodes(self._root)):
            why = "in HID POS mode: set it to USB serial or USB keyboard by the codes of its manual"
        for path in self._candidates():
            try:
                self._device = self._grabbed(path)
            except OSError as error:
                why = error
                continue
            self._codes = TypedCodes(self._layout, self._by_pause)
            self._ready.clear()
            return
        busy = isinstance(why, OSError) and why.errno == errno.EBUSY
        raise (DeviceBusy if busy else DeviceGone)(f"scanner {self._name}: {why}")

    def close(self) -> None:
        if self._device is not None:
            with contextlib.suppress(OSError):
                self._device.close()
            self._device = None

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            # A scan that has begun is waited for beyond the end: a shorter pause than this is none.
            patience = self._codes.patience
            self._wait(left if patience is None else patience)
        return self._scan(self._ready.popleft()) if self._ready else None

    def _candidates(self) -> list[str]:
        """Of two scanners of one make, and of one scanner's interfaces, more than one may fit."""
        if self._path is not None:
            return [self._path]
        wanted = (self._vendor, self._product)
        nodes = input_nodes(self._root)
        return [str(node.path) for node in nodes if (node.vendor, node.product) == wanted and node.types_text]

    def _grabbed(self, path: str) -> InputDevice:
        device = self._opener(path)
        try:
            device.grab()
        except BaseException:
            device.close()
            raise
        # Some scanners turn letters round while the host shows Caps Lock. Not each has the lamp.
        with contextlib.suppress(OSError):
            device.set_led(ecodes.LED_CAPSL, 0)
        return device

    def _wait(self, timeout: float) -> None:
        device = self._device
        if device is None:
            raise DeviceGone(f"scanner {self._name}: not open")
        try:
            ready, _, _ = select.select([device.fd], [], [], timeout)
            events = list(device.read()) if ready else []
        except (OSError, ValueError) as error:
            raise DeviceGone(f"scanner {self._name}: {error}") from error
        if events:
            self.heard_ns = time.monotonic_ns()
        self._ready += self._codes.feed([(each.type, each.code, each.value) for each in events], time.monotonic())
        if not ready:
            self._ready += self._codes.fallen_silent(time.monotonic())

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
