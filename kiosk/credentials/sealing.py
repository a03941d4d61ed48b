"""An identity for the authority alone: HPKE (RFC 9180, base mode) to its public key. What sealed it cannot open it."""

import base64
import binascii
from functools import cached_property
from typing import TYPE_CHECKING

import cbor2

from kiosk.credentials.meanings import Identity
from kiosk.encodings import cbor
from kiosk.frozen import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import Suite

VERSION = b"\x01"
STEP = 64
"""Bytes: what is sealed is filled up to a multiple, so that its length tells no name."""
LONGEST = 65_535

_SPKI = bytes.fromhex("302A300506032B656E032100")
"""What stands before the 32 bytes of an X25519 key (RFC 8410, section 4)."""
_ABOUT = b"sampling-kiosk identity 1\x00"
_LENGTH = 2


class NotOpened(Exception):  # noqa: N818 - it says what came of it
    """Another key's, another table's, or not what was sealed: the message never says what stands in it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Who it was; `kind` of document or code, its `number`, and the name if it was read."""

    kind: str
    number: str
    name: str


def public_key_of(pem: bytes) -> bytes:
    """The 32 bytes of a public key's file, by hand: a start reads it, and needs no library for that. Raises
    ValueError."""
    lines = pem.split()
    if lines[:2] != [b"-----BEGIN", b"PUBLIC"] or lines[-3:-1] != [b"-----END", b"PUBLIC"]:
        raise ValueError("is no public key in PEM")
    try:
        data = base64.b64decode(b"".join(lines[3:-3]), validate=True)
    except binascii.Error:
        raise ValueError("is no public key in PEM") from None
    if len(data) != len(_SPKI) + 32 or not data.startswith(_SPKI):
        raise ValueError("is no X25519 public key")
    return data[len(_SPKI) :]


class Authority:
    """Seals for the holder of one private key; `place` is region/round/point/kiosk, which is bound in."""

    def __init__(self, public_key: bytes, place: str) -> None:
        self._public_key, self._about = public_key, _ABOUT + place.encode()

    def prepare(self) -> None:
        """Loads what seals, before the first resident has to wait for it."""
        _ = self._tools

    @cached_property
    def _tools(self) -> "tuple[Suite, X25519PublicKey]":
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        return _suite(), X25519PublicKey.from_public_bytes(self._public_key)

    def seal(self, identity: Identity) -> bytes:
        """Number, name and kind of document."""
        kind, _, number = identity.canonical.partition(":")
        body = cbor2.dumps([kind, number, identity.name], canonical=True)[:LONGEST]
        plain = len(body).to_bytes(_LENGTH, "big") + body
        suite, key = self._tools
        return VERSION + suite.encrypt(plain + bytes(-len(plain) % STEP), key, self._about)


def opened(sealed: bytes, private_key: bytes, place: str) -> Opened:
    """Raises NotOpened."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.from_private_bytes(private_key)
    if sealed[:1] != VERSION:
        raise NotOpened("not sealed by a release that this one knows")
    try:
        plain = _suite().decrypt(sealed[1:], key, _ABOUT + place.encode())
    except (InvalidTag, ValueError):
        raise NotOpened("another key's, another table's, or damaged") from None
    size = int.from_bytes(plain[:_LENGTH], "big")
    try:
        found = cbor.loads(plain[_LENGTH : _LENGTH + size])
    except ValueError:
        found = None
    match found:
        case [str(kind), str(number), str(name)]:
            return Opened(kind, number, name)
        case _:
            raise NotOpened("not what a kiosk seals")


def _suite() -> "Suite":
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
