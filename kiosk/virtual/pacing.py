"""Bytes that leave a device no faster than its serial line can carry them."""

from collections.abc import Callable
from typing import Final

from kiosk.virtual.stage import Activity, Say, Stage, Wait

# One start bit, eight data bits, no parity, one stop bit.
BITS_A_BYTE: Final = 10


def send_paced(
    stage: Stage, data: bytes, baud: int, split: int, go_on: Callable[[], bool] = lambda: True
) -> Activity[float | None]:
    """Says `data` in chunks of `split`; the time after the last byte, or None if `go_on` said no before it.

    A chunk leaves when the line would have carried its last byte. The times count from the first byte,
    so that a wait that lasts too long does not slow the whole message down.
    """
    began_s = stage.now_s()
    for start in range(0, len(data), split):
        chunk = data[start : start + split]
        yield Wait(began_s + (start + len(chunk)) * BITS_A_BYTE / baud)
        if not go_on():
            return None
        yield Say(chunk)
    return stage.now_s()
