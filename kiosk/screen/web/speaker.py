"""Sentences from sound files: one after the other, never mixed, and nothing that has been overtaken.

Files are WAV, named as faces are (`accepted.wav`); one that is not there is not said. Nobody's name or number is."""

import asyncio
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from kiosk.log import say
from kiosk.screen.faces import Tone
from kiosk.screen.lines import Kind
from kiosk.screen.web.newest import Newest, View

PLAYER = ("aplay", "-q")
LONGEST_S = 15.0
"""A player that hangs is ended."""
WAITING = 2
"""More sentences than that would speak of people who have gone."""
LOOK_S = 1.0


class Speaker:
    """`run` speaks what residents see, in the order in which it came."""

    def __init__(self, sounds: Path, newest: Newest, player: Sequence[str] = PLAYER) -> None:
        self._sounds, self._newest, self._player = sounds, newest, tuple(player)
        self._waiting: deque[str] = deque(maxlen=WAITING)
        self._seen: tuple[object, object] = (None, None)
        self._came = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        listening = asyncio.ensure_future(self._listen())
        try:
            while True:
                await self._came.wait()
                self._came.clear()
                while self._waiting:
                    await self._speak(self._waiting.popleft())
        finally:
            listening.cancel()

    async def _listen(self) -> None:
        while True:
            voice = self._new(self._newest.view(Kind.RESIDENT))
            if voice:
                self._waiting.append(voice)
                self._came.set()
            await self._newest.news(LOOK_S)

    def _new(self, view: View | None) -> str:
        """What is to be said of it: of whoever stands there, else of what is so between people."""
        if view is None:
            return ""
        passing, resting = view["passing"], view["resting"]
        whose = None if passing is None else _whose(view, passing)
        before, self._seen = self._seen, (whose, _voice(resting))
        if passing is not None:
            return _voice(passing) if whose != before[0] else ""
        return _voice(resting) if _voice(resting) != before[1] else ""

    async def _speak(self, voice: str) -> None:
        file = self._sounds / f"{voice}.wav"
        if not file.is_file():
            return
        try:
            player = await asyncio.create_subprocess_exec(
                *self._player, str(file), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError as error:
            say("not-spoken", why=error.strerror)
            return
        try:
            async with asyncio.timeout(LONGEST_S):
                await player.wait()
        except TimeoutError:
            player.kill()
            await player.wait()


def _voice(face: View) -> str:
    """A face of another version may have none: the next one is said all the same."""
    return str(face.get("voice", ""))


def _whose(view: View, passing: View) -> tuple[object, ...]:
    """Two who are refused for one reason each hear it; how to hold a code is said once, however often it is seen."""
    return passing, view.get("since_ms") if passing.get("tone") == Tone.REFUSED else None
