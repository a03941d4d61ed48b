"""A round's key on its way to one table: HPKE (RFC 9180) to the key by which guards know its vouchers.

An Ed25519 key is one of X25519 too, by the map of RFC 7748, section 4.1; that one pair may serve both is shown in
Thormarker, On using the same key pair for Ed25519 and an X25519 based KEM (2021).
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

LEAST, MOST = 16, 128
"""Bytes of a round's key."""
_P = 2**255 - 19
_SIGN = 2**255
_ABOUT = b"sampling-kiosk round-key 1\x00"


class NotForHere(Exception):  # noqa: N818 - it says what came of it
    """Sealed for another table or round, or damaged: nothing of it is told."""


def seal(round_key: bytes, public_key: bytes, place: str) -> bytes:
    """For the table whose vouchers `public_key` checks; `place` is region/round/point/kiosk, of the key's own round.
    Raises ValueError for what is no public key, or no round's key."""
    if not LEAST <= len(round_key) <= MOST:
        raise ValueError(f"a round's key has {LEAST} to {MOST} bytes")
    return _suite().encrypt(round_key, _montgomery(public_key), _ABOUT + place.encode())


def opened(sealed: bytes, seed: bytes, place: str) -> bytes:
    """By the seed of the table's own voucher-key. Raises NotForHere."""
    private = X25519PrivateKey.from_private_bytes(hashlib.sha512(seed).digest()[:32])
    try:
        return _suite().decrypt(sealed, private, _ABOUT + place.encode())
    except (InvalidTag, ValueError):
        raise NotForHere("the round's key was not sealed for this table") from None


def _montgomery(public_key: bytes) -> X25519PublicKey:
    y = int.from_bytes(public_key, "little") % _SIGN
    if len(public_key) != 32 or y in (1, _P - 1) or y >= _P:
        raise ValueError("is no public key of a kiosk")
    u = (1 + y) * pow(1 - y, -1, _P) % _P
    return X25519PublicKey.from_public_bytes(u.to_bytes(32, "little"))


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
