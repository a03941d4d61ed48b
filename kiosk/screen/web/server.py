"""The pages' server: two pages, their events, and what is pressed on one of them. decisions: Screens"""

import asyncio
import ipaddress
import json
import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.iostream
import tornado.web

from kiosk.frozen import dataclass
from kiosk.log import say
from kiosk.model import StaffAction
from kiosk.screen.lines import HERE, LONGEST_NAME, Kind, Pressed, is_text
from kiosk.screen.web.kiosk_line import KioskLine
from kiosk.screen.web.newest import Newest
from kiosk.screen.web.pages import Asset
from kiosk.screen.web.pairing import DEVICE_S, Device, Pairings, TooSoon

BEAT_S = 1.0
"""A page that hears nothing for two and a half times as long says that it lost the kiosk."""
SLOW_S = 30.0
"""A reader that does not take one view for so long is left."""
MOST_LINES = 64
"""Connections at a time to each port; a table has three screens and a few tablets."""
MOST_OF_ONE = 16
"""Of them from one address of the network, so that no one machine keeps the tablets out."""
LATE_MS = 5000
"""What is pressed on a page counts for so long after what the page showed: a press that the network held up is not done
to a table that is another by then."""
MOST_HEADER, MOST_BODY = 8 * 1024, 1024
COOKIE = "__Host-kiosk-device"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "Server": "kiosk",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What all handlers share."""

    newest: Newest
    line: KioskLine
    pairings: Pairings
    assets: Mapping[str, Asset]
    version: str
    """Of the pages: one that was loaded before the server was replaced loads itself anew."""
    address: Callable[[], str]
    """Where tablets find the staff's page; empty where none may."""


class _Handler(tornado.web.RequestHandler):
    """Whoever asks for a name that is not ours, or from a page that is not ours, is refused before anything else."""

    def initialize(self, desk: Desk, local: bool, names: Sequence[str]) -> None:
        self.desk, self.local, self.names = desk, local, names

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if not self._is_ours(self.request.host_name):
            raise tornado.web.HTTPError(421)
        site = self.request.headers.get("Sec-Fetch-Site", "same-origin")
        if self.request.method == "POST" and (site != "same-origin" or not self._own_origin()):
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A number, and nothing of what was asked."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}\n")

    def log_exception(self, *found: Any) -> None:
        if not isinstance(found[1], tornado.web.HTTPError):
            say("page-fault", what=getattr(found[0], "__name__", "?"))

    @property
    def device(self) -> str | None:
        """What whoever asks is called; None for a device that was never paired, or is no more."""
        if self.local:
            return HERE
        found = self._paired()
        return None if found is None else found.name

    def _paired(self) -> Device | None:
        secret = self.get_cookie(COOKIE)
        return None if secret is None else self.desk.pairings.device(secret)

    def body(self) -> dict[str, str]:
        """Raises HTTPError for what no page of ours sends."""
        try:
            if self.request.headers.get("Content-Type") != "application/json":
                raise ValueError("no JSON")
            found = json.loads(self.request.body)
            if not isinstance(found, dict) or not all(
                isinstance(each, str) and is_text(each) for each in found.values()
            ):
                raise ValueError("no texts")
        except (ValueError, RecursionError) as error:
            raise tornado.web.HTTPError(400) from error
        return found

    def _is_ours(self, host: str) -> bool:
        if self.local:
            return host in ("127.0.0.1", "localhost", "[::1]", "::1")
        return host in self.names or _is_address(host)

    def _own_origin(self) -> bool:
        origin = self.request.headers.get("Origin")
        return origin is None or origin == f"{self.request.protocol}://{self.request.host}"


class _Page(_Handler):
    """A file of ours, by its name and no path. A device that nobody paired sees neither page: the residents' names who
    comes, masked though they are."""

    def get(self, name: str) -> None:
        if name in (Kind.RESIDENT, Kind.STAFF) and self.device is None:
            name = "pair"
        asset = self.desk.assets.get(name)
        if asset is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", asset.type)
        self.finish(asset.data)


class _Front(_Handler):
    def get(self) -> None:
        self.redirect("/resident" if self.local else "/staff", status=303)


class _Events(_Handler):
    """Server-sent events: the newest view, and a beat each second. Who reads slowly is told less often, not later."""

    async def get(self, page: str) -> None:
        self._kind = Kind(page)
        if self.device is None:
            raise tornado.web.HTTPError(403)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.write(f"retry: 500\nevent: pages\ndata: {self.desk.version}\n\n")
        told: object = self
        try:
            while self.device is not None:
                view = self.desk.newest.view(self._kind)
                self._tell(view, told)
                told = _kept(view)
                async with asyncio.timeout(SLOW_S):
                    await self.flush()
                await self.desk.newest.news(BEAT_S)
            self.write("event: ended\ndata: 1\n\n")
            await self.flush()
        except (tornado.iostream.StreamClosedError, TimeoutError):
            connection: Any = self.request.connection
            connection.stream.close()

    def _tell(self, view: dict[str, Any] | None, told: object) -> None:
        self.write(f"id: {_now_ms()}\n")
        if view is None:
            self.write("event: lost\ndata: 1\n\n")
        elif _kept(view) == told:
            self.write("event: beat\ndata: 1\n\n")
        else:
            self.write(f"event: view\ndata: {json.dumps(view, ensure_ascii=False, separators=(',', ':'))}\n\n")


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _kept(view: dict[str, Any] | None) -> object:
    """What tells whether a view is another: not how much of its time is left."""
    return None if view is None else {key: value for key, value in view.items() if key != "for_ms"}


