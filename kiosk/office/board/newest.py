"""The board as it is now, for all who read it: looked at by one, and by which tick each tile changed."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from kiosk.office.board.curve import CURVE_MIN, of_the_day
from kiosk.office.board.store import Store, StoreError
from kiosk.office.board.watch import Watch

TICK_S = 0.25
SHARE = 4
"""A look at the board takes at most one part in so many of the time."""
BEAT_S = 2.0


class Newest:
    """The board as it is now, looked at by one, told to all."""

    def __init__(self, watch: Watch, store: Store) -> None:
        self._watch, self._store = watch, store
        self._seen = -1
        self._looked_s = 0.0
        self._head: dict[str, Any] = {}
        """What is told beside the tiles."""
        self._tiles: dict[str, dict[str, Any]] = {}
        self.tick = 0
        self._changed: dict[str, int] = {}
        """By point, in which tick it changed last."""
        self._news = asyncio.Event()
        self._came: Mapping[int, int] = {}
        """People by stretch, as the store has them."""
        self._read = -1
        """As of which writing of the store."""
        self._look()

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
        board = self._watch.board()
        self.tick += 1
        for tile in board.tiles:
            told = asdict(tile)
            if self._tiles.get(tile.point) != told:
                self._tiles[tile.point] = told
                self._changed[tile.point] = self.tick
        if self._read != self._watch.kept:
            self._read_curve()
        about = {"curve": of_the_day(self._came, board.at_s), "curve_min": CURVE_MIN, "why": self._watch.why}
        self._head = asdict(replace(board, tiles=())) | about
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _read_curve(self) -> None:
        """Only what was written since is another."""
        kept = self._watch.kept
        with contextlib.suppress(StoreError):
            self._came, self._read = self._store.curve(self._watch.round), kept

    async def news(self) -> None:
        await self._news.wait()

    def since(self, tick: int) -> dict[str, Any]:
        """What is so now, and the tiles that changed after that tick."""
        tiles = [self._tiles[point] for point, changed in self._changed.items() if changed > tick]
        return self._head | {"tiles": tiles}
