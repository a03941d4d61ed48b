"""One process put together: the line to the kiosk, and the servers of its pages."""

import asyncio
import contextlib
import signal
import socket
import ssl
import time
from collections.abc import Sequence
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.log import say
from kiosk.screen.web.kiosk_line import KioskLine
from kiosk.screen.web.newest import Newest
from kiosk.screen.web.pages import assets, version
from kiosk.screen.web.pairing import Pairings
from kiosk.screen.web.server import Desk, server_of
from kiosk.screen.web.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Tablets:
    """Where paired devices are served, and by which certificate."""

    port: int
    tls: ssl.SSLContext
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Serving:
    """`devices` is the file in which paired ones are kept."""

    socket: Path
    port: int
    language: str
    reader: str
    devices: Path
    sounds: Path | None = None
    tablets: Tablets | None = None


def serve(serving: Serving) -> None:
    """Until a signal asks it to stop. Raises OSError where a port is taken."""
    asyncio.run(_serve(serving))


async def _serve(serving: Serving) -> None:
    newest = Newest(time.monotonic)
    line = KioskLine(serving.socket, newest)
    pairings = Pairings(serving.devices, time.time, time.monotonic)
    tablets = serving.tablets
    pages_version = version()
    pages = assets(serving.language, serving.reader, pages_version)
    desk = Desk(newest, line, pairings, pages, pages_version, lambda: _address(tablets))
    server_of(desk, True, (), None).listen(serving.port, "127.0.0.1")
    if tablets is not None:
        server_of(desk, False, tablets.names, tablets.tls).listen(tablets.port)
    say("pages", resident=f"http://127.0.0.1:{serving.port}/resident", staff=f"http://127.0.0.1:{serving.port}/staff")
    works = [asyncio.ensure_future(line.run())]
    if serving.sounds is not None:
        works.append(asyncio.ensure_future(Speaker(serving.sounds, newest).run()))
    await asyncio.wait((_stopped(), *works), return_when=asyncio.FIRST_COMPLETED)
    for work in works:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


def _stopped() -> "asyncio.Future[None]":
    loop = asyncio.get_running_loop()
    stopped = loop.create_future()

    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopped


def _address(tablets: Tablets | None) -> str:
    """As this machine is reached now: by its name where it has one for that, else by the address of its network."""
    if tablets is None:
        return ""
    if tablets.names:
        return f"https://{tablets.names[0]}:{tablets.port}/staff"
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        # Nothing is sent: the kernel only says by which of its addresses it would.
        way.connect(("192.0.2.1", 9))
        return f"https://{way.getsockname()[0]}:{tablets.port}/staff"
    return ""
