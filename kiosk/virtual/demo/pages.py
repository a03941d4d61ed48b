"""The demo in a browser: the kiosk's own pages, and one beside them where a visitor plays resident and fault."""

import asyncio
import contextlib
import io
import os
import socket
import subprocess
import sys
import threading
import webbrowser
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

import tornado.httpserver
import tornado.template
import tornado.web

from kiosk.screen.web.pages import TAGS
from kiosk.texts import Texts
from kiosk.virtual.demo.crowd import Kind
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.faults import Fault, Faults
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visitors import Visitors
from kiosk.virtual.printer import Slip

FILES = Path(__file__).parent / "page"
CROWD = "crowd"
COMES = {"card": Kind.CARD, "code": Kind.HEALTH_CODE, "again": Kind.AGAIN, "wrong": Kind.WRONG_NUMBER}
SHOWN_SLIPS = 3
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def free_port(wanted: int) -> int:
    """That one, or any where somebody has it."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as knock:
            knock.bind(("127.0.0.1", port))
            return int(knock.getsockname()[1])
    raise OSError("no port is free")


def pages_command(config: Path, devices: Path) -> list[str]:
    """What serves the pages of the kiosk with this configuration; `devices` is a folder."""
    return [sys.executable, "-m", "kiosk", "screens", "--config", str(config), "--state", str(devices)]


class Playground:
    """What a visitor does, and sees of it."""

    def __init__(self, table: DemoTable, visitors: Visitors, language: str) -> None:
        self.visitors, self.faults, self.language = visitors, Faults(table), language
        self.texts = Texts(language)
        self.said = ""
        self._lock = threading.Lock()
        self.slips: deque[tuple[int, bytes]] = deque(maxlen=SHOWN_SLIPS)

    def slip(self, slip: Slip) -> None:
        picture = io.BytesIO()
        slip.image.save(picture, "PNG")
        self.slips.appendleft((slip.index, picture.getvalue()))

    def record(self, record: Record) -> None:
        if record.get("event") == "notice":
            self.said = str(record["text"])

    @property
    def on(self) -> list[str]:
        return [*self.faults.on, *([CROWD] if self.visitors.resting else [])]

    def turn(self, what: str) -> None:
        """By any thread: of two quick clicks each is whole. Raises ValueError for what is no fault."""
        if what == CROWD:
            with self._lock:
                self.visitors.rest(not self.visitors.resting)
        else:
            self.faults.turn(Fault(what))


class DemoPages:
    """The pages' process of the product, and the server of the visitor's page on a thread of its own."""

    def __init__(self, table: DemoTable, play: Playground, port: int) -> None:
        self._play, self._table = play, table
        base = f"http://127.0.0.1:{table.pages_port}"
        self.resident, self.staff = f"{base}/resident", f"{base}/staff"
        self._port = free_port(port)
        self.play = f"http://127.0.0.1:{self._port}/"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="play", daemon=True)

    def __enter__(self) -> Self:
        devices = self._table.state / "devices"
        devices.mkdir(exist_ok=True)
        command = pages_command(self._table.state / "kiosk.toml", devices)
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def show(self) -> None:
        """In a window of its own, where there is a display."""
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open_new(self.play)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        shared = {"play": self._play, "pages": self}
        routes = [
            ("/", _Front, shared),
            ("/now", _Now, shared),
            ("/come/([a-z]+)", _Come, shared),
            ("/turn/([a-z]+)", _Turn, shared),
            ("/slip/([0-9]+)", _SlipPicture, shared),
            (r"/(play\.(?:css|js))", _File, shared),
        ]
        app = tornado.web.Application(routes, log_function=lambda _: None)
        server = tornado.httpserver.HTTPServer(app, max_body_size=1024, max_header_size=8192)
        server.listen(self._port, "127.0.0.1")
        self._loop.run_forever()


class _Handler(tornado.web.RequestHandler):
    def initialize(self, play: Playground, pages: DemoPages) -> None:
        self.play, self.pages = play, pages

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Another site's page plays nothing."""
        foreign = self.request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
        if self.request.host_name not in ("127.0.0.1", "localhost") or (foreign and self.request.method == "POST"):
            raise tornado.web.HTTPError(403)

    def log_exception(self, *_: object) -> None:
        """The terminal is the demo's picture."""


class _Front(_Handler):
    def get(self) -> None:
        template = tornado.template.Template((FILES / "play.html").read_bytes(), autoescape="xhtml_escape")
        language = TAGS[self.play.language]
        say, pages = self.play.texts.say, self.pages
        self.finish(template.generate(say=say, language=language, resident=pages.resident, staff=pages.staff))


class _File(_Handler):
    def get(self, name: str) -> None:
        self.set_header("Content-Type", "text/css" if name.endswith(".css") else "text/javascript")
        self.finish((FILES / name).read_bytes())


class _Now(_Handler):
    def get(self) -> None:
        slips = [index for index, _ in self.play.slips.copy()]
        self.finish({"on": self.play.on, "said": self.play.said, "slips": slips})


class _SlipPicture(_Handler):
    def get(self, number: str) -> None:
        picture = dict(self.play.slips.copy()).get(int(number))
        if picture is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", "image/png")
        self.finish(picture)


class _Come(_Handler):
    def post(self, how: str) -> None:
        if how not in COMES:
            raise tornado.web.HTTPError(404)
        self.play.visitors.send(COMES[how])
        self.set_status(204)


class _Turn(_Handler):
    async def post(self, what: str) -> None:
        try:
            # A broker that is stopped takes a moment.
            await asyncio.to_thread(self.play.turn, what)
        except ValueError:
            raise tornado.web.HTTPError(404) from None
        self.set_status(204)
