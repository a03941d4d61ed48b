"""The SMART Health Card: digits, JWS with ES256, raw DEFLATE, JSON with a Patient (identity-document notes 6)."""

import base64
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from kiosk.credentials.cose import ES256, judge_times, verifies
from kiosk.credentials.inflating import RAW, inflated
from kiosk.credentials.keys import Trust
from kiosk.credentials.masks import mask_birth
from kiosk.credentials.meanings import Identity, NotTaken, Rejected
from kiosk.model import Refusal

PREFIX = "shc:/"

_PARTS = re.compile(r"([0-9]{1,3})/([0-9]{1,3})/")
_PAIRS = re.compile(r"([0-9][0-9])+")
_URL64 = re.compile(r"[A-Za-z0-9_-]+")
_BIRTH = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def card_identity(text: str, trust: Trust | None, now_s: float | None) -> Identity | Rejected:
    """Who holds it, once the signature and the time are right; `text` begins with the prefix."""
    try:
        parts = _jws(_digits(text[len(PREFIX) :])).split(".")
        if trust is None:
            return Rejected(Refusal.CANNOT_BE_CHECKED)
        return _holder(parts, trust, now_s)
    except NotTaken as refused:
        return Rejected(refused.reason)


def _digits(text: str) -> str:
    """The digits of a card in one code. One of several parts alone tells nothing."""
    part = _PARTS.match(text)
    if part is not None and int(part[2]) > 1:
        raise NotTaken(Refusal.ONE_OF_PARTS)
    return text[part.end() :] if part else text


def _jws(digits: str) -> str:
    """Each two digits are a character, 45 less than its code; 483 is eleven times the code of `0` less 45."""
    if not _PAIRS.fullmatch(digits):
        raise NotTaken(Refusal.TORN)
    tens, units = digits[::2].encode(), digits[1::2].encode()
    return bytes(10 * ten + unit - 483 for ten, unit in zip(tens, units, strict=True)).decode("latin-1")


def _holder(parts: list[str], trust: Trust, now_s: float | None) -> Identity:
    match [_bytes(part) for part in parts]:
        case [head, payload, signature]:
            header = _object(head)
        case _:
            raise NotTaken(Refusal.TORN)
    match header:
        case {"alg": "ES256", "zip": "DEF", "kid": str(kid), **others} if "crit" not in others:
            keys = trust.named(kid.encode("utf-8", "replace"))
        case _:
            raise NotTaken(Refusal.TORN)
    if not keys:
        raise NotTaken(Refusal.CANNOT_BE_CHECKED)
    data = f"{parts[0]}.{parts[1]}".encode()
    if not any(verifies(ES256, each.key, signature, data) for each in keys):
        raise NotTaken(Refusal.WRONG_SIGNATURE)
    claims = _object(inflated(payload, RAW))
    judge_times(claims, ("nbf",), "exp", now_s)
    return _patient(claims)


def _bytes(text: str) -> bytes:
    if not _URL64.fullmatch(text) or len(text) % 4 == 1:
        raise NotTaken(Refusal.TORN)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotTaken(Refusal.TORN) from None
    if not isinstance(found, dict):
        raise NotTaken(Refusal.TORN)
    return found


def _patient(claims: Mapping[str, Any]) -> Identity:
    match claims:
        case {"vc": {"credentialSubject": {"fhirBundle": {"entry": [*entries]}}}}:
            resources = [each.get("resource") for each in entries if isinstance(each, dict)]
        case _:
            raise NotTaken(Refusal.TORN)
    match [each for each in resources if isinstance(each, dict) and each.get("resourceType") == "Patient"]:
        case [{"name": [dict(name), *_], "birthDate": str(birth)}] if _BIRTH.fullmatch(birth):
            return _identity(*_names(name), birth)
    raise NotTaken(Refusal.TORN)


def _names(name: Mapping[str, object]) -> tuple[str, list[str]]:
    """Family and given names. People with one name have but one of them, or only the name as one text."""
    match name.get("family", ""), name.get("given", []), name.get("text", ""):
        case "", [], str(text):
            return "", [text]
        case str(family), [*given], _ if all(isinstance(each, str) for each in given):
            return family, [str(each) for each in given]
    raise NotTaken(Refusal.TORN)


def _identity(family: str, given: list[str], birth: str) -> Identity:
    """Names compare without regard to case and to ways of writing the same characters."""
    name = " ".join(" ".join((family, *given)).split())
    parts = (_folded(family), _folded(" ".join(given)))
    if parts == ("", "") or any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise NotTaken(Refusal.TORN)
    return Identity(":".join(("shc", *parts, birth)), name, mask_birth(birth))


def _folded(name: str) -> str:
    """Words joined by `<`, so that no name holds what parts it from the next."""
    words = unicodedata.normalize("NFKC", name).casefold().replace(":", " ").replace("<", " ").split()
    return "<".join(words)
