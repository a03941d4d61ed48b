"""The board's page: read-only, by a password or a certificate where it is not for this machine alone."""

import asyncio
import contextlib
import io
import json
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import tornado.iostream
import tornado.template
import tornado.web

from kiosk.frozen import dataclass
from kiosk.log import say
from kiosk.office.board.access import LOCAL, Access, Readers, ServeError, knows
from kiosk.office.board.curve import CURVE_MIN, of_the_day
from kiosk.office.board.door import Door
from kiosk.office.board.guesses import Guesses
from kiosk.office.board.newest import Newest
from kiosk.office.board.rows import write
from kiosk.office.board.store import Store, StoreError
from kiosk.office.board.watch import Watch
from kiosk.screen.web.pages import TAGS, TYPES, Asset
from kiosk.screen.web.server import HEADERS
from kiosk.texts import Texts

PAGES = Path(__file__).with_name("pages")
MOST_READERS = 256
SLOW_S = 30.0
WORDS = ("board.", "device.", "screen.hop.", "refusal.")
"""What the page says itself; it fills their values in."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all handlers share."""

    newest: Newest
    watch: Watch
    store: Store
    password: str | None
    guesses: Guesses
    readers: Readers
    is_local: bool
    """Nobody but this machine may come, and nobody is asked."""
    zone: ZoneInfo
    assets: Mapping[str, Asset]


class _Handler(tornado.web.RequestHandler):
    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if self.desk.is_local and self.request.host_name not in LOCAL:
            # Another name for this machine is a page elsewhere that wants to read ours.
            raise tornado.web.HTTPError(421)
        if self.desk.password is not None:
            self._ask_for(self.desk.password)
        if not self._may_read():
            raise tornado.web.HTTPError(403)

    def _may_read(self) -> bool:
        is_tls = self.request.protocol == "https"
        return not is_tls or self.desk.readers.may_read(self.request.get_ssl_certificate())

    def _ask_for(self, password: str) -> None:
        """Who guesses on and on from one place is not heard there, lest the next guess be right."""
        told, host = self.request.headers.get("Authorization", ""), self.request.remote_ip or ""
        now_s = time.monotonic()
        wait_s = self.desk.guesses.wait_s(host, now_s) if told else 0.0
        if wait_s > 0:
            self.set_header("Retry-After", str(int(wait_s) + 1))
            raise tornado.web.HTTPError(429)
        if knows(told, password):
            return
        if told:
            self.desk.guesses.note(host, now_s)
            if self.desk.guesses.wait_s(host, now_s) > 0:
                say("board-password-guessed", host=host, why="wrong again and again: nobody there is heard for a while")
        self.set_header("WWW-Authenticate", 'Basic realm="board", charset="UTF-8"')
        raise tornado.web.HTTPError(401)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}\n")

    def log_exception(self, *found: Any) -> None:
        if not isinstance(found[1], tornado.web.HTTPError):
            say("page-fault", what=getattr(found[0], "__name__", "?"))


class _File(_Handler):
    """Read once: no request reaches the disk."""

    def get(self, name: str) -> None:
        asset = self.desk.assets.get(name or "board.html")
        if asset is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", asset.type)
        self.finish(asset.data)


class _Events(_Handler):
    """All at once, then what changes, and a beat."""

    readers = 0

    async def get(self) -> None:
        if _Events.readers >= MOST_READERS:
            raise tornado.web.HTTPError(503)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        _Events.readers += 1
        try:
            seen = -1
            # Who is withdrawn meanwhile hears no more, though the line stands.
            while self._may_read():
                told, seen = self.desk.newest.since(seen), self.desk.newest.tick
                self.write(f"data: {told}\n\n")
                await asyncio.wait_for(self.flush(), SLOW_S)
                await self.desk.newest.news()
        except (tornado.iostream.StreamClosedError, TimeoutError):
            self.request.connection.close()  # type: ignore[union-attr]
        finally:
            _Events.readers -= 1


