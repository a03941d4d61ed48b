"""The signed text in a voucher's QR: a CWT (RFC 8392) in a COSE_Sign1 (RFC 9052) with Ed25519, as base45. Pure.

There is one way to write a voucher, and only what is written so is read: each reader writes what it understood once
more and compares. So a second spelling, an unknown key or a trailing byte needs no rule of its own.
"""

import hashlib
import unicodedata
from collections.abc import Collection

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.encodings import base45, cbor
from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.frozen import dataclass
from kiosk.model import Sample

PREFIX = "KV1:"
LONGEST = 512
"""Characters; the longest that a kiosk's own settings can make is shorter."""
KEY_BYTES = 32

_LONGEST_NAME = 9
_SIGN1 = 18
_PROTECTED = bytes.fromhex("A10127")
"""{alg: EdDSA}"""
_KID = 4
_CTI_BYTES = 6
_LATEST_S = 2**32
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class VoucherError(Exception):
    """A text that is no genuine voucher; the message never says what stands in it."""


class NotAVoucher(VoucherError):
    """Not the form of a voucher, whoever signed it."""


class UnknownKey(VoucherError):
    """Signed by a key that is not among the given ones."""


class WrongSignature(VoucherError):
    """Says that it is signed by a known key, and is not."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a voucher says. `issuer` is round/point/kiosk; `issued_s` is in seconds since 1970 UTC, None while no
    clock was trusted; `number` is V and 13 digits."""

    issuer: str
    subject: str
    issued_s: int | None
    number: str


class _Claim:
    """Keys of RFC 8392, section 4."""

    ISS, SUB, IAT, CTI = 1, 2, 6, 7


@dataclass(frozen=True, slots=True)
class _Envelope:
    kid: bytes
    payload: bytes
    signature: bytes


class Signer:
    """A kiosk's own key, made of a seed of 32 bytes. repr shows the public half only."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.kid = key_id(self.public_key)

    def __repr__(self) -> str:
        return f"Signer(kid={self.kid.hex()})"

    def sign(self, claims: Claims) -> str:
        """The text of the QR; the same for the same claims."""
        payload = _payload(claims)
        return _text(_Envelope(self.kid, payload, self._key.sign(_to_be_signed(payload))))


def claims_of(sample: Sample, issuer: str) -> Claims:
    """What the voucher of a sample says: of the person the masked name and the last four characters."""
    person = sample.person
    subject = f"{person.name[:_LONGEST_NAME]} {person.number[-4:]}".strip()
    issued_s = sample.at.wall_ms // 1000 if sample.at.trusted else None
    return Claims(issuer, "".join(map(_shown, subject)), issued_s, sample.voucher)


def key_id(public_key: bytes) -> bytes:
    """How a voucher names the key: the first 4 bytes of the SHA-256 of its 32."""
    return hashlib.sha256(public_key).digest()[:4]


def read(text: str) -> Claims:
    """What a voucher says, whoever signed it. Raises NotAVoucher and nothing else."""
    return _claims(_envelope(text).payload)


def verify(text: str, keys: Collection[bytes]) -> Claims:
    """What a voucher signed by one of these public keys says. Raises NotAVoucher, UnknownKey, WrongSignature."""
    envelope = _envelope(text)
    claims = _claims(envelope.payload)
    named = [key for key in keys if key_id(key) == envelope.kid]
    if not named:
        raise UnknownKey("signed by a key that is not known here")
    if not any(_is_signed(envelope, key) for key in named):
        raise WrongSignature("the signature does not belong to what it says")
    return claims


def _is_signed(envelope: _Envelope, public_key: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(envelope.signature, _to_be_signed(envelope.payload))
    except InvalidSignature:
        return False
    return True


def _to_be_signed(payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, section 4.4, without external data."""
    return cbor2.dumps(["Signature1", _PROTECTED, b"", payload], canonical=True)


def _text(envelope: _Envelope) -> str:
    parts = [_PROTECTED, {_KID: envelope.kid}, envelope.payload, envelope.signature]
    return PREFIX + base45.encode(cbor2.dumps(cbor2.CBORTag(_SIGN1, parts), canonical=True))


def _envelope(text: str) -> _Envelope:
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise NotAVoucher("not a voucher of a kiosk")
    try:
        data = base45.decode(text[len(PREFIX) :])
    except ValueError:
        raise NotAVoucher("not base45") from None
    match _decoded(data):
        case cbor.Tagged(tag=18, value=[_, {4: bytes(kid)}, bytes(payload), bytes(signature)]):
            envelope = _Envelope(kid, payload, signature)
        case _:
            raise NotAVoucher("not a COSE_Sign1")
    if (len(kid), len(signature)) != (4, 64) or _text(envelope) != text:
        raise NotAVoucher("not a COSE_Sign1 as a kiosk writes it")
    return envelope


def _payload(claims: Claims) -> bytes:
    said: dict[int, object] = {_Claim.ISS: claims.issuer, _Claim.SUB: claims.subject}
    if claims.issued_s is not None:
        said[_Claim.IAT] = claims.issued_s
    said[_Claim.CTI] = int(claims.number[1:]).to_bytes(_CTI_BYTES, "big")
    return cbor2.dumps(said, canonical=True)


def _claims(payload: bytes) -> Claims:
    match _decoded(payload):
        case {_Claim.ISS: str(issuer), _Claim.SUB: str(subject), _Claim.CTI: bytes(cti), **others}:
            claims = Claims(issuer, subject, _time(others.get(_Claim.IAT)), f"V{int.from_bytes(cti, 'big'):013d}")
        case _:
            raise NotAVoucher("not the claims of a voucher")
    if not _is_possible(claims) or _payload(claims) != payload:
        raise NotAVoucher("not the claims of a voucher as a kiosk writes them")
    return claims


def _time(found: object) -> int | None:
    """Whole seconds that a calendar can show. Raises NotAVoucher."""
    if found is None or (type(found) is int and 0 <= found < _LATEST_S):
        return found
    raise NotAVoucher("not a time that a kiosk writes")


def _is_possible(claims: Claims) -> bool:
    """Text that a terminal shows as it is, and a number of ours."""
    numbered = len(claims.number) == 14 and is_mod_97_10(claims.number[1:])
    return numbered and all(_shown(each) == each for each in claims.issuer + claims.subject)


def _shown(character: str) -> str:
    return "?" if unicodedata.category(character) in _UNSHOWABLE else character


def _decoded(data: bytes) -> object:
    try:
        return cbor.loads(data)
    except ValueError:
        raise NotAVoucher("not CBOR") from None
