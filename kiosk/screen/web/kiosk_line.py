"""The pages' end of the line to the kiosk: opened again for as long as the process lives."""

import asyncio
import contextlib
import time
from pathlib import Path

from kiosk.log import say
from kiosk.log.seldom import Seldom
from kiosk.screen.lines import Pressed, pressed
from kiosk.screen.web.newest import Newest

AGAIN_S = 0.3
LONGEST = 2**20
"""Bytes of one view; a point's list of 200 units takes 20,000."""


class KioskLine:
    """`run` hears; `press` says."""

    def __init__(self, socket: Path, newest: Newest) -> None:
        self._socket, self._newest = socket, newest
        self._writer: asyncio.StreamWriter | None = None
        self._seldom = Seldom()

    async def run(self) -> None:
        """For ever."""
        while True:
            with contextlib.suppress(OSError):
                await self._once()
            self._newest.lose()
            await asyncio.sleep(AGAIN_S)

    def _hear(self, line: bytes) -> None:
        """What is not understood ends nothing: its pages ask for staff until something else is said."""
        try:
            self._newest.hear(line)
        except Exception as error:
            self._newest.lose()
            self._lament(error)

    def _lament(self, error: Exception) -> None:
        if self._seldom.may(type(error).__name__, time.monotonic_ns()):
            say("kiosk-not-understood", why=type(error).__name__)

    def press(self, act: Pressed) -> bool:
        """Whether there was a kiosk to say it to."""
        if self._writer is None or self._newest.lost:
            return False
        self._writer.write(pressed(act))
        return True

    async def _once(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=LONGEST)
        self._writer = writer
        try:
            while line := await reader.readline():
                self._hear(line)
        except ValueError as error:
            # A line that is too long: what comes after it is no line.
            self._lament(error)
        finally:
            self._writer = None
            writer.close()
