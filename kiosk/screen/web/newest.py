"""What the kiosk said last, and whoever waits for more. One thread, one loop."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from kiosk.screen.faces import Tone
from kiosk.screen.lines import Kind

SILENT_S = 2.0
"""A kiosk that has not said for so long that it lives is lost to the pages."""

View = dict[str, Any]
LONGEST_MS = 60_000
"""Nothing that passes is shown for nearly so long."""


class Newest:
    """The last view of each kind. Of what passes nothing is kept after its time, whether the kiosk says so or not."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._views: dict[Kind, View] = {}
        self._heard_s = float("-inf")
        self._until_s = 0.0
        self._changed = asyncio.Event()

    def hear(self, line: bytes) -> None:
        """A kind that is not known is left alone. Raises whatever JSON raises, ValueError, KeyError and TypeError for
        what no kiosk says: none of it is kept, so that no reader meets it."""
        found = json.loads(line)
        if found["kind"] not in Kind.__members__.values():
            return
        kind, view = Kind(found["kind"]), found["view"]
        if view is not None:
            _judge(kind, view)
        self._heard_s = self._now_s()
        if kind is Kind.RESIDENT and view is not None:
            self._until_s = self._heard_s + view["for_ms"] / 1000
        if view is None:
            self._views.pop(kind, None)
        else:
            self._views[kind] = view
        self.stir()

    def lose(self) -> None:
        """The line to the kiosk is cut. That it stopped in good order stays so."""
        self._heard_s = float("-inf")
        self._views.pop(Kind.STAFF, None)
        if not self.closed:
            self._views.pop(Kind.RESIDENT, None)
        self.stir()

    @property
    def closed(self) -> bool:
        resident = self._views.get(Kind.RESIDENT)
        return resident is not None and resident["resting"]["tone"] == Tone.CLOSED

    @property
    def lost(self) -> bool:
        return not self.closed and self._now_s() - self._heard_s > SILENT_S

    def view(self, kind: Kind) -> View | None:
        """As it is now; None while the kiosk is lost."""
        self.forget()
        if self.lost or kind not in self._views:
            return None
        view = self._views[kind]
        if kind is Kind.RESIDENT and view["passing"] is not None:
            return view | {"for_ms": round(1000 * (self._until_s - self._now_s()))}
        return view

    def forget(self) -> None:
        """Whoever was served is gone from the screen, and from here."""
        resident = self._views.get(Kind.RESIDENT)
        if resident is not None and resident["passing"] is not None and self._now_s() >= self._until_s:
            self._views[Kind.RESIDENT] = resident | {"passing": None, "for_ms": 0}

    def stir(self) -> None:
        """Whoever waits looks again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def news(self, timeout_s: float) -> None:
        """Until something is new, or for so long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            self.forget()


def _judge(kind: Kind, view: object) -> None:
    """Whether readers can be told it; what the page makes of the rest is its own. Raises as `hear` does."""
    if not isinstance(view, dict):
        raise TypeError("no view")
    json.dumps(view, ensure_ascii=False, allow_nan=False).encode()
    if kind is not Kind.RESIDENT:
        return
    resting, passing, for_ms = view["resting"], view["passing"], view["for_ms"]
    if not (isinstance(resting, dict) and "tone" in resting and (passing is None or isinstance(passing, dict))):
        raise ValueError("no face")
    if not (isinstance(for_ms, int) and 0 <= for_ms <= LONGEST_MS):
        raise ValueError("no time")
