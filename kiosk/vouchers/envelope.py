"""What is signed: a COSE_Sign1 (RFC 9052) with Ed25519, in a QR as base45 behind a prefix that says what it is. Pure.

There is one way to write one, and only what is written so is read: each reader writes what it understood once more and
compares. So a second spelling, an unknown key or a trailing byte needs no rule of its own.
"""

import hashlib
from collections.abc import Collection

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.encodings import base45, cbor
from kiosk.frozen import dataclass

KEY_BYTES = 32

_LATEST_S = 2**32
_SIGN1 = 18
_PROTECTED = bytes.fromhex("A10127")
"""{alg: EdDSA}"""
_KID = 4


class SignedError(Exception):
    """A text that is no genuine one of ours; the message never says what stands in it."""


class NotOurs(SignedError):
    """Not the form of what a kiosk signs, whoever signed it."""


class UnknownKey(SignedError):
    """Signed by a key that is not among the given ones."""


class WrongSignature(SignedError):
    """Says that it is signed by a known key, and is not."""


@dataclass(frozen=True, slots=True)
class Form:
    """What tells one kind of signed text from another; `longest` in characters."""

    prefix: str
    longest: int


@dataclass(frozen=True, slots=True)
class _Envelope:
    kid: bytes
    payload: bytes
    signature: bytes


class SigningKey:
    """A kiosk's own key, made of a seed of 32 bytes. repr shows the public half only."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.kid = key_id(self.public_key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kid={self.kid.hex()})"

    def signed(self, form: Form, payload: bytes) -> str:
        """The text of the QR; the same for the same payload."""
        return _text(form, self._enveloped(payload))

    def signed_file(self, payload: bytes) -> bytes:
        """The bytes of a file; the same for the same payload."""
        return _packed(self._enveloped(payload))

    def _enveloped(self, payload: bytes) -> _Envelope:
        return _Envelope(self.kid, payload, self._key.sign(_to_be_signed(payload)))


def key_id(public_key: bytes) -> bytes:
    """How a signed text names the key: the first 4 bytes of the SHA-256 of its 32."""
    return hashlib.sha256(public_key).digest()[:4]


def payload_of(form: Form, text: str) -> bytes:
    """Whoever signed it. Raises NotOurs and nothing else."""
    return _envelope(form, text).payload


def check(form: Form, text: str, keys: Collection[bytes]) -> None:
    """Whether one of these public keys signed it. Raises NotOurs, UnknownKey, WrongSignature."""
    _check(_envelope(form, text), keys)


def file_payload(data: bytes, keys: Collection[bytes]) -> bytes:
    """What stands in a file that one of these public keys signed. Raises NotOurs, UnknownKey, WrongSignature."""
    envelope = _unpacked(data)
    if _packed(envelope) != data:
        raise NotOurs("not a COSE_Sign1 as we write it")
    _check(envelope, keys)
    return envelope.payload


def _check(envelope: _Envelope, keys: Collection[bytes]) -> None:
    named = [key for key in keys if key_id(key) == envelope.kid]
    if not named:
        raise UnknownKey("signed by a key that is not known here")
    if not any(_is_signed(envelope, key) for key in named):
        raise WrongSignature("the signature does not belong to what it says")


def decoded(data: bytes) -> object:
    """Raises NotOurs."""
    try:
        return cbor.loads(data)
    except ValueError:
        raise NotOurs("not CBOR") from None


def claimed_s(found: object) -> int | None:
    """Whole seconds that a calendar can show, None where none are said. Raises NotOurs."""
    if found is None or (type(found) is int and 0 <= found < _LATEST_S):
        return found
    raise NotOurs("not a time that a kiosk writes")


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


def _text(form: Form, envelope: _Envelope) -> str:
    return form.prefix + base45.encode(_packed(envelope))


def _packed(envelope: _Envelope) -> bytes:
    parts = [_PROTECTED, {_KID: envelope.kid}, envelope.payload, envelope.signature]
    return cbor2.dumps(cbor2.CBORTag(_SIGN1, parts), canonical=True)


def _envelope(form: Form, text: str) -> _Envelope:
    if not text.startswith(form.prefix) or len(text) > form.longest:
        raise NotOurs("not signed by a kiosk")
    try:
        data = base45.decode(text[len(form.prefix) :])
    except ValueError:
        raise NotOurs("not base45") from None
    envelope = _unpacked(data)
    if _text(form, envelope) != text:
        raise NotOurs("not a COSE_Sign1 as a kiosk writes it")
    return envelope


def _unpacked(data: bytes) -> _Envelope:
    match decoded(data):
        case cbor.Tagged(tag=18, value=[_, {4: bytes(kid)}, bytes(payload), bytes(signature)]):
            if (len(kid), len(signature)) == (4, 64):
                return _Envelope(kid, payload, signature)
    raise NotOurs("not a COSE_Sign1")