class _PointPage(_Handler):
    def get(self, point: str) -> None:
        found = self.desk.watch.page(unquote(point))
        if found is None:
            raise tornado.web.HTTPError(404)
        came: Mapping[int, int] = {}
        with contextlib.suppress(StoreError):
            came = self.desk.store.curve(self.desk.watch.round, found.tile.point)
        curve = of_the_day(came, time.time())
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(asdict(found) | {"curve": curve, "curve_min": CURVE_MIN}, ensure_ascii=False))


class _Whole(_Handler):
    """Everything, for programs."""

    def get(self, kind: str) -> None:
        board = self.desk.watch.board()
        if kind == "json":
            self.set_header("Content-Type", "application/json; charset=utf-8")
            self.finish(json.dumps(asdict(board), ensure_ascii=False))
            return
        text = io.StringIO()
        write(board.tiles, text, self.desk.zone)
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.finish(text.getvalue().encode("utf-8-sig"))


class _Metrics(_Handler):
    def get(self) -> None:
        try:
            from kiosk.office.board.metrics import CONTENT_TYPE, exposition
        except ModuleNotFoundError:
            raise tornado.web.HTTPError(501) from None
        self.set_header("Content-Type", CONTENT_TYPE)
        self.finish(exposition(self.desk.watch.board()))


def application(desk: Desk) -> tornado.web.Application:
    """The page, its events, and the same for programs."""
    shared = {"desk": desk}
    handlers = [
        (r"/events", _Events, shared),
        (r"/point/([^/]{1,120})", _PointPage, shared),
        (r"/board\.(json|csv)", _Whole, shared),
        (r"/metrics", _Metrics, shared),
        (r"/([a-z.]*)", _File, shared),
    ]
    return tornado.web.Application(handlers, log_function=lambda _: None)


def assets(texts: Texts, language: str) -> dict[str, Asset]:
    """By the name that is asked for; the words that its script says among them."""
    found = {}
    for file in sorted(PAGES.iterdir()):
        data = file.read_bytes()
        if file.suffix == ".html":
            template = tornado.template.Template(data, autoescape="xhtml_escape")
            data = template.generate(say=texts.say, language=TAGS[language])
        if file.suffix in TYPES:
            found[file.name] = Asset(TYPES[file.suffix], data)
    words = {key: text for key, text in texts.every() if key.startswith(WORDS)}
    script = f"const WORDS = {json.dumps(words, ensure_ascii=False)};\n"
    return found | {"words.js": Asset(TYPES[".js"], script.encode())}


def serve(access: Access, watch: Watch, store: Store, language: str, zone: ZoneInfo) -> None:
    """Until a signal asks it to stop. Raises ServeError."""
    access.judge()
    asyncio.run(_serve(access, watch, store, language, zone))


async def _serve(access: Access, watch: Watch, store: Store, language: str, zone: ZoneInfo) -> None:
    newest = Newest(watch, store)
    host, port = access.address()
    tls = access.tls()
    pages = assets(Texts(language), language)
    readers = access.readers()
    desk = Desk(newest, watch, store, access.password, Guesses(), readers, access.is_open, zone, pages)
    limits = {"idle_connection_timeout": 60, "max_header_size": 8192, "max_body_size": 1024}
    server = Door(application(desk), ssl_options=tls, **limits)
    try:
        server.listen(port, host)
    except OSError as error:
        raise ServeError(f"{access.listen}: {error.strerror}", "Name another port, or stop what has it") from error
    say("board", page=f"http{'' if tls is None else 's'}://{access.listen}/", round=watch.round, pid=os.getpid())
    stopping, stopped = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    hearing = loop.run_in_executor(None, watch.run, stopping)
    looking = asyncio.ensure_future(newest.run())
    waiting = asyncio.ensure_future(stopped.wait())
    await asyncio.wait((hearing, looking, waiting), return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    for work in (looking, waiting):
        work.cancel()
    server.stop()
    await hearing
