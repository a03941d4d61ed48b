"""What a frame looks like before anybody decodes it: where it is as busy as a code, and why that may not be read."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kiosk.ports import Hint

Grey = npt.NDArray[np.uint8]
Tiles = npt.NDArray[np.bool_]
Place = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

WIDE, HIGH = 64, 32
"""Pixels of a tile."""
APART = 3
"""Pixels between which a step is looked for, so that a blurred edge is one too."""
EDGE = 14
"""Grey levels; a smaller step may be the sensor's noise."""
BUSY = 2.5
"""Edges along a row of a tile: a code has more, furniture and faces have fewer."""
ENOUGH_TILES = 2
OWN = 0.5
"""Of a code's length: what is as near to it is part of it, and of the text around it."""
NEAR = 1.0
"""Of a code's length: what is as near and without a gap belongs to the same phone or sheet."""

DARK = 60
"""The brightest tenth of a code's tiles is below this when the table lacks light."""
NIGHT = 30
"""A frame whose brightest tenth is below this holds no code that stands out from the noise."""
WHITE = 250
GLARING = 12
"""A square of white-out pixels within a code is glare if its side is this part of the frame's height: quiet zones and
modules are smaller, and a screen may be as white around the code."""
COARSE = 4
"""Of as many pixels along a row or column one is looked at for glare."""
SMALL = 0.22
"""Share of the frame's height up to which a code is too far away; one of two tiles always is."""


def busy_tiles(frame: Grey, background: Tiles | None = None, codes: Iterable[Place] = ()) -> Tiles:
    """Which tiles have as many edges as a code, beside those of the `background` and of the read `codes` with what
    belongs to them; none where they are too few to be one."""
    busy = _edges(frame) > BUSY
    if background is not None and background.shape == busy.shape:
        busy &= ~background
    for code in codes:
        busy &= ~_belonging(busy, code)
    return busy if np.count_nonzero(busy) >= ENOUGH_TILES else np.zeros_like(busy)


def is_at(place: Place, codes: Iterable[Place]) -> bool:
    """True if the middle of the place is on or near one of the codes."""
    x, y = (place[0] + place[2]) // 2, (place[1] + place[3]) // 2
    around = (_wider(each, NEAR) for each in codes)
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in around)


def _belonging(busy: Tiles, code: Place) -> Tiles:
    """The code's tiles, and the busy ones that hang together with them."""
    near = busy & _tiles_at(_wider(code, NEAR), busy.shape)
    own = _tiles_at(_wider(code, OWN), busy.shape)
    return _hanging(own, near)


def _hanging(own: Tiles, near: Tiles) -> Tiles:
    """The tiles, and those `near` that are their neighbours or neighbours' neighbours."""
    while (more := near & _with_neighbours(own) & ~own).any():
        own = own | more
    return own


def _wider(place: Place, by: float) -> Place:
    left, top, right, bottom = place
    margin = round(by * max(right - left, bottom - top))
    return left - margin, top - margin, right + margin, bottom + margin


def _tiles_at(place: Place, shape: tuple[int, ...]) -> Tiles:
    left, top, right, bottom = (max(each, 0) for each in place)
    tiles = np.zeros(shape, np.bool_)
    tiles[top // HIGH : bottom // HIGH + 1, left // WIDE : right // WIDE + 1] = True
    return tiles


def _with_neighbours(tiles: Tiles) -> Tiles:
    wide = np.pad(tiles, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    with_them: Tiles = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return with_them


def usual_tiles(frame: Grey, codes: Iterable[Place] = ()) -> Tiles:
    """Which tiles of an idle scene may look as busy as a code in another frame's noise; not those of the read `codes`,
    as another may be held up there later."""
    usual = _edges(frame) > BUSY / 2
    for code in codes:
        usual &= ~_tiles_at(code, usual.shape)
    return usual


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


def why_unread(frame: Grey, background: Tiles | None = None, codes: Iterable[Place] = ()) -> Hint | None:
    """What keeps the code that is held up, beside the read `codes`, from being read; None if it is not plain to see."""
    busy = busy_tiles(frame, background, codes)
    return _why_unread(frame, _whole(frame, busy, background)) if busy.any() else None


def _why_unread(frame: Grey, whole: Tiles) -> Hint | None:
    left, top, right, bottom = _bounds(whole)
    there = frame[top:bottom:COARSE, left:right:COARSE]
    if np.percentile(there, 90) < DARK:
        return Hint.TOO_DARK
    if _has_flat(there >= WHITE, frame.shape[0] // GLARING // COARSE):
        return Hint.GLARE
    return Hint.TOO_FAR if max(bottom - top, right - left) <= max(SMALL * frame.shape[0], 2 * WIDE) else None


def _whole(frame: Grey, busy: Tiles, background: Tiles | None) -> Tiles:
    """With the tiles around that blur, a thumb or glare has left half as busy."""
    half = _edges(frame) > BUSY / 2
    if background is not None and background.shape == half.shape:
        half &= ~background
    return _hanging(busy, half)


def _bounds(tiles: Tiles) -> Place:
    rows, columns = np.flatnonzero(tiles.any(1)), np.flatnonzero(tiles.any(0))
    return int(columns[0]) * WIDE, int(rows[0]) * HIGH, int(columns[-1] + 1) * WIDE, int(rows[-1] + 1) * HIGH


def _has_flat(white: npt.NDArray[np.bool_], side: int) -> bool:
    """True if a square of the side is white all over."""
    if side == 0 or min(white.shape) < side:
        return False
    sums = np.pad(white, ((1, 0), (1, 0))).cumsum(0, np.int64).cumsum(1)
    squares = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return bool((squares == side * side).any())
