"""Frames in, scans and hints out: only changed frames are decoded, and a code held still is one scan."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from drivers.camera.changes import FrameChanges
from drivers.camera.hints import FrameHints
from drivers.camera.symbols import Reading, Symbol, SymbolReader
from drivers.camera.view import Place, usual_tiles
from kiosk.frozen import dataclass
from kiosk.ports import Hint, TextScan

Grey = npt.NDArray[np.uint8]

TRIES = 6
"""A still frame with an unread code is looked at as often, each time in another way."""
STILL = 40
"""Frames without change after which what could not be read belongs to the background: a poster, a keyboard."""
GONE = 40
EMPTY = 5
"""A code is gone after this many frames without it, or a fifth as many in which nothing is there and nothing moves."""
SETTLED = 20
"""Frames with a code after which it is no news: a label on the table does not keep other codes from harder looks."""
HIDDEN = 10
"""A settled code keeps its place, when it is not read, for a part of the time that it was there: a poster behind
somebody's shoulder, for seconds; a phone that was taken away, for a moment."""
MOVING = 10
"""Frames without change after which nobody is holding anything up."""


@dataclass(frozen=True, slots=True)
class _Held:
    """How many frames a code was in, how many it has been missed since, and where it was."""

    seen: int = 0
    missed: int = 0
    place: Place | None = None

    @property
    def covered(self) -> Place | None:
        """Where it may still be."""
        return self.place if self.missed * HIDDEN < self.seen else None


class HeldCodes:
    """The codes in the picture: each is told once, until it has left."""

    def __init__(self) -> None:
        self._held: dict[bytes, _Held] = {}

    def fresh(self, reading: Reading, still: bool) -> list[Symbol]:
        """Those of a frame's codes that were not there before; `still` if the frame is as the one before."""
        new = [symbol for symbol in reading.symbols if symbol.data not in self._held]
        step = EMPTY if still and not reading.unread and not reading.symbols else 1
        missed = {data: replace(each, missed=each.missed + step) for data, each in self._held.items()}
        seen = {each.data: _Held(self._seen(each.data) + 1, 0, each.place) for each in reading.symbols}
        self._held = {data: each for data, each in (missed | seen).items() if each.missed < GONE}
        return new

    def settled(self) -> dict[bytes, Place | None]:
        """The codes that have been there for long, and where nothing else need be looked for."""
        return {data: each.covered for data, each in self._held.items() if each.seen >= SETTLED}

    def _seen(self, data: bytes) -> int:
        return self._held[data].seen if data in self._held else 0


class FrameReader:
    """One camera's frames in their order."""

    def __init__(self, symbols: SymbolReader) -> None:
        self._symbols = symbols
        self._changes, self._held = FrameChanges(), HeldCodes()
        self._last = Reading((), unread=False)
        self._background: npt.NDArray[np.bool_] | None = None
        self._still = self._tries = 0
        self._hints = FrameHints()

    def read(self, frame: Grey, now: float) -> list[TextScan | Hint]:
        """What a frame of the time `now` (seconds) brings."""
        self._still = 0 if self._changes.changed(frame) else self._still + 1
        if self._still == 0:
            self._tries = TRIES
        if self._still == STILL:
            self._background = usual_tiles(frame, _places(self._last.symbols))
            self._last = replace(self._last, unread=False)
        if self._still == 0 or (self._last.unread and self._tries > 0):
            self._tries -= 1
            self._last = self._symbols.read(frame, 1, self._background, self._held.settled())
        fresh = [TextScan(symbol.data, symbol.part) for symbol in self._held.fresh(self._last, self._still > 0)]
        hint = self._hint(frame, now)
        return [*fresh, hint] if hint is not None else [*fresh]

    def _hint(self, frame: Grey, now: float) -> Hint | None:
        settled = self._held.settled()
        if any(symbol.data not in settled for symbol in self._last.symbols) or self._still > MOVING:
            self._hints.rest()
            return None
        codes = [place for place in settled.values() if place is not None]
        return self._hints.look(frame, self._last.unread, self._background, codes, now)


def _places(symbols: tuple[Symbol, ...]) -> list[Place]:
    return [symbol.place for symbol in symbols if symbol.place is not None]
