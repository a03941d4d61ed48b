"""The pages' end of the line: a kiosk that says nonsense ends nothing and fills no log."""

import asyncio
import json

import pytest

from kiosk.screen.lines import Kind
from kiosk.screen.web.kiosk_line import KioskLine
from kiosk.screen.web.newest import Newest

FACE = {"resting": {"tone": "ready", "name": ""}, "passing": None, "for_ms": 0}


def test_nonsense_is_said_once_and_what_follows_is_shown(tmp_path, said):
    newest = Newest(lambda: 0.0)
    opened = []

    async def kiosk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(1)
        for _ in range(50):
            writer.write(b"nonsense\n[]\n" + json.dumps({"kind": "resident", "view": 7}).encode() + b"\n")
        writer.write(json.dumps({"kind": "resident", "view": FACE}).encode() + b"\n")
        await reader.read()
        writer.close()

    async def main() -> None:
        async with await asyncio.start_unix_server(kiosk, str(tmp_path / "s")):
            line = asyncio.ensure_future(KioskLine(tmp_path / "s", newest).run())
            async with asyncio.timeout(20):
                while newest.view(Kind.RESIDENT) != FACE:
                    await asyncio.sleep(0.01)
            line.cancel()
            await asyncio.wait([line])
            await asyncio.sleep(0.1)

    asyncio.run(main())
    assert (len(opened), [each["event"] for each in said()]) == (1, ["kiosk-not-understood"] * 2)


def resident(**changes: object) -> bytes:
    return json.dumps({"kind": "resident", "view": FACE | changes}).encode()


UNSHOWABLE = {
    "no face": json.dumps({"kind": "resident", "view": {"for_ms": 0}}).encode(),
    "a face without colour": resident(resting={}),
    "a face that is none": resident(resting="ready"),
    "nobody of no kind": resident(passing=7),
    "for ever": resident(for_ms=float("inf")),
    "for no time that there is": resident(for_ms=float("nan")),
    "for longer than numbers go": resident(for_ms=10**400),
    "backwards": resident(for_ms=-1),
    "half a character": resident(passing={"tone": "accepted", "name": "\ud800"}, for_ms=4000),
    "half a character of staff's": json.dumps({"kind": "staff", "view": {"kiosk": "\udfff"}}).encode(),
    "no table": json.dumps({"kind": "staff", "view": [1]}).encode(),
    "without a bottom": b"[" * 100_000,
}


@pytest.mark.parametrize("line", UNSHOWABLE.values(), ids=UNSHOWABLE)
def test_what_cannot_be_shown_is_kept_from_readers_and_said_once(tmp_path, said, line):
    newest = Newest(lambda: 0.0)

    async def kiosk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((line + b"\n") * 5 + resident() + b"\n")
        await writer.drain()
        await reader.read()
        writer.close()

    async def main() -> None:
        async with await asyncio.start_unix_server(kiosk, str(tmp_path / "s"), limit=2**20):
            hearing = asyncio.ensure_future(KioskLine(tmp_path / "s", newest).run())
            async with asyncio.timeout(20):
                while not hearing.done() and newest.view(Kind.RESIDENT) != FACE:
                    await asyncio.sleep(0.01)
            assert (hearing.done(), newest.view(Kind.STAFF)) == (False, None)
            hearing.cancel()
            await asyncio.wait([hearing])

    asyncio.run(main())
    assert [each["event"] for each in said()] == ["kiosk-not-understood"]


def test_no_reader_meets_it():
    newest = Newest(lambda: 0.0)
    for line in UNSHOWABLE.values():
        with pytest.raises((ValueError, KeyError, TypeError, RecursionError)):
            newest.hear(line)
        assert [newest.view(kind) for kind in Kind] == [None, None, None]
