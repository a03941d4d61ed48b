"""An authority of one's own for the brokers: who may connect, and by what name. P-256, X.509. decisions: Brokers"""

import ipaddress
import os
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.frozen import dataclass
from kiosk.journal import replace_whole
from kiosk.office.brokers.names import WITHDRAWN, Name, names_of

CERTIFICATE, KEY = "ca.pem", "ca.key"
SERVERS, CLIENTS = "servers", "names"
VALID_FROM = datetime(2022, 1, 1, tzinfo=UTC)
"""Before any kiosk's image was made: a Pi without a clock believes that day until a network tells it."""
AUTHORITY_DAYS = 3650
NEAR_DAYS = 30
"""Before its end a certificate is made anew, though one is there: a round lasts for days, and copying takes some. Of
short ones a quarter of their time."""
_LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*|[0-9a-fA-F:]+")
"""A name, or an address."""
NO_HOST = "{!r} is no host: write a name such as broker.example.org, or an address"


class CertificateError(Exception):
    """A file that cannot be used; says which and what to do."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Where it lies, and how long it is good for; `is_new` unless it was there already. `before`: why that one is not
    kept which was there, in words."""

    name: str
    certificate: Path
    key: Path
    is_new: bool
    ends: datetime
    before: str = ""


class Authority:
    """The authority of a folder, made with its first certificate."""

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        """Raises CertificateError, OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        if not (folder / CERTIFICATE).exists():
            _make_authority(folder, passphrase)
        self._certificate, self._key = _read_authority(folder, passphrase)

    def client(self, name: Name, days: int, renew: bool = False) -> Issued:
        """By which `name` comes to the broker. Raises OSError."""
        return self._issue(self._folder / CLIENTS / name.text, name.text, [], days, renew)

    def server(self, host: str, days: int, renew: bool = False) -> Issued:
        """Of the broker that is called `host`, a name or an address, and on its own machine localhost. Raises
        CertificateError, OSError."""
        if not _HOST.fullmatch(host):
            raise CertificateError(NO_HOST.format(host))
        called = [_called(each) for each in dict.fromkeys((host, "localhost", "127.0.0.1"))]
        return self._issue(self._folder / SERVERS / host, host, called, days, renew)

    def _issue(self, stem: Path, name: str, called: list[x509.GeneralName], days: int, renew: bool) -> Issued:
        certificate, key = stem.with_name(f"{stem.name}.pem"), stem.with_name(f"{stem.name}.key")
        known = _of_a_pair(certificate, key)
        ill = "" if known is None else self._why_not(known, min(timedelta(days=NEAR_DAYS), timedelta(days=days) / 4))
        if known is not None and not renew and not ill:
            return Issued(name, certificate, key, False, known.not_valid_after_utc)
        _folder_of(stem, self._folder)
        pair = ec.generate_private_key(ec.SECP256R1())
        issuer = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        for_whom = ExtendedKeyUsageOID.SERVER_AUTH if called else ExtendedKeyUsageOID.CLIENT_AUTH
        end = min(datetime.now(UTC) + timedelta(days=days), self._certificate.not_valid_after_utc)
        made = _begun(name, self._certificate.subject, pair.public_key(), end)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(_usage(signs_certificates=False), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([for_whom]), critical=False)
        whose = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer)
        made = made.add_extension(whose, critical=False)
        if called:
            made = made.add_extension(x509.SubjectAlternativeName(called), critical=False)
        _write_key(key, pair, None)
        certificate.write_bytes(made.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        return Issued(name, certificate, key, True, end.replace(microsecond=0), ill)

    def _why_not(self, known: x509.Certificate, near: timedelta) -> str:
        """Why nobody is, or will soon be, let in with it; empty if it is good."""
        now, end = datetime.now(UTC), known.not_valid_after_utc
        try:
            known.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return "the one before is of another authority"
        if end <= now:
            return f"the one before ended on {end:%Y-%m-%d}"
        # None that is made anew lasts longer than the authority.
        can_last = end < self._certificate.not_valid_after_utc
        return f"the one before ends on {end:%Y-%m-%d}" if can_last and end - now < near else ""

    @property
    def ends(self) -> datetime:
        """None of its certificates is good for longer."""
        return self._certificate.not_valid_after_utc


def issued(folder: Path) -> list[Name]:
    """Who has a certificate of this authority. Raises CertificateError."""
    if not (folder / CERTIFICATE).exists():
        raise CertificateError(f"{folder / CERTIFICATE} is not there: `kiosk broker certificates` makes it")
    found = (folder / CLIENTS).rglob("*.pem")
    try:
        return names_of(str(file.relative_to(folder / CLIENTS).with_suffix("")) for file in found)
    except ValueError as error:
        raise CertificateError(str(error)) from error


def withdraw(folder: Path, names: Collection[Name]) -> list[Name]:
    """All that were ever withdrawn, these too. Raises CertificateError, OSError."""
    file = folder / WITHDRAWN
    before = file.read_text("utf-8").split() if file.exists() else []
    try:
        everybody = names_of([*before, *(each.text for each in names)])
    except ValueError as error:
        raise CertificateError(f"{file}: {error}") from error
    if names:
        replace_whole(file, "".join(f"{each}\n" for each in everybody).encode())
    return everybody


def _of_a_pair(certificate: Path, key: Path) -> x509.Certificate | None:
    """A cut or a full disk may have left one without the other, or half of it: nobody would be let in with that."""
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
        kept = load_pem_private_key(key.read_bytes(), None).public_key()
    except (FileNotFoundError, ValueError, TypeError):
        return None
    is_pair = isinstance(kept, ec.EllipticCurvePublicKey) and known.public_key() == kept
    return known if is_pair else None


def _make_authority(folder: Path, passphrase: bytes | None) -> None:
    pair = ec.generate_private_key(ec.SECP256R1())
    end = datetime.now(UTC) + timedelta(days=AUTHORITY_DAYS)
    name = "sampling brokers"
    made = _begun(name, _named(name), pair.public_key(), end)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_usage(signs_certificates=True), critical=True)
    _write_key(folder / KEY, pair, passphrase)
    (folder / CERTIFICATE).write_bytes(made.sign(pair, SHA256()).public_bytes(Encoding.PEM))


def _read_authority(folder: Path, passphrase: bytes | None) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        key = load_pem_private_key((folder / KEY).read_bytes(), passphrase)
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    except (ValueError, TypeError):
        raise CertificateError(f"{folder / KEY} is no key of an authority, or its passphrase is another") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise CertificateError(f"{folder / KEY} is not the key of {folder / CERTIFICATE}")
    return certificate, key


def _begun(name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime) -> x509.CertificateBuilder:
    begun = x509.CertificateBuilder().subject_name(_named(name)).issuer_name(issuer).public_key(key)
    begun = begun.serial_number(x509.random_serial_number()).not_valid_before(VALID_FROM).not_valid_after(end)
    return begun.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _called(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(host))
    try:
        return x509.DNSName(host)
    except ValueError as error:
        raise CertificateError(NO_HOST.format(host)) from error


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _folder_of(stem: Path, top: Path) -> None:
    """Nobody else looks in."""
    for folder in reversed([each for each in stem.parents if top in each.parents]):
        folder.mkdir(mode=0o700, exist_ok=True)


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey, passphrase: bytes | None) -> None:
    """Never readable by others, at no moment."""
    kept = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
