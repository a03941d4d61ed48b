"""What is spoken: one sentence after the other, nobody twice, nothing stale, and nothing of a person."""

import asyncio
import json
import sys
import time

import pytest

from kiosk.screen.web.newest import Newest
from kiosk.screen.web.speaker import Speaker

PLAYER = """
import sys, time, pathlib
said = pathlib.Path(sys.argv[1])
with said.open("a") as out:
    out.write(f"begin {pathlib.Path(sys.argv[-1]).stem}\\n")
time.sleep(float(sys.argv[2]))
with said.open("a") as out:
    out.write(f"end {pathlib.Path(sys.argv[-1]).stem}\\n")
"""
READY = {"voice": "ready", "tone": "ready"}


class Room:
    """A room with a speaker in it, whose player writes down when it began and ended."""

    def __init__(self, folder, takes_s=0.05):
        self.said = folder / "said"
        self.said.touch()
        (folder / "player.py").write_text(PLAYER)
        for voice in ("ready", "accepted", "already-sampled", "paper"):
            (folder / f"{voice}.wav").touch()
        self.newest = Newest(time.monotonic)
        player = (sys.executable, str(folder / "player.py"), str(self.said), str(takes_s))
        self.speaker = Speaker(folder, self.newest, player)

    def show(self, resting, passing=None):
        view = {"resting": resting, "passing": passing, "for_ms": 4000 if passing else 0}
        self.newest.hear(json.dumps({"kind": "resident", "view": view}).encode())

    async def heard(self, lines, within_s=20):
        """What was spoken, once it is so many lines."""
        end = time.monotonic() + within_s
        while time.monotonic() < end and len(self._lines()) < lines:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        return self._lines()

    def _lines(self):
        return self.said.read_text().split("\n")[:-1]


def play(room, story):
    async def both():
        speaking = asyncio.ensure_future(room.speaker.run())
        try:
            return await story()
        finally:
            speaking.cancel()

    return asyncio.run(both())


def test_sentences_come_one_after_the_other(tmp_path):
    room = Room(tmp_path)

    async def story():
        room.show(READY)
        await room.heard(1)
        room.show(READY, {"voice": "accepted", "name": "测**"})
        return await room.heard(4)

    assert play(room, story) == ["begin ready", "end ready", "begin accepted", "end accepted"]


def test_the_same_face_for_the_next_person_is_said_again_and_a_repeated_word_is_not(tmp_path):
    room = Room(tmp_path)

    async def story():
        room.show(READY)
        await room.heard(2)
        for place in ("1/10", "1/10", "2/10"):
            room.show(READY, {"voice": "accepted", "place": place})
            await asyncio.sleep(0.3)
        return await room.heard(6)

    assert play(room, story).count("begin accepted") == 2


def test_what_was_overtaken_is_not_said(tmp_path):
    room = Room(tmp_path, takes_s=0.8)

    async def story():
        room.show(READY)
        await room.heard(1)
        for n in range(8):
            room.show(READY, {"voice": "accepted", "place": f"{n}/10"})
            await asyncio.sleep(0.02)
        return await room.heard(6)

    assert play(room, story).count("begin accepted") == 2


@pytest.mark.parametrize("missing", ["no-file", "no-player"])
def test_without_a_file_or_a_player_the_pages_go_on(tmp_path, missing):
    room = Room(tmp_path)
    if missing == "no-player":
        room.speaker = Speaker(tmp_path, room.newest, ("/nonexistent",))

    async def story():
        room.show({"voice": "tube" if missing == "no-file" else "ready", "tone": "wait"})
        await asyncio.sleep(0.2)
        return room.newest.lost

    assert play(room, story) is False


def test_the_second_of_two_who_are_refused_hears_it_too(tmp_path):
    async def main():
        room = Room(tmp_path)
        running = asyncio.ensure_future(room.speaker.run())
        refused = {"voice": "already-sampled", "tone": "refused"}
        for since_ms in (1000, 2000):
            view = {"resting": READY, "passing": refused, "for_ms": 4000, "since_ms": since_ms}
            room.newest.hear(json.dumps({"kind": "resident", "view": view}).encode())
            await room.heard(2 * since_ms // 1000)
        running.cancel()
        return await room.heard(4)

    assert asyncio.run(main()) == ["begin already-sampled", "end already-sampled"] * 2
