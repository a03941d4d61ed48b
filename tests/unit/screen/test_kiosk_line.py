"""The pages' end of the line: a kiosk that says nonsense ends nothing and fills no log."""

import asyncio
import json

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
