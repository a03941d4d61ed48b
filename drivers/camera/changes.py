"""Which frames are worth decoding: those that differ from the last decoded one by more than noise and light."""

import numpy as np
import numpy.typing as npt

from kiosk.frozen import dataclass

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

ACROSS = 160
"""A frame is compared by about as many pixels a row, whatever its size."""
TILE = 8
"""Of these pixels along a tile's side."""
TONE = 4.0
"""Grey levels by which a tile's mean differs: noise of 6 levels a pixel makes 1.1."""
TONED_TILES = 2
STEP = 24.0
"""Grey levels by which a pixel differs: a code that grew sharp or moved a little keeps the means of its tiles."""
STEPPED_PIXELS = 5
"""Of a tile's 64."""
LIGHT = (0.5, 2.0)
"""How much brighter a row may have become and still be the same scene: clouds, and the bands of lamps on the mains."""


@dataclass(frozen=True, slots=True)
class _View:
    """A frame in few pixels: values and the means of the tiles."""

    pixels: Floats
    tiles: Floats


class FrameChanges:
    """Remembers the last decoded frame in few pixels."""

    def __init__(self) -> None:
        self._last: _View | None = None

    def changed(self, frame: Grey) -> bool:
        """True if the frame must be decoded; it is then the one that the next frames are compared with."""
        view = _view(frame)
        if self._last is not None and _alike(view, self._last):
            return False
        self._last = view
        return True


def _view(frame: Grey) -> _View:
    step = max(1, frame.shape[1] // ACROSS)
    few = frame[::step, ::step]
    rows, columns = few.shape[0] // TILE, few.shape[1] // TILE
    pixels = few[: rows * TILE, : columns * TILE].astype(np.float32)
    return _View(pixels, pixels.reshape(rows, TILE, columns, TILE).mean((1, 3)))


def _alike(view: _View, last: _View) -> bool:
    if view.pixels.shape != last.pixels.shape:
        return False
    # Row by row, as a short exposure catches a lamp's flicker in bands.
    light = np.clip(np.median(view.tiles, 1) / np.maximum(np.median(last.tiles, 1), 1), *LIGHT)[:, None]
    if np.count_nonzero(np.abs(view.tiles - last.tiles * light) > TONE) >= TONED_TILES:
        return False
    stepped = np.abs(view.pixels - last.pixels * light.repeat(TILE, 0)) > STEP
    rows, columns = view.tiles.shape
    return not (stepped.reshape(rows, TILE, columns, TILE).sum((1, 3)) >= STEPPED_PIXELS).any()
