"""The board as it is now, for all who read it: looked at by one, and by which tick each tile changed."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from kiosk.office.board.curve import CURVE_MIN, of_the_day
from kiosk.office.board.figures import Tile
from kiosk.office.board.store import Store, StoreError
from kiosk.office.board.watch import Watch

TICK_S = 0.25
SHARE = 4
"""A look at the board takes at most one part in so many of the time."""
BEAT_S = 2.0
UNSEEN = ("per_hour", "heard_s")
"""What no tile shows: it changes of all points at once, each minute."""


class Newest:
    """The board as it is now, looked at by one, told to all."""

    def __init__(self, watch: Watch, store: Store) -> None:
        self._watch, self._store = watch, store
        self._seen = -1
        self._looked_s = 0.0
        self._head: dict[str, Any] = {}
        """What is told beside the tiles."""
        self._seen_tiles: dict[str, Tile] = {}
        self._tiles: dict[str, dict[str, Any]] = {}
        """What is told of each."""
        self._texts: dict[int, str] = {}
        """By the tick that was seen last, what is news."""
        self.tick = 0
        self._changed: dict[str, int] = {}
        """By point, in which tick it changed last."""
        self._news = asyncio.Event()
        self._came: Mapping[int, int] = {}
        """People by stretch, as the store has them."""
        self._read = -1
        """As of which writing of the store."""
        self.look()

    async def run(self) -> None:
        """For ever."""
        while True:
            begun = time.monotonic()
            if self._seen != self._watch.changes or begun - self._looked_s > BEAT_S:
                self.look()
                self._looked_s = begun
            took = time.monotonic() - begun
            await asyncio.sleep(max(TICK_S, took * (SHARE - 1)))

    def look(self) -> None:
        """At the board; whoever waits for news has them."""
        self._seen = self._watch.changes
        board = self._watch.board()
        self.tick += 1
        self._texts.clear()
        for tile in board.tiles:
            if self._seen_tiles.get(tile.point) is not tile:
                self._seen_tiles[tile.point] = tile
                self._tell(tile)
        if self._read != self._watch.kept:
            self._read_curve()
        about = {"curve": of_the_day(self._came, board.at_s), "curve_min": CURVE_MIN, "why": self._watch.why}
        self._head = asdict(replace(board, tiles=())) | about
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _tell(self, tile: Tile) -> None:
        told = asdict(tile)
        for name in UNSEEN:
            del told[name]
        if self._tiles.get(tile.point) != told:
            self._tiles[tile.point] = told
            self._changed[tile.point] = self.tick

    def _read_curve(self) -> None:
        """Only what was written since is another."""
        kept = self._watch.kept
        with contextlib.suppress(StoreError):
            self._came, self._read = self._store.curve(self._watch.round), kept

    async def news(self) -> None:
        await self._news.wait()

    def since(self, tick: int) -> str:
        """What is so now, and the tiles that changed after that tick, as JSON: made once for all who have seen as
        much."""
        if tick not in self._texts:
            tiles = [self._tiles[point] for point, changed in self._changed.items() if changed > tick]
            told = self._head | {"tiles": tiles}
            self._texts[tick] = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return self._texts[tick]
