"""The kernel's GPIO lines, by its character device (uAPI v2 of linux/gpio.h, since 5.10): one line each time.

Every call may raise OSError: EBUSY where another holds the line, ENODEV where the chip is gone.
"""

import fcntl
import os
import select
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntFlag
from errno import ENODEV
from pathlib import Path
from typing import Final

_CHIP_INFO: Final = 0x8044B401
_GET_LINE: Final = 0xC250B407
_GET_VALUES: Final = 0xC010B40E
_SET_VALUES: Final = 0xC010B40F
_CHIP: Final = struct.Struct("=32s32sI")
"""Name, label, how many lines."""
_REQUEST: Final = struct.Struct("=256s32sQI20x240sII20xi")
"""Offsets of the lines, who asks, flags, how many attributes and which, how many lines, room for events, the answer."""
_DEBOUNCE: Final = struct.Struct("=I4xI4xQ")
_DEBOUNCE_ID: Final = 3
_VALUES: Final = struct.Struct("=QQ")
_EVENT: Final = struct.Struct("=QI36x")
_RISING: Final = 1
_EVENTS_AT_ONCE: Final = 16
_HEADER: Final = "pinctrl-"
"""How the chip of a Pi's header is labelled: bcm2835, bcm2711, rp1. Its number is another one in each kernel."""


class Ask(IntFlag):
    """How a line is to be had."""

    INPUT = 1 << 2
    OUTPUT = 1 << 3
    EDGES = 1 << 4 | 1 << 5
    PULL_UP = 1 << 8
    PULL_DOWN = 1 << 9
    NO_PULL = 1 << 10


def header(dev: Path = Path("/dev")) -> str:
    """The chip whose lines are the header's."""
    for chip in sorted(dev.glob("gpiochip*")):
        if label(str(chip)).startswith(_HEADER):
            return str(chip)
    raise OSError(ENODEV, "no GPIO header")


def label(chip: str) -> str:
    """What the kernel calls the chip."""
    info = bytearray(_CHIP.size)
    _ask_chip(chip, _CHIP_INFO, info)
    text: bytes = _CHIP.unpack(info)[1]
    return text.rstrip(b"\0").decode(errors="replace")


def take(chip: str, line: int, ask: Ask, bounce_s: float = 0.0) -> int:
    """A descriptor that holds the line until it is closed; an output is low."""
    debounce = _DEBOUNCE.pack(_DEBOUNCE_ID, int(bounce_s * 1e6), 1) if bounce_s else b""
    offsets = struct.pack("=I", line)
    request = bytearray(_REQUEST.pack(offsets, b"kiosk", ask, bool(debounce), debounce, 1, _EVENTS_AT_ONCE, -1))
    _ask_chip(chip, _GET_LINE, request)
    held: int = _REQUEST.unpack(request)[-1]
    return held


def level(held: int) -> bool:
    values = bytearray(_VALUES.pack(0, 1))
    fcntl.ioctl(held, _GET_VALUES, values)
    return bool(_VALUES.unpack(values)[0] & 1)


def put(held: int, high: bool) -> None:
    fcntl.ioctl(held, _SET_VALUES, bytearray(_VALUES.pack(high, 1)))


def put_low(chip: str, line: int) -> None:
    """The line is an output at low, and nobody's; where the kernel makes it an input then, it is pulled down."""
    os.close(take(chip, line, Ask.OUTPUT | Ask.PULL_DOWN))


def _ask_chip(chip: str, request: int, answer: bytearray) -> None:
    opened = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(opened, request, answer)
    finally:
        os.close(opened)


class Watch:
    """Tells each change of a line that was taken with EDGES, from a thread that sleeps until there is one: the level,
    and when it came, in nanoseconds of the monotonic clock. Ends before the line is given back."""

    def __init__(self, held: int, changed: Callable[[bool, int], None]) -> None:
        self._held, self._changed, self._over = held, changed, False
        self._ending = os.eventfd(0, os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="gpio-line", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over = True
        os.eventfd_write(self._ending, 1)
        if self._thread is not threading.current_thread():
            self._thread.join()
        os.close(self._ending)

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._held, select.POLLIN)
        poll.register(self._ending, select.POLLIN)
        # A chip that is gone has no more changes; whoever writes to it next hears of that.
        with suppress(OSError):
            while self._ending not in dict(poll.poll()):
                for at_ns, kind in _EVENT.iter_unpack(os.read(self._held, _EVENT.size * _EVENTS_AT_ONCE)):
                    self._changed(kind == _RISING, at_ns)
                    if self._over:
                        # It was ended by what it told: its descriptors may be others' by now.
                        return
