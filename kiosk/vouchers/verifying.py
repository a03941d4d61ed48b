"""What a guard is told of a voucher: pure verdicts, and their words."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.encodings.base45 import capitals
from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.model.local_time import moment
from kiosk.texts import Texts
from kiosk.vouchers.token import Claims, NotAVoucher, UnknownKey, WrongSignature, verify

CLOCKS_APART_S = 600
"""Two clocks that were set may differ by this much; beyond it one of them is wrong."""

_PUBLIC_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_NUMBER = re.compile(r"[Vv][0-9]{13}")


class Finding(StrEnum):
    """Each has its words in the catalogues."""

    GENUINE = "genuine"
    UNDATED = "undated"
    """Genuine, printed while the kiosk's clock was not trusted, and nobody asks how old it is."""
    AGE_NOT_PROVED = "age-not-proved"
    """The same, and somebody asks."""
    WITHDRAWN = "withdrawn"
    TOO_OLD = "too-old"
    IN_FUTURE = "in-future"
    WRONG_SIGNATURE = "wrong-signature"
    UNKNOWN_KEY = "unknown-key"
    NOT_A_VOUCHER = "not-a-voucher"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`claims` is None where nothing in the text can be believed; `shown_s` is when the same voucher was shown here
    before, in seconds since 1970 UTC."""

    finding: Finding
    claims: Claims | None = None
    shown_s: float | None = None

    @property
    def good(self) -> bool:
        return self.finding in (Finding.GENUINE, Finding.UNDATED)


class LinesError(Exception):
    """Lines of a file that cannot be used, counted from 1."""

    def __init__(self, lines: list[int]) -> None:
        super().__init__(f"lines {lines}")
        self.lines = lines


def read_keys(text: str) -> frozenset[bytes]:
    """The public keys of a keys file: 64 hex digits a line, then perhaps a name; # begins a comment. LinesError."""
    return frozenset(bytes.fromhex(word) for word in _first_words(text, _PUBLIC_KEY.fullmatch))


def read_withdrawn(text: str) -> frozenset[str]:
    """The vouchers of a list of withdrawn ones: a number a line, then perhaps words; # begins a comment. LinesError."""
    return frozenset(word.upper() for word in _first_words(text, _is_number))


def _first_words(text: str, fits: Callable[[str], object]) -> list[str]:
    words = [(number, line.partition("#")[0].split()) for number, line in enumerate(text.splitlines(), start=1)]
    first = [(number, each[0]) for number, each in words if each]
    wrong = [number for number, word in first if not fits(word)]
    if wrong:
        raise LinesError(wrong)
    return [word for _, word in first]


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None and is_mod_97_10(word[1:])


@dataclass(slots=True)
class Gate:
    """One guard's post: what it knows, and what was shown there. `hours`: how old a voucher may be."""

    keys: Collection[bytes]
    withdrawn: Collection[str] = ()
    hours: float | None = None
    _shown_s: dict[str, float] = field(default_factory=dict)

    def judge(self, text: str, now_s: float) -> Verdict:
        """The verdict on what a scanner read; `now_s` is in seconds since 1970 UTC."""
        try:
            claims = verify(capitals(text), self.keys)
        except NotAVoucher:
            return Verdict(Finding.NOT_A_VOUCHER)
        except UnknownKey:
            return Verdict(Finding.UNKNOWN_KEY)
        except WrongSignature:
            return Verdict(Finding.WRONG_SIGNATURE)
        shown_s, self._shown_s[claims.number] = self._shown_s.get(claims.number), now_s
        finding = Finding.WITHDRAWN if claims.number in self.withdrawn else _by_age(claims, self.hours, now_s)
        return Verdict(finding, claims, shown_s)


def _by_age(claims: Claims, hours: float | None, now_s: float) -> Finding:
    if claims.issued_s is None:
        return Finding.UNDATED if hours is None else Finding.AGE_NOT_PROVED
    if hours is None:
        return Finding.GENUINE
    age_s = now_s - claims.issued_s
    if age_s < -CLOCKS_APART_S:
        return Finding.IN_FUTURE
    return Finding.TOO_OLD if age_s > hours * 3600 else Finding.GENUINE


def in_words(verdict: Verdict, texts: Texts, zone: ZoneInfo) -> str:
    """One line for the guard."""
    said = [texts.say(f"verify.{verdict.finding}")]
    claims = verdict.claims
    if claims is not None:
        time = "" if claims.issued_s is None else f"{moment(zone, claims.issued_s):%Y-%m-%d %H:%M}"
        said += [claims.number, claims.subject, time, claims.issuer]
    if verdict.shown_s is not None:
        said.append(texts.say("verify.shown-before", at=f"{moment(zone, verdict.shown_s):%m-%d %H:%M}"))
    return "  ".join(filter(None, said))


def as_object(verdict: Verdict, zone: ZoneInfo) -> dict[str, object]:
    """The same for programs; times in ISO 8601."""
    claims = verdict.claims
    issued_s, shown_s = None if claims is None else claims.issued_s, verdict.shown_s
    return {
        "finding": str(verdict.finding),
        "good": verdict.good,
        "number": None if claims is None else claims.number,
        "subject": None if claims is None else claims.subject,
        "issued": None if issued_s is None else moment(zone, issued_s).isoformat(),
        "issuer": None if claims is None else claims.issuer,
        "shown_before": None if shown_s is None else moment(zone, shown_s).isoformat(timespec="seconds"),
    }
