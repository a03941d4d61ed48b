"""Bytes that leave a device no faster than its serial line can carry them."""

import time
from collections.abc import Callable
from typing import Final

from kiosk.virtual.wire import Wire

# One start bit, eight data bits, no parity, one stop bit.
BITS_A_BYTE: Final = 10


def send_paced(
    wire: Wire, data: bytes, baud: int, split: int, go_on: Callable[[], bool] = lambda: True
) -> float | None:
    """Writes `data` in chunks of `split`; monotonic s after the last byte, or None if `go_on` said no before it.

    A chunk is written when the line would have carried its last byte. The times count from the first byte,
    so that a sleep that lasts too long does not slow the whole message down.
    """
    began = time.monotonic()
    for start in range(0, len(data), split):
        chunk = data[start : start + split]
        _sleep_until(began + (start + len(chunk)) * BITS_A_BYTE / baud)
        if not go_on():
            return None
        wire.write(chunk)
    return time.monotonic()


def _sleep_until(due: float) -> None:
    left = due - time.monotonic()
    if left > 0:
        time.sleep(left)
