"""When a resident is told why the code held up is not read: once that has lasted, and not all the time."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from drivers.camera.view import Place, Tiles, is_night, why_unread
from kiosk.ports import Hint

Grey = npt.NDArray[np.uint8]

AFTER_S = 1.5
EVERY_S = 5.0
NIGHT_EVERY_S = 60.0
BLINK_S = 0.5
"""A code that a hand's movement blurs away for a moment is still held up."""


class FrameHints:
    """One camera's."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._seen_s = self._told_s = float("-inf")

    def rest(self) -> None:
        """Nobody holds anything up, or it was read."""
        self._since_s = None

    def look(
        self, frame: Grey, unread: bool, background: Tiles | None, codes: Sequence[Place], now: float
    ) -> Hint | None:
        """The hint that is due at `now` (seconds) while something moves and nothing new is read; `unread` if something
        like a code is there beside the `codes`. In a room without light nobody can tell it from people who pass by."""
        night = is_night(frame)
        every_s = NIGHT_EVERY_S if night else EVERY_S
        if not self._lasts(unread or night, now) or now - self._told_s < every_s:
            return None
        hint = Hint.TOO_DARK if night else why_unread(frame, background, codes)
        if hint is not None:
            self._told_s = now
        return hint

    def _lasts(self, unread: bool, now: float) -> bool:
        if unread:
            self._seen_s = now
        elif now - self._seen_s > BLINK_S:
            self._since_s = None
        if unread and self._since_s is None:
            self._since_s = now
        return self._since_s is not None and now - self._since_s >= AFTER_S
