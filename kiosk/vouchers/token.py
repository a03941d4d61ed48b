"""The signed text in a voucher's QR: a CWT (RFC 8392) in the envelope of what a kiosk signs. Pure.

There is one way to write a voucher, and only what is written so is read.
"""

import unicodedata
from collections.abc import Collection

import cbor2

from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.frozen import dataclass
from kiosk.model import Person, Sample
from kiosk.vouchers.envelope import (
    KEY_BYTES,
    Form,
    SignedError,
    SigningKey,
    UnknownKey,
    WrongSignature,
    check,
    claimed_s,
    decoded,
    key_id,
    payload_of,
)
from kiosk.vouchers.envelope import NotOurs as NotAVoucher

__all__ = [
    "KEY_BYTES",
    "LONGEST",
    "PREFIX",
    "Claims",
    "NotAVoucher",
    "Signer",
    "UnknownKey",
    "VoucherError",
    "WrongSignature",
    "claims_of",
    "key_id",
    "read",
    "shown",
    "subject_of",
    "verify",
]

PREFIX = "KV1:"
LONGEST = 512
"""Characters; the longest that a kiosk's own settings can make is shorter."""
VoucherError = SignedError

_FORM = Form(PREFIX, LONGEST)
_LONGEST_NAME = 9
_CTI_BYTES = 6
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


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


class Signer(SigningKey):
    """Signs vouchers, and whatever else is a kiosk's word."""

    def sign(self, claims: Claims) -> str:
        """The text of the QR; the same for the same claims."""
        return self.signed(_FORM, _payload(claims))


def claims_of(sample: Sample, issuer: str) -> Claims:
    """What the voucher of a sample says: of the person the masked name and the last four characters."""
    issued_s = sample.at.wall_ms // 1000 if sample.at.trusted else None
    return Claims(issuer, subject_of(sample.person), issued_s, sample.voucher)


def subject_of(person: Person) -> str:
    """How a voucher names somebody."""
    subject = f"{person.name[:_LONGEST_NAME]} {person.number[-4:]}".strip()
    return "".join(map(shown, subject))


def read(text: str) -> Claims:
    """What a voucher says, whoever signed it. Raises NotAVoucher and nothing else."""
    return _claims(payload_of(_FORM, text))


def verify(text: str, keys: Collection[bytes]) -> Claims:
    """What a voucher signed by one of these public keys says. Raises NotAVoucher, UnknownKey, WrongSignature."""
    claims = read(text)
    check(_FORM, text, keys)
    return claims


def _payload(claims: Claims) -> bytes:
    said: dict[int, object] = {_Claim.ISS: claims.issuer, _Claim.SUB: claims.subject}
    if claims.issued_s is not None:
        said[_Claim.IAT] = claims.issued_s
    said[_Claim.CTI] = int(claims.number[1:]).to_bytes(_CTI_BYTES, "big")
    return cbor2.dumps(said, canonical=True)


def _claims(payload: bytes) -> Claims:
    match decoded(payload):
        case {_Claim.ISS: str(issuer), _Claim.SUB: str(subject), _Claim.CTI: bytes(cti), **others}:
            claims = Claims(issuer, subject, claimed_s(others.get(_Claim.IAT)), f"V{int.from_bytes(cti, 'big'):013d}")
        case _:
            raise NotAVoucher("not the claims of a voucher")
    if not _is_possible(claims) or _payload(claims) != payload:
        raise NotAVoucher("not the claims of a voucher as a kiosk writes them")
    return claims


def _is_possible(claims: Claims) -> bool:
    """Text that a terminal shows as it is, and a number of ours."""
    numbered = len(claims.number) == 14 and is_mod_97_10(claims.number[1:])
    return numbered and all(shown(each) == each for each in claims.issuer + claims.subject)


def shown(character: str) -> str:
    """As a terminal and a slip may have it."""
    return "?" if unicodedata.category(character) in _UNSHOWABLE else character
