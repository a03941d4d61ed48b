"""What a frame looks like before anybody decodes it: where it is as busy as a code, and why that may not be read."""

import numpy as np
import numpy.typing as npt

from kiosk.ports import Hint

Grey = npt.NDArray[np.uint8]
Tiles = npt.NDArray[np.bool_]

WIDE, HIGH = 64, 32
"""Pixels of a tile."""
APART = 3
"""Pixels between which a step is looked for, so that a blurred edge is one too."""
EDGE = 14
"""Grey levels; a smaller step may be the sensor's noise."""
BUSY = 2.5
"""Edges along a row of a tile: a code has more, furniture and faces have fewer."""
ENOUGH_TILES = 2

DARK = 60
"""The brightest tenth of a code's tiles is below this when the table lacks light."""
NIGHT = 30
"""A frame whose brightest tenth is below this holds no code that stands out from the noise."""
WHITE = 250
GLARING = 0.08
"""Share of white-out pixels around a code from which glare is to blame."""
SMALL = 0.3
"""Share of the frame's height below which a code is too far away."""


def busy_tiles(frame: Grey, room: Tiles | None = None) -> Tiles:
    """Which tiles have as many edges as a code, beside those of the `room`; none where they are too few to be one."""
    busy = _edges(frame) > BUSY
    if room is not None and room.shape == busy.shape:
        busy &= ~room
    return busy if np.count_nonzero(busy) >= ENOUGH_TILES else np.zeros_like(busy)


def usual_tiles(frame: Grey) -> Tiles:
    """Which tiles of an idle scene may look as busy as a code in another frame's noise."""
    return _edges(frame) > BUSY / 2


def _edges(frame: Grey) -> npt.NDArray[np.float64]:
    """How many edges a row of each tile has; every fourth pair of rows is looked at, as its mean has less noise."""
    rows, columns = frame.shape[0] // HIGH, frame.shape[1] // WIDE
    few = frame[: rows * HIGH, : columns * WIDE]
    pairs = few[::8].astype(np.int16) + few[1::8]
    steep = np.abs(pairs[:, APART:] - pairs[:, :-APART]) > 2 * EDGE
    begins = np.zeros(pairs.shape, np.uint8)
    begins[:, APART + 1 :] = steep[:, 1:] & ~steep[:, :-1]
    along: npt.NDArray[np.float64] = begins.reshape(rows, HIGH // 8, columns, WIDE).sum(3).mean(1)
    return along


def is_night(frame: Grey) -> bool:
    """True if no code could stand out from the sensor's noise."""
    return bool(np.percentile(frame[::8, ::8], 90) < NIGHT)


def why_unread(frame: Grey, room: Tiles | None = None) -> Hint | None:
    """What keeps the code that is held up from being read; None if it is not plain to see."""
    busy = busy_tiles(frame, room)
    return _why_unread(frame, busy) if busy.any() else None


def _why_unread(frame: Grey, busy: Tiles) -> Hint | None:
    rows, columns = np.flatnonzero(busy.any(1)), np.flatnonzero(busy.any(0))
    top, bottom = rows[0] * HIGH, (rows[-1] + 1) * HIGH
    left, right = columns[0] * WIDE, (columns[-1] + 1) * WIDE
    there = frame[top:bottom:2, left:right:2]
    if np.percentile(there, 90) < DARK:
        return Hint.TOO_DARK
    if np.mean(there >= WHITE) > GLARING:
        return Hint.GLARE
    return Hint.TOO_FAR if max(bottom - top, right - left) < SMALL * frame.shape[0] else None
