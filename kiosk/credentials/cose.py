"""COSE_Sign1 (RFC 9052) and CWT (RFC 8392), as signed codes carry them. Pure; what is wrong is NotTaken."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

import cbor2

from kiosk.credentials.keys import PublicKey, TrustedKey
from kiosk.credentials.meanings import NotTaken
from kiosk.encodings import cbor
from kiosk.frozen import dataclass
from kiosk.model import Refusal

EDDSA, ES256, PS256 = -8, -7, -37
ALGORITHMS = frozenset({EDDSA, ES256, PS256})
EXP, NBF, IAT = 4, 5, 6

_MAY_STAND_AROUND = (55799, 61, 18)
"""Tags of CBOR itself, of a CWT and of COSE_Sign1, the outermost first. What it is, its place tells too."""
_ALG, _CRITICAL, _KID = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed message, not yet checked."""

    algorithm: int
    kid: bytes
    protected: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def signed(data: bytes) -> Signed:
    """With its tags or without. The protected header's key id goes before the other's."""
    found = decoded(data)
    for tag in _MAY_STAND_AROUND:
        if isinstance(found, cbor.Tagged) and found.tag == tag:
            found = found.value
    match found:
        case [bytes(protected), Mapping() as loose, bytes(payload), bytes(signature)]:
            header = mapping(protected)
            algorithm = header.get(_ALG, loose.get(_ALG))
            kid = header.get(_KID, loose.get(_KID, b""))
        case _:
            raise NotTaken(Refusal.TORN)
    if _CRITICAL in header:
        # A header that must be understood, and none of these is.
        raise NotTaken(Refusal.CANNOT_BE_CHECKED)
    if type(algorithm) is not int or not isinstance(kid, bytes):
        raise NotTaken(Refusal.TORN)
    return Signed(algorithm, kid, protected, payload, signature)


def checked(message: Signed, keys: Iterable[TrustedKey]) -> TrustedKey:
    """The key that signed it. Raises NotTaken: cannot be checked without a key or by an algorithm that is not known,
    wrong signature if none of the keys fits."""
    tried = False
    for each in keys:
        tried = True
        if is_signed(message, each.key):
            return each
    known = tried and message.algorithm in ALGORITHMS
    raise NotTaken(Refusal.WRONG_SIGNATURE if known else Refusal.CANNOT_BE_CHECKED)


def is_signed(message: Signed, key: PublicKey) -> bool:
    structure = cbor2.dumps(["Signature1", message.protected, b"", message.payload])
    return verifies(message.algorithm, key, message.signature, structure)


def verifies(algorithm: int, key: PublicKey, signature: bytes, data: bytes) -> bool:
    """EdDSA, ES256 with r and s of 32 bytes each, PS256; a key of another kind signs nothing."""
    # Nobody has such keys without having loaded these; a point that trusts no signer need not.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        match algorithm, key:
            case -8, Ed25519PublicKey():
                key.verify(signature, data)
            case -7, ec.EllipticCurvePublicKey() if len(signature) == 64 and key.key_size == 256:
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
            case -37, rsa.RSAPublicKey():
                key.verify(signature, data, padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size), SHA256())
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def judge_times(claims: Mapping[Any, Any], starts: Iterable[int | str], ends: int | str, now_s: float | None) -> None:
    """Raises NotTaken if it is not valid now. Seconds since 1970 UTC; None while no clock is trusted."""
    first = [_seconds(claims[key]) for key in starts if claims.get(key) is not None]
    last = [_seconds(claims[ends])] if claims.get(ends) is not None else []
    if now_s is not None and not (all(now_s >= at for at in first) and all(now_s < at for at in last)):
        raise NotTaken(Refusal.EXPIRED)


def _seconds(found: object) -> float:
    if type(found) is int or (type(found) is float and math.isfinite(found)):
        return found
    raise NotTaken(Refusal.TORN)


def mapping(data: bytes) -> Mapping[Any, Any]:
    """A CBOR map; no bytes at all are an empty one, as in an empty header."""
    found = decoded(data) if data else {}
    if not isinstance(found, Mapping):
        raise NotTaken(Refusal.TORN)
    return found


def decoded(data: bytes) -> object:
    try:
        return cbor.loads(data)
    except ValueError:
        raise NotTaken(Refusal.TORN) from None
