"""Numbers of identity cards, residence permits and permanent-residence cards (identity-document notes 1 to 3)."""

import re
from datetime import date

from kiosk.credentials.meanings import Identity, Rejected
from kiosk.model import Refusal

OLDEST_YEARS = 130

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LOOKS_LIKE_18 = re.compile(r"[0-9]{17}[0-9A-Z]")
_OLD_FORM = re.compile(r"[1-8][0-9]{14}")
_CARD_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")
_CITIZEN = re.compile(r"[1-8][0-9]{16}[0-9X]")
_FOREIGNER_2023 = re.compile(r"9[1-8][0-9](?!000|156)[0-9]{3}[0-9]{11}[0-9X]")
"""Province and nationality; neither 000 nor China's own 156 is a foreigner's."""


def checked_number(text: str, name: str, today: date | None) -> Identity | Rejected | None:
    """The forms with a check digit, whose letters are capitals: 18 characters, or 15 of the card of 2017.
    None for what has the shape of neither."""
    if _LOOKS_LIKE_18.fullmatch(text):
        return _eighteen(text, name, today)
    if _CARD_2017.fullmatch(text):
        return _foreigner_2017(text, name)
    return None


def old_number(text: str, today: date | None) -> Identity | None:
    """15 digits: as 18 with the century 19, before check digits. None if its date cannot be."""
    if not _OLD_FORM.fullmatch(text):
        return None
    body = f"{text[:6]}19{text[6:]}"
    return Identity(f"id:{body}{id_check_digit(body)}", "") if _is_birth_date(body[6:14], today) else None


def id_check_digit(first17: str) -> str:
    """The 18th character of a resident number (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def weighted_731(text: str) -> int:
    """The check digit of ICAO 9303: weights 7 3 1, A is 10, `<` is 0."""
    values = (0 if character == "<" else int(character, 36) for character in text)
    return sum(value * (7, 3, 1)[index % 3] for index, value in enumerate(values)) % 10


def _eighteen(number: str, name: str, today: date | None) -> Identity | Rejected:
    """Area 6, birth 8, sequence 3, check 1. Areas that no table knows are taken: counties vanish, numbers stay."""
    is_form = _CITIZEN.fullmatch(number) or _FOREIGNER_2023.fullmatch(number)
    if not is_form or number[17] != id_check_digit(number[:17]):
        return Rejected(Refusal.WRONG_CHECK_DIGIT)
    if not _is_birth_date(number[6:14], today):
        return Rejected(Refusal.WRONG_BIRTH_DATE)
    return Identity(f"id:{number}", name)


def _foreigner_2017(number: str, name: str) -> Identity | Rejected:
    """Nationality 3 letters, place 4, birth YYMMDD, sequence 1, check 1."""
    if weighted_731(number[:14]) != int(number[14]):
        return Rejected(Refusal.WRONG_CHECK_DIGIT)
    if not any(_is_birth_date(century + number[7:13], None) for century in ("19", "20")):
        return Rejected(Refusal.WRONG_BIRTH_DATE)
    return Identity(f"prc:{number}", name)


def _is_birth_date(text: str, today: date | None) -> bool:
    try:
        birth = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    if today is None:
        return text[:2] in ("18", "19", "20")
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return birth <= today and years < OLDEST_YEARS
