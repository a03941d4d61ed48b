"""Frames in, scans and hints out: only changed frames are decoded, and a code held still is one scan."""

import numpy as np
import numpy.typing as npt

from drivers.frame_changes import FrameChanges
from drivers.frame_hints import FrameHints
from drivers.frame_view import usual_tiles
from drivers.symbols import Reading, Symbol, SymbolReader
from kiosk.ports import Hint, TextScan

Grey = npt.NDArray[np.uint8]

TRIES = 6
"""A still frame with an unread code is looked at as often, each time in another way."""
STILL = 40
"""Frames without change after which what could not be read belongs to the room: a poster, a keyboard."""
GONE = 40
EMPTY = 5
"""A code is gone after this many frames without it, or a fifth as many in which nothing is there and nothing moves."""
MOVING = 10
"""Frames without change after which nobody is holding anything up."""


class HeldCodes:
    """The codes in the picture: each is told once, until it has left."""

    def __init__(self) -> None:
        self._missed: dict[bytes, int] = {}

    def fresh(self, reading: Reading, still: bool) -> list[Symbol]:
        """Those of a frame's codes that were not there before; `still` if the frame is as the one before."""
        new = [symbol for symbol in reading.symbols if symbol.data not in self._missed]
        step = EMPTY if still and not reading.present else 1
        seen = {symbol.data: 0 for symbol in reading.symbols}
        missed = {data: count + step for data, count in self._missed.items() if data not in seen}
        self._missed = seen | {data: count for data, count in missed.items() if count < GONE}
        return new


class FrameReader:
    """One camera's frames in their order."""

    def __init__(self, symbols: SymbolReader) -> None:
        self._symbols = symbols
        self._changes, self._held = FrameChanges(), HeldCodes()
        self._last = Reading((), present=False)
        self._room: npt.NDArray[np.bool_] | None = None
        self._still = self._tries = 0
        self._hints = FrameHints()

    def read(self, frame: Grey, now: float) -> list[TextScan | Hint]:
        """What a frame of the time `now` (seconds) brings."""
        self._still = 0 if self._changes.changed(frame) else self._still + 1
        if self._still == 0:
            self._tries = TRIES
        if self._still == STILL and not self._last.symbols:
            self._room = usual_tiles(frame)
            self._last = Reading((), present=False)
        unread = self._last.present and not self._last.symbols
        if self._still == 0 or (unread and self._tries > 0):
            self._tries -= 1
            self._last = self._symbols.read(frame, 1, self._room)
        fresh = [TextScan(symbol.data) for symbol in self._held.fresh(self._last, self._still > 0)]
        hint = self._hint(frame, now)
        return [*fresh, hint] if hint is not None else [*fresh]

    def _hint(self, frame: Grey, now: float) -> Hint | None:
        if self._last.symbols or self._still > MOVING:
            self._hints.rest()
            return None
        return self._hints.look(frame, self._last.present, self._room, now)
