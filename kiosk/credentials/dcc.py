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
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){2}")
_NAME = re.compile(r"[A-Z<]{0,80}")
_BIRTH = re.compile(r"((19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?)?")
_HOUR = re.compile(
    r"(?<=[0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
"""Bulgaria wrote dates of birth with one; the date counts as it is written."""
_ONE_ENTRY_SINCE = (1, 3)
"""Version of the schema; Romania and Slovakia wrote all doses into one certificate before."""
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
    """The kind of its entries and whose it is. One of the two names is enough (2022/483, annex II 3.2)."""
    match found:
        case {1: {"ver": str(version), "nam": {**names}, "dob": str(birth), **entries}}:
            surname, given = names.get("fnt") or "", names.get("gnt") or ""
            birth = _HOUR.sub("", birth)
        case _:
            raise NotTaken(Refusal.TORN)
    if not (_VERSION.fullmatch(version) and _BIRTH.fullmatch(birth)):
        raise NotTaken(Refusal.TORN)
    if not (isinstance(surname, str) and isinstance(given, str)):
        raise NotTaken(Refusal.TORN)
    if not ((surname + given).strip("<") and _NAME.fullmatch(surname) and _NAME.fullmatch(given)):
        raise NotTaken(Refusal.TORN)
    return _kind(entries, version), _identity(surname, given, birth)


def _kind(entries: Mapping[object, object], version: str) -> str:
    """One certificate is of one kind; the other kinds may be there as null or empty."""
    present = [kind for kind in _NEEDED if entries.get(kind) not in (None, [])]
    match [entries[kind] for kind in present]:
        case [[Mapping(), *more] as found] if not more or _numbers(version) < _ONE_ENTRY_SINCE:
            if all(_is_entry(each, present[0]) for each in found):
                return present[0]
    raise NotTaken(Refusal.TORN)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _is_entry(found: object, kind: str) -> bool:
    return isinstance(found, Mapping) and all(found.get(key) is not None for key in _NEEDED[kind])


def _identity(surname: str, given: str, birth: str) -> Identity:
    """A month or day of 00 is one that is not known."""
    parts = ("<".join(filter(None, part.split("<"))) for part in (surname, given))
    birth = birth.removesuffix("-00").removesuffix("-00")
    canonical = ":".join(("dcc", *parts, birth))
    name = " ".join(f"{surname}<{given}".replace("<", " ").split())
    return Identity(canonical, name, mask_birth(birth))
