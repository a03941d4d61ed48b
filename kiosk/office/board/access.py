"""Who may read the board's page: whoever is at this machine, or knows the password, or has a certificate."""

import base64
import binascii
import hmac
import ssl
from pathlib import Path
from typing import Any

from kiosk.frozen import dataclass
from kiosk.log import say
from kiosk.office.brokers.names import WITHDRAWN, Kind, name_of

LOCAL = ("127.0.0.1", "::1", "localhost")


class ServeError(Exception):
    """The page cannot be served so; says why and what to do."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.why, self.fix = why, fix


@dataclass(frozen=True, slots=True)
class Access:
    """Where it is served, and who may read: who knows the password, or has a certificate of `readers_ca`."""

    listen: str
    password: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    readers_ca: Path | None = None
    withdrawn: Path | None = None
    """Names, one a line, that read no more; None: what the authority keeps beside its certificate."""

    def address(self) -> tuple[str, int]:
        """Raises ServeError."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ServeError(f"{self.listen} is no address", "Write HOST:PORT, as 127.0.0.1:8490")
        return host.strip("[]"), int(port)

    def tls(self) -> ssl.SSLContext | None:
        """Raises ServeError."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key)
            if self.readers_ca is not None:
                context.load_verify_locations(self.readers_ca)
                context.verify_mode = ssl.CERT_REQUIRED
        except (OSError, ssl.SSLError) as error:
            raise ServeError(
                f"the certificate cannot be used: {error}", "See to --tls-certificate and --tls-key"
            ) from error
        return context

    def readers(self) -> "Readers":
        """Raises ServeError."""
        if self.withdrawn is None:
            return Readers(None if self.readers_ca is None else self.readers_ca.with_name(WITHDRAWN))
        try:
            self.withdrawn.read_bytes()
        except OSError as error:
            fix = "Name the file `withdrawn` of the authority"
            raise ServeError(f"{self.withdrawn}: {error.strerror}", fix) from None
        return Readers(self.withdrawn)

    @property
    def is_open(self) -> bool:
        """Nobody is asked who they are, as only this machine is served."""
        return self.password is None and self.readers_ca is None

    def judge(self) -> None:
        """Whoever is on the network sees all of the district, unless somebody says who may. Raises ServeError."""
        host, _ = self.address()
        if self.readers_ca is not None and self.certificate is None:
            raise ServeError("readers' certificates need TLS", "Give --tls-certificate and --tls-key too")
        if host in LOCAL or self.readers_ca is not None:
            return
        if self.password is None:
            fix = "Set KIOSK_BOARD_PASSWORD, give --readers-ca, or listen on 127.0.0.1"
            raise ServeError(f"{host} is reached from the network, and nobody is asked who they are", fix)
        if self.certificate is None:
            fix = "Give --tls-certificate and --tls-key, or listen on 127.0.0.1 behind a server that has them"
            raise ServeError("a password must not cross the network in the clear", fix)


class Readers:
    """Who may read of those with a certificate. The list of the withdrawn is read anew as soon as it is another; one
    that cannot be read, or is gone, gives nobody back what an earlier one took."""

    def __init__(self, withdrawn: Path | None) -> None:
        self._file = withdrawn
        self._seen: tuple[int, int, int] | None = None
        self._withdrawn: frozenset[str] = frozenset()

    def may_read(self, certificate: dict[str, Any] | bytes | None) -> bool:
        """Whether somebody with that certificate may, where one is asked for: kiosks and bridges have theirs of the
        same authority, and are to hear of their own place only."""
        if not isinstance(certificate, dict):
            return True
        names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
        self._look()
        return not any(name in self._withdrawn or _is_a_machine(name) for name in names)

    def _look(self) -> None:
        if self._file is None:
            return
        try:
            found = self._file.stat()
            seen = found.st_mtime_ns, found.st_ino, found.st_size
            if seen != self._seen:
                self._withdrawn |= frozenset(self._file.read_text("utf-8").split())
                self._seen = seen
        except FileNotFoundError:
            self._seen = None
        except (OSError, UnicodeDecodeError) as error:
            say("withdrawn-unread", file=str(self._file), why=type(error).__name__)


def _is_a_machine(name: str) -> bool:
    try:
        return name_of(name).kind in (Kind.KIOSK, Kind.POINT, Kind.COUNTY)
    except ValueError:
        return False


def knows(header: str, password: str) -> bool:
    """Whether somebody who asks so (HTTP's Basic) knows it."""
    kind, _, told = header.partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        _, _, given = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return hmac.compare_digest(given.encode(), password.encode())
