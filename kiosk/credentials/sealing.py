"""An identity for the authority alone: HPKE (RFC 9180, base mode) to its public key. What sealed it cannot open it."""

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.credentials.meanings import Identity
from kiosk.encodings import cbor
from kiosk.frozen import dataclass

VERSION = b"\x01"
STEP = 64
"""Bytes: what is sealed is filled up to a multiple, so that its length tells no name."""
LONGEST = 65_535

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
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


class Authority:
    """Seals for the holder of one private key; `place` is region/round/point/kiosk, which is bound in."""

    def __init__(self, public_key: bytes, place: str) -> None:
        self._key, self._about = X25519PublicKey.from_public_bytes(public_key), _ABOUT + place.encode()

    def seal(self, identity: Identity) -> bytes:
        """Number, name and kind of document."""
        kind, _, number = identity.canonical.partition(":")
        body = cbor2.dumps([kind, number, identity.name], canonical=True)[:LONGEST]
        plain = len(body).to_bytes(_LENGTH, "big") + body
        return VERSION + _SUITE.encrypt(plain + bytes(-len(plain) % STEP), self._key, self._about)


def opened(sealed: bytes, private_key: bytes, place: str) -> Opened:
    """Raises NotOpened."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    if sealed[:1] != VERSION:
        raise NotOpened("not sealed by a release that this one knows")
    try:
        plain = _SUITE.decrypt(sealed[1:], key, _ABOUT + place.encode())
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