class _Act(_Handler):
    """What is pressed goes to the kiosk, by whose rules it is done or not."""

    def post(self) -> None:
        device = self.device
        if device is None:
            raise tornado.web.HTTPError(403)
        body = self.body()
        act, about = body.get("act", ""), body.get("about", "")
        if act not in StaffAction.__members__.values() or len(about) > LONGEST_NAME:
            raise tornado.web.HTTPError(400)
        if act in (StaffAction.YES, StaffAction.NO) and not about:
            raise tornado.web.HTTPError(400)
        if not _in_time(body.get("seen", "")):
            raise tornado.web.HTTPError(409)
        if not self.desk.line.press(Pressed(StaffAction(act), about, device)):
            raise tornado.web.HTTPError(503)
        self.set_status(202)
        self.finish()


def _in_time(seen: str) -> bool:
    """`seen` is the id of the event that the page heard last."""
    return seen.isascii() and seen.isdigit() and len(seen) < 20 and 0 <= _now_ms() - int(seen) <= LATE_MS


class _Pairing(_Handler):
    """A code for one more device; only the table's own screen shows one."""

    def post(self) -> None:
        address = self.desk.address()
        if not self.local or not address:
            raise tornado.web.HTTPError(404)
        offer = self.desk.pairings.offer()
        found = {"code": offer.code, "address": address, "qr": _qr(address)}
        self.finish(found)


class _Pair(_Handler):
    def post(self) -> None:
        body = self.body()
        try:
            secret = self.desk.pairings.pair(body.get("code", ""), body.get("name", ""))
        except TooSoon:
            raise tornado.web.HTTPError(429) from None
        except OSError as error:
            say("device-not-kept", why=error.strerror)
            raise tornado.web.HTTPError(507) from None
        if self.local or secret is None:
            say("device-not-paired")
            raise tornado.web.HTTPError(403)
        say("device-paired", devices=len(self.desk.pairings.devices))
        self.set_cookie(COOKIE, secret, secure=True, httponly=True, samesite="Strict", path="/", max_age=DEVICE_S)
        self.set_status(204)
        self.finish()


class _Devices(_Handler):
    """Which devices there are, and one of them less; at the table's own screen."""

    def get(self) -> None:
        if not self.local:
            raise tornado.web.HTTPError(404)
        pairings = self.desk.pairings
        names = [each.name for each in pairings.devices]
        self.finish({"may_pair": bool(self.desk.address()), "offered": pairings.offered, "devices": names})

    def post(self) -> None:
        if not self.local or not self.desk.pairings.revoke(self.body().get("name", "")):
            raise tornado.web.HTTPError(404)
        say("device-revoked", devices=len(self.desk.pairings.devices))
        self.desk.newest.stir()
        self.set_status(204)
        self.finish()


class _Server(tornado.httpserver.HTTPServer):
    """So many lines at a time; whoever comes beyond them is hung up on at once."""

    most_of_one = MOST_LINES

    def initialize(self, *given: Any, **named: Any) -> None:
        super().initialize(*given, **named)
        self._open: Counter[str] = Counter()

    def handle_stream(self, stream: tornado.iostream.IOStream, address: tuple[Any, ...]) -> None:
        whose = str(address[0])
        if self._open.total() >= MOST_LINES or self._open[whose] >= self.most_of_one:
            stream.close()
            return
        self._open[whose] += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: Any) -> None:
        super().on_close(server_conn)
        self._open -= Counter((str(server_conn.context.address[0]),))


def server_of(desk: Desk, local: bool, names: Sequence[str], tls: ssl.SSLContext | None) -> _Server:
    """Not listening yet."""
    shared = {"desk": desk, "local": local, "names": names}
    app = tornado.web.Application(
        [
            ("/", _Front, shared),
            (f"/({Kind.RESIDENT}|{Kind.STAFF})/events", _Events, shared),
            ("/staff/act", _Act, shared),
            ("/staff/pairing", _Pairing, shared),
            ("/staff/pair", _Pair, shared),
            ("/staff/devices", _Devices, shared),
            ("/([a-z0-9.-]+)", _Page, shared),
        ],
        default_handler_class=_Missing,
        default_handler_args=shared,
        log_function=_nothing,
    )
    server = _Server(
        app,
        ssl_options=tls,
        max_header_size=MOST_HEADER,
        max_body_size=MOST_BODY,
        max_buffer_size=64 * 1024,
        body_timeout=5,
        idle_connection_timeout=30,
    )
    server.most_of_one = MOST_LINES if local else MOST_OF_ONE
    return server


class _Missing(_Handler):
    def prepare(self) -> None:
        raise tornado.web.HTTPError(404)


def _nothing(_: tornado.web.RequestHandler) -> None:
    """Who asked for what is nobody's business."""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _qr(text: str) -> list[str]:
    """Rows of 0 and 1."""
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    code.make(fit=True)
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]


def secure(certificate: Path, key: Path) -> ssl.SSLContext:
    """Raises OSError, ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
