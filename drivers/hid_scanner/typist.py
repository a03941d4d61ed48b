"""One input node of a wedge scanner: what it types, and what its silence means."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import evdev

from drivers.hid_scanner.pauses import Found, TypedCodes


class InputDevice(Protocol):
    """What is needed of evdev.InputDevice."""

    fd: int

    def grab(self) -> None: ...

    def read(self) -> Iterable[evdev.InputEvent]: ...

    def set_led(self, led_num: int, value: int) -> None: ...

    def close(self) -> None: ...


class Typist:
    """A node that was opened at `now_s`, it may be amid a code. A code comes on one node, so each has its own."""

    def __init__(self, device: InputDevice, codes: TypedCodes, now_s: float) -> None:
        self._device, self._codes, self._heard_s = device, codes, now_s
        codes.opened(now_s)

    @property
    def fd(self) -> int:
        return self._device.fd

    @property
    def amid(self) -> bool:
        """True while what comes may be the rest of a code whose beginning is lost."""
        return self._codes.amid

    @property
    def silent_at_s(self) -> float:
        """When its silence will mean something."""
        patience = self._codes.patience
        return float("inf") if patience is None else self._heard_s + patience

    def take(self, ready: bool, now_s: float) -> Iterator[Found]:
        """What has come, if it is `ready`; else what its silence means. Raises OSError."""
        if ready:
            events = [(each.type, each.code, each.value) for each in self._device.read()]
            self._heard_s = now_s
            yield from self._codes.feed(events, now_s)
        elif now_s >= self.silent_at_s:
            yield from self._codes.fallen_silent(now_s)

    def close(self) -> None:
        self._device.close()
