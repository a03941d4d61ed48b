"""Health and registration codes by the forms that a point has declared: each finds the token, and the form's name
keeps the tokens of two systems apart."""

import base64
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from kiosk.credentials import cose
from kiosk.credentials.keys import MOST_UNNAMED, Trust
from kiosk.credentials.meanings import Identity, NotTaken, Rejected
from kiosk.credentials.numbers import checked_number
from kiosk.credentials.patterns import Pattern
from kiosk.credentials.transmitted import AROUND
from kiosk.encodings import base45
from kiosk.frozen import dataclass
from kiosk.model import Badge, Refusal, StaffAction

LONGEST_TOKEN = 256
"""Characters of what a URL, an object or a claim may hold as its token."""

RESERVED_NAMES = frozenset({"id", "prc", "passport", "card", "dcc", "shc"})
"""Beginnings of canonical forms that documents have."""

_HTTP = ("http://", "https://")
_FIELDS = 32


@dataclass(frozen=True, slots=True)
class PatternForm:
    """The whole text is the token."""

    name: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class UrlForm:
    """The token is a parameter of a query; the URL is never opened."""

    name: str
    host: str
    field: str


@dataclass(frozen=True, slots=True)
class JsonForm:
    """The token is a value of an object; `path` goes down to it."""

    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CwtForm:
    """The token is a claim of a CWT signed by one of the keys; behind the prefix stands base45 or base64url."""

    name: str
    prefix: str
    encoding: str
    claim: int | str
    trust: Trust = field(repr=False)


CodeForm = PatternForm | UrlForm | JsonForm | CwtForm


@dataclass(frozen=True, slots=True)
class Forms:
    """Which codes this point takes beside ID numbers, travel documents and vouchers. Without their keys, COVID
    certificates and health cards cannot be checked."""

    codes: tuple[CodeForm, ...]
    preprinted_tube: Pattern
    block: str
    staff: Mapping[str, StaffAction] = field(repr=False)
    dcc: Trust | None = field(default=None, repr=False)
    shc: Trust | None = field(default=None, repr=False)
    badge: Callable[[str], Badge | None] = field(default=lambda _: None, repr=False)
    """A badge of this point by its text."""
    voucher_keys: frozenset[bytes] = frozenset()
    """Public keys of kiosks whose vouchers prove that somebody was sampled elsewhere."""
    order_keys: frozenset[bytes] = frozenset()
    """Public keys of whoever may order something here."""


def structured_identity(
    text: str, codes: tuple[CodeForm, ...], today: date | None, now_s: float | None
) -> Identity | Rejected | None:
    """By the first form but a pattern that knows the text; None if none does."""
    for form in codes:
        try:
            found = _structured_token(text, form, now_s)
        except NotTaken as refused:
            return Rejected(refused.reason)
        if found is not None:
            return _identity(form.name, found, today)
    return None


def patterned_identity(text: str, codes: tuple[CodeForm, ...]) -> Identity | None:
    """By the first pattern that fits the whole text."""
    for form in codes:
        if isinstance(form, PatternForm) and form.pattern.fits(text):
            return Identity(f"{form.name}:{text}", "")
    return None


def _identity(name: str, token: str, today: date | None) -> Identity | Rejected:
    """A token that is an identity number is the person of that card. What says nothing in a plain code says nothing
    here."""
    token = unicodedata.normalize("NFKC", token.strip(AROUND)).strip(AROUND)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in token):
        return Rejected(Refusal.CONTROL_BYTES)
    if not token or len(token) > LONGEST_TOKEN:
        return Rejected(Refusal.UNKNOWN_CODE)
    return checked_number(token.upper(), "", today) or Identity(f"{name}:{token}", "")


def _structured_token(text: str, form: CodeForm, now_s: float | None) -> str | None:
    match form:
        case UrlForm() if text[:8].lower().startswith(_HTTP):
            return _of_url(text, form)
        case JsonForm() if text.startswith("{"):
            return _of_json(text, form)
        case CwtForm():
            body = _behind_prefix(text, form)
            return None if body is None else _of_cwt(body, form, now_s)
    return None


def _behind_prefix(text: str, form: CwtForm) -> str | None:
    """Base45 has no small letters, so Caps Lock is forgiven."""
    start, body = text[: len(form.prefix)], text[len(form.prefix) :]
    if form.encoding != "base45":
        return body if start == form.prefix else None
    return base45.capitals(body) if base45.capitals(start) == form.prefix.upper() else None


def _of_url(text: str, form: UrlForm) -> str | None:
    """None for another host, another port than its scheme's, or a parameter that is missing or stands there twice."""
    try:
        url = urlsplit(text)
        is_there = url.hostname == form.host and url.port in (None, 80, 443) and url.username is None
        pairs = parse_qsl(url.query, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        return None
    values = [value for key, value in pairs if key == form.field]
    return values[0] if is_there and len(values) == 1 else None


def _of_json(text: str, form: JsonForm) -> str | None:
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    for key in form.path:
        found = found.get(key) if isinstance(found, dict) else None
    return _token(found)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Raises ValueError for a key that stands there twice: readers would differ about the token."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _of_cwt(text: str, form: CwtForm, now_s: float | None) -> str:
    try:
        data = base45.decode(text) if form.encoding == "base45" else _base64url(text)
    except ValueError:
        raise NotTaken(Refusal.TORN) from None
    message = cose.signed(data)
    _check(message, form.trust)
    claims = cose.mapping(message.payload)
    cose.judge_times(claims, (cose.NBF,), cose.EXP, now_s)
    token = _token(claims.get(form.claim))
    if token is None:
        raise NotTaken(Refusal.TORN)
    return token


def _check(message: cose.Signed, trust: Trust) -> None:
    """Issuers count their key ids as they like: where none fits, the keys are tried in turn, and a signer whom nobody
    here knows by id or key cannot be checked."""
    named = trust.keys.get(message.kid, ())
    try:
        cose.checked(message, named or [each for keys in trust.keys.values() for each in keys][:MOST_UNNAMED])
    except NotTaken as refused:
        if message.kid and not named:
            raise NotTaken(Refusal.CANNOT_BE_CHECKED) from refused
        raise


def _base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _token(found: object) -> str | None:
    match found:
        case bool():
            return None
        case str() | int():
            return str(found)
        case bytes():
            return found.hex()
    return None
