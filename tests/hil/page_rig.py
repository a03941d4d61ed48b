"""The process of the pages between a kiosk's end of the line, which a test holds, and whoever asks for pages."""

import http.client
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kiosk.screen.feed import Feed
from kiosk.screen.lines import Kind, Pressed
from kiosk.virtual.demo.pages import free_port, pages_command
from kiosk_file import GOOD

Answer = tuple[int, dict[str, str], bytes]


def certificate(folder: Path) -> tuple[Path, Path]:
    """The kiosk's own, for the address on which it is tried."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wy-0352-a")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "keys").mkdir(exist_ok=True)
    pem, secret = folder / "kiosk.pem", folder / "keys" / "screen-key"
    pem.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return pem, secret


class KioskEnd:
    """A kiosk that lives, and says what a test says."""

    def __init__(self, path: Path) -> None:
        self._feed = Feed(path)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.pressed: list[Pressed] = []
        self.alive = True
        self._feed.open()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def say(self, kind: Kind, view: Mapping[str, Any]) -> None:
        body = json.dumps({"kind": kind, "view": view}, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._feed.tell({kind: body})

    def close(self) -> None:
        self._stop.set()
        self._feed.wake()
        self._thread.join()
        self._feed.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                self.pressed += self._feed.turn(0.02)
                if self.alive:
                    self._feed.tell({Kind.BEAT: b'{"kind":"beat","view":null}\n'})
            time.sleep(0.05)


class Pages:
    """`kiosk screens` as it is started; `kiosk` is the other end of its line."""

    def __init__(self, folder: Path, language: str = "zh_CN") -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(0), free_port(0)
        pem, _ = certificate(folder)
        config = folder / "kiosk.toml"
        text = GOOD.replace('kiosk = "a"', f'kiosk = "a"\nlanguage = "{language}"')
        config.write_text(
            f'{text}\n[screen]\nsocket = "{folder}/s"\nport = {self.port}\n'
            f'certificate = "{pem}"\ntablets_port = {self.tls_port}\n',
            encoding="utf-8",
        )
        (folder / "devices").mkdir(exist_ok=True)
        self._command = [*pages_command(config, folder / "devices"), "--credentials", str(folder / "keys")]
        self.kiosk = KioskEnd(folder / "s")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the pages did not come up")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        assert self.process.stderr is not None
        self.process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kiosk.close()
        self.kill()

    @property
    def local(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def remote(self) -> str:
        return f"https://127.0.0.1:{self.tls_port}"

    def line(self, tls: bool) -> http.client.HTTPConnection:
        if not tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        trust = ssl.create_default_context(cafile=str(self.folder / "kiosk.pem"))
        return http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=20, context=trust)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        tls: bool = False,
    ) -> Answer:
        """As a browser, or whoever speaks its language."""
        line = self.line(tls)
        try:
            line.request(method, path, body, dict(headers or {}))
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def post(self, path: str, body: object, tls: bool = False, **headers: str) -> Answer:
        given = {"Content-Type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
        return self.ask("POST", path, json.dumps(body).encode(), given, tls)

    def press(self, body: Mapping[str, str], tls: bool = False, **headers: str) -> Answer:
        """On a page that heard the kiosk just now."""
        return self.post("/staff/act", {"seen": str(time.monotonic_ns() // 1_000_000), **body}, tls, **headers)

    @contextmanager
    def events(self, page: str, cookie: str = "", tls: bool = False) -> Iterator[http.client.HTTPResponse]:
        line = self.line(tls)
        try:
            line.request("GET", f"/{page}/events", headers={"Cookie": cookie} if cookie else {})
            yield line.getresponse()
        finally:
            line.close()
