"""What a guard is told of a voucher: pure verdicts, and their words."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.texts import Texts
from kiosk.vouchers.token import Claims, NotAVoucher, UnknownKey, WrongSignature, verify

CLOCKS_APART_S = 600
"""Two clocks that were set may differ by this much; beyond it one of them is wrong."""

_PUBLIC_KEY = re.compile(r"[0-9A-Fa-f]{64}")


class Finding(StrEnum):
    """Each has its words in the catalogues."""

    GENUINE = "genuine"
    UNDATED = "undated"
    """Genuine, printed while the kiosk's clock was not trusted."""
    TOO_OLD = "too-old"
    IN_FUTURE = "in-future"
    WRONG_SIGNATURE = "wrong-signature"
    UNKNOWN_KEY = "unknown-key"
    NOT_A_VOUCHER = "not-a-voucher"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`claims` is None where nothing in the text can be believed."""

    finding: Finding
    claims: Claims | None = None

    @property
    def good(self) -> bool:
        return self.finding in (Finding.GENUINE, Finding.UNDATED)


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """How old a voucher may be; `now_s` is in seconds since 1970 UTC."""

    hours: float
    now_s: float


class KeyFileError(Exception):
    """Lines of a keys file that hold no public key, counted from 1."""

    def __init__(self, lines: list[int]) -> None:
        super().__init__(f"lines {lines}")
        self.lines = lines


def read_keys(text: str) -> frozenset[bytes]:
    """The public keys of a keys file: 64 hex digits a line, then perhaps a name; # begins a comment. KeyFileError."""
    words = [(number, line.partition("#")[0].split()) for number, line in enumerate(text.splitlines(), start=1)]
    first = [(number, each[0]) for number, each in words if each]
    wrong = [number for number, word in first if not _PUBLIC_KEY.fullmatch(word)]
    if wrong:
        raise KeyFileError(wrong)
    return frozenset(bytes.fromhex(word) for _, word in first)


def judge(text: str, keys: Collection[bytes], limit: AgeLimit | None = None) -> Verdict:
    """The verdict on what a scanner read."""
    try:
        claims = verify(text, keys)
    except NotAVoucher:
        return Verdict(Finding.NOT_A_VOUCHER)
    except UnknownKey:
        return Verdict(Finding.UNKNOWN_KEY)
    except WrongSignature:
        return Verdict(Finding.WRONG_SIGNATURE)
    return Verdict(_by_age(claims, limit), claims)


def _by_age(claims: Claims, limit: AgeLimit | None) -> Finding:
    if claims.issued_s is None:
        return Finding.UNDATED
    if limit is None:
        return Finding.GENUINE
    age_s = limit.now_s - claims.issued_s
    if age_s < -CLOCKS_APART_S:
        return Finding.IN_FUTURE
    return Finding.TOO_OLD if age_s > limit.hours * 3600 else Finding.GENUINE


def in_words(verdict: Verdict, texts: Texts, zone: ZoneInfo) -> str:
    """One line for the guard."""
    head = texts.say(f"verify.{verdict.finding}")
    claims = verdict.claims
    if claims is None:
        return head
    time = (
        ""
        if claims.issued_s is None
        else f"{datetime.fromtimestamp(claims.issued_s, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    )
    return "  ".join(each for each in (head, claims.number, claims.subject, time, claims.issuer) if each)
