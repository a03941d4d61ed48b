"""From a scan to what it means: pure, and the only place where an identity stands in clear."""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kiosk import voucher_token
from kiosk.check_digits import is_mod_97_10, mod_97_10
from kiosk.model import Person, Refusal, StaffAction
from kiosk.ports import CardKind, CardScan, Scan, TextScan

LONGEST_CODE = 512
"""Bytes; longer than any code a resident holds up in this release."""

OLDEST_YEARS = 130

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_FORM = re.compile(r"[0-9]{17}[0-9X]")
_LOOKS_LIKE_ID = re.compile(r"[0-9]{17}[0-9A-Z]")
_CARD_2017_FORM = re.compile(r"[A-Z]{3}[0-9]{12}")
_TUBE_FORM = re.compile(r"[0-9]{12}")
_VOUCHER_FORM = re.compile(r"V[0-9]{13}")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's credential in clear: canonical form and name. Never stored; repr shows nothing."""

    canonical: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TubeCode:
    """A tube's barcode: a supplier's (`preprinted`) or one of ours."""

    code: str
    preprinted: bool


@dataclass(frozen=True, slots=True)
class VoucherCode:
    number: str


@dataclass(frozen=True, slots=True)
class StaffCode:
    action: StaffAction


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not a credential that the kiosk takes; the reason says which rule it broke."""

    reason: Refusal


Credential = Identity | TubeCode | VoucherCode | StaffCode


@dataclass(frozen=True, slots=True)
class Forms:
    """Which codes this point takes beside ID numbers, vouchers and its own tube codes."""

    health_code: re.Pattern[str]
    preprinted_tube: re.Pattern[str]
    block: str
    staff: Mapping[str, StaffAction] = field(repr=False)


def understand(scan: Scan, forms: Forms, today: date | None) -> Credential | Rejected:
    """What a scan means. `today` is None while the clock is not trusted: then no birth date is in the future."""
    match scan:
        case CardScan():
            return _card(scan, today)
        case TextScan():
            return _text(scan.data, forms, today)


def _card(scan: CardScan, today: date | None) -> Identity | Rejected:
    number = scan.number.upper()
    if scan.kind is CardKind.FOREIGNER_2017 and len(number) == 15:
        return _foreigner_2017(number, scan.name)
    return _id_number(number, scan.name, today)


def _text(data: bytes, forms: Forms, today: date | None) -> Credential | Rejected:
    if len(data) > LONGEST_CODE:
        return Rejected(Refusal.TOO_LONG)
    text = _decode(data).strip(" \t\r\n")
    if any(unicodedata.category(character) == "Cc" for character in text):
        return Rejected(Refusal.CONTROL_BYTES)
    if text in forms.staff:
        return StaffCode(forms.staff[text])
    if text.startswith(voucher_token.PREFIX):
        return _signed_voucher(text)
    return _code(unicodedata.normalize("NFKC", text), forms, today)


def _signed_voucher(text: str) -> VoucherCode | Rejected:
    """Signed by whom does not matter here: a voucher only asks what the journal knows of its number."""
    try:
        return VoucherCode(voucher_token.read(text).number)
    except voucher_token.NotAVoucher:
        return Rejected(Refusal.UNKNOWN_CODE)


def _code(text: str, forms: Forms, today: date | None) -> Credential | Rejected:
    upper = text.upper()
    if _LOOKS_LIKE_ID.fullmatch(upper):
        return _id_number(upper, "", today)
    if _VOUCHER_FORM.fullmatch(upper):
        return VoucherCode(upper) if is_mod_97_10(upper[1:]) else Rejected(Refusal.WRONG_CHECK_DIGIT)
    if _TUBE_FORM.fullmatch(text) and text.startswith(forms.block) and is_mod_97_10(text):
        return TubeCode(text, preprinted=False)
    if forms.preprinted_tube.fullmatch(text):
        return TubeCode(text, preprinted=True)
    if _TUBE_FORM.fullmatch(text):
        return TubeCode(text, preprinted=False) if is_mod_97_10(text) else Rejected(Refusal.WRONG_CHECK_DIGIT)
    if forms.health_code.fullmatch(text):
        return Identity(f"health:{text}", "")
    return Rejected(Refusal.UNKNOWN_CODE)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _id_number(number: str, name: str, today: date | None) -> Identity | Rejected:
    """GB 11643: 6 area, 8 birth, 3 sequence, 1 check (ISO 7064 MOD 11-2). Unknown areas are taken."""
    if not _ID_FORM.fullmatch(number) or number[17] != id_check_digit(number[:17]):
        return Rejected(Refusal.WRONG_CHECK_DIGIT)
    if not _is_birth_date(number[6:14], today):
        return Rejected(Refusal.WRONG_BIRTH_DATE)
    return Identity(f"id:{number}", name)


def id_check_digit(first17: str) -> str:
    """The 18th character of a resident number."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def _is_birth_date(text: str, today: date | None) -> bool:
    try:
        birth = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return today is None or (birth <= today and today.year - birth.year < OLDEST_YEARS)


def _foreigner_2017(number: str, name: str) -> Identity | Rejected:
    """3 letters, 4 place, 6 birth, 1 sequence, 1 check with weights 7 3 1 (as ICAO 9303)."""
    if not _CARD_2017_FORM.fullmatch(number):
        return Rejected(Refusal.UNKNOWN_CODE)
    total = sum(int(character, 36) * (7, 3, 1)[index % 3] for index, character in enumerate(number[:14]))
    if total % 10 != int(number[14]):
        return Rejected(Refusal.WRONG_CHECK_DIGIT)
    return Identity(f"prc:{number}", name)


def tube_code(block: str, serial: int) -> str:
    """12 digits: leased block (4), serial (6), check (2)."""
    return _numbered(block, serial, 6)


def voucher_number(block: str, serial: int) -> str:
    """`V` and 13 digits: leased block (4), serial (7), check (2)."""
    return "V" + _numbered(block, serial, 7)


def _numbered(block: str, serial: int, width: int) -> str:
    if not 0 < serial < 10**width:
        raise ValueError(f"block {block} has no number {serial}: it is used up")
    body = f"{block}{serial:0{width}d}"
    return body + mod_97_10(body)


def person(identity: Identity, round_key: bytes) -> Person:
    """The keyed hash (HMAC-SHA256) and the masks: what may stay when the scan is forgotten."""
    key = hmac.new(round_key, identity.canonical.encode(), hashlib.sha256).digest()
    return Person(key, mask_name(identity.name), mask_number(identity.canonical.partition(":")[2]))


def mask_number(number: str) -> str:
    """The last four characters; never more than a quarter of a short one."""
    shown = min(4, len(number) // 4)
    hidden = min(len(number) - shown, 14)
    return "*" * hidden + (number[-shown:] if shown else "")


def mask_name(name: str) -> str:
    """The first character of each word, the rest as stars."""
    return " ".join(word[0] + "*" * min(len(word) - 1, 8) for word in name.split())


def staff_codes(staff_key: bytes) -> dict[str, StaffAction]:
    """The secret code text of each staff action at this point."""
    return {_staff_code(staff_key, action): action for action in StaffAction}


def _staff_code(staff_key: bytes, action: StaffAction) -> str:
    tag = hmac.new(staff_key, f"staff:{action}".encode(), hashlib.sha256).digest()
    return "KS-" + base64.b32encode(tag[:15]).decode()
