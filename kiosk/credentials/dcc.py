"""The EU Digital COVID Certificate: HC1, base45, zlib, COSE_Sign1, CWT, schema 1.3 (identity-document notes 5).

Its identity is who it was made out to; what it says of vaccines and tests, and its own number, is left behind.
"""

import re
from collections.abc import Mapping

from kiosk.credentials import cose
from kiosk.credentials.inflating import ZLIB, inflated
from kiosk.credentials.keys import Trust
from kiosk.credentials.masks import mask_birth
from kiosk.credentials.meanings import Identity, NotTaken, Rejected
from kiosk.encodings import base45
from kiosk.model import Refusal

PREFIX = "HC1:"

_HCERT = -260
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_NAME = re.compile(r"[A-Z<]{0,80}")
_BIRTH = re.compile(r"((19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?)?")
_NEEDED = {
    "v": ("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"),
    "t": ("tg", "tt", "sc", "tr", "co", "is", "ci"),
    "r": ("tg", "fr", "co", "is", "df", "du", "ci"),
}
"""What an entry of each kind must have."""


def certificate_identity(text: str, trust: Trust | None, now_s: float | None) -> Identity | Rejected:
    """Who holds it, once the signature and the time are right; `text` begins with the prefix."""
    if trust is None:
        return Rejected(Refusal.CANNOT_BE_CHECKED)
    try:
        return _holder(_message(text[len(PREFIX) :]), trust, now_s)
    except NotTaken as refused:
        return Rejected(refused.reason)


def _message(text: str) -> cose.Signed:
    try:
        packed = base45.decode(text)
    except ValueError:
        raise NotTaken(Refusal.TORN) from None
    return cose.signed(inflated(packed, ZLIB))


def _holder(message: cose.Signed, trust: Trust, now_s: float | None) -> Identity:
    signer = cose.checked(message, trust.named(message.kid))
    claims = cose.mapping(message.payload)
    kind, identity = _certificate(claims.get(_HCERT))
    if signer.uses and kind not in signer.uses:
        raise NotTaken(Refusal.WRONG_SIGNATURE)
    if claims.get(cose.EXP) is None:
        raise NotTaken(Refusal.TORN)
    cose.judge_times(claims, (cose.IAT, cose.NBF), cose.EXP, now_s)
    return identity


def _certificate(found: object) -> tuple[str, Identity]:
    match found:
        case {1: {"ver": str(version), "nam": {"fnt": str(surname), **names}, "dob": str(birth), **entries}}:
            given = names.get("gnt") or ""
        case _:
            raise NotTaken(Refusal.TORN)
    if not (isinstance(given, str) and _VERSION.fullmatch(version) and _BIRTH.fullmatch(birth)):
        raise NotTaken(Refusal.TORN)
    if not (surname.strip("<") and _NAME.fullmatch(surname) and _NAME.fullmatch(given)):
        raise NotTaken(Refusal.TORN)
    return _kind(entries), _identity(surname, given, birth)


def _kind(entries: Mapping[object, object]) -> str:
    """One certificate holds one entry of one kind; the other kinds may be there as null."""
    present = [kind for kind in _NEEDED if entries.get(kind) is not None]
    match [entries[kind] for kind in present]:
        case [[Mapping() as entry]] if all(entry.get(key) is not None for key in _NEEDED[present[0]]):
            return present[0]
    raise NotTaken(Refusal.TORN)


def _identity(surname: str, given: str, birth: str) -> Identity:
    parts = ("<".join(filter(None, part.split("<"))) for part in (surname, given))
    canonical = ":".join(("dcc", *parts, birth))
    name = " ".join(f"{surname}<{given}".replace("<", " ").split())
    return Identity(canonical, name, mask_birth(birth))
