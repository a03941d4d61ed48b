"""The board as it is now, for all who read it: looked at by one, and by which tick each tile changed."""

import asyncio
import contextlib
import time
from dataclasses import asdict
from typing import Any

from kiosk.office.board.curve import stretches
from kiosk.office.board.figures import Board
from kiosk.office.board.store import Store, StoreError
from kiosk.office.board.watch import Watch

TICK_S = 0.25
SHARE = 4
"""A look at the board takes at most one part in so many of the time."""
BEAT_S = 2.0
CURVE_MIN = 15
DAY_S = 36 * 3600


class Newest:
    """The board as it is now, looked at by one, told to all."""

    def __init__(self, watch: Watch, store: Store) -> None:
        self._watch, self._store = watch, store
        self._seen = -1
        self._looked_s = 0.0
        self.board: Board = watch.board()
        self._tiles: dict[str, dict[str, Any]] = {}
        self.tick = 0
        self._changed: dict[str, int] = {}
        """By point, in which tick it changed last."""
        self._news = asyncio.Event()
        self.curve: list[tuple[int, int]] = []

    async def run(self) -> None:
        """For ever."""
        while True:
            begun = time.monotonic()
            if self._seen != self._watch.changes or begun - self._looked_s > BEAT_S:
                self._look()
                self._looked_s = begun
            took = time.monotonic() - begun
            await asyncio.sleep(max(TICK_S, took * (SHARE - 1)))

    def _look(self) -> None:
        self._seen = self._watch.changes
        self.board = self._watch.board()
        self.tick += 1
        for tile in self.board.tiles:
            told = asdict(tile)
            if self._tiles.get(tile.point) != told:
                self._tiles[tile.point] = told
                self._changed[tile.point] = self.tick
        with contextlib.suppress(StoreError):
            now_s = self.board.at_s
            curve = self._store.curve(self._watch.round)
            self.curve = stretches(curve, CURVE_MIN, now_s - DAY_S, now_s)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def news(self) -> None:
        await self._news.wait()

    def since(self, tick: int) -> dict[str, Any]:
        """What is so now, and the tiles that changed after that tick."""
        head = {name: value for name, value in asdict(self.board).items() if name != "tiles"}
        tiles = [self._tiles[point] for point, changed in self._changed.items() if changed > tick]
        return head | {"tiles": tiles, "curve": self.curve, "curve_min": CURVE_MIN, "why": self._watch.why}
