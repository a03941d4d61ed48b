"""Machine-readable zones of passports (TD3) and cards (TD1), ICAO 9303 parts 4 and 5 (identity-document notes 4).

Of the zone only what stands under a check digit makes the person's canonical form: number and birth. State and names
have none, and one letter that a reader mistakes would make two persons of one.
"""

import re
from datetime import date

from kiosk.credentials.masks import mask_number
from kiosk.credentials.meanings import Identity, NotTaken, Rejected
from kiosk.credentials.numbers import weighted_731
from kiosk.frozen import dataclass
from kiosk.model import Refusal

_LINE_END = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_SHAPE = re.compile(r"[A-Z0-9<*]{30,100}")
_TO_DIGITS = str.maketrans("OIBSZ", "01852")
_TO_LETTERS = str.maketrans("01852", "OIBSZ")
_STATE = re.compile(r"[A-Z]{1,3}<{0,2}")
_NAMES = re.compile(r"[A-Z]+(<{1,2}[A-Z]+)*<*")


@dataclass(frozen=True, slots=True, repr=False)
class _Zone:
    """The fields in clear, whatever the document's size."""

    kind: str
    """The letter behind that of the document."""
    state: str
    number: str
    birth: str
    sex: str
    nationality: str
    names: str


def zone_identity(text: str) -> Identity | Rejected | None:
    """The holder of a passport or card; lines may be joined or end in CR, LF or both. None for what is no zone.
    Visas and cards of two lines of 36 are no codes that are used here."""
    joined = _LINE_END.sub("", text.upper())
    if "<<" not in joined or not _SHAPE.fullmatch(joined):
        return None
    try:
        match len(joined), _letters(joined[0]):
            case 88, "P":
                return _holder("passport", _td3(joined[:44], joined[44:]))
            case 90, ("A" | "C" | "I"):
                return _holder("card", _td1(joined[:30], joined[30:60], joined[60:]))
            case ((72 | 88 | 90), _):
                return Rejected(Refusal.UNKNOWN_CODE)
    except NotTaken as refused:
        return Rejected(refused.reason)
    return Rejected(Refusal.UNREADABLE)


def _td3(top: str, bottom: str) -> _Zone:
    birth, expiry = _digits(bottom[13:20]), _digits(bottom[21:28])
    number, optional = bottom[:9] + _digits(bottom[9]), bottom[28:42] + _digits(bottom[42])
    composite = number + birth + expiry + optional + _digits(bottom[43])
    checked = [number, birth, expiry, composite] + [optional] * (optional != "<" * 15)
    if not all(map(_is_checked, checked)):
        raise NotTaken(Refusal.WRONG_CHECK_DIGIT)
    nationality = _letters(bottom[10:13])
    kind, state = _letters(top[1]), _letters(top[2:5])
    return _Zone(kind, state, number[:9], birth, bottom[20], nationality, _letters(top[5:]))


def _td1(top: str, middle: str, names: str) -> _Zone:
    birth, expiry = _digits(middle[:7]), _digits(middle[8:15])
    number, rest = _long_number(top)
    composite = rest + birth + expiry + middle[18:29] + _digits(middle[29])
    if not all(map(_is_checked, (number, birth, expiry, composite))):
        raise NotTaken(Refusal.WRONG_CHECK_DIGIT)
    nationality = _letters(middle[15:18])
    kind, state = _letters(top[1]), _letters(top[2:5])
    return _Zone(kind, state, number[:-1], birth, middle[7], nationality, _letters(names))


def _long_number(top: str) -> tuple[str, str]:
    """The number with its check digit, and all that the composite digit covers of the first line.

    A number of more than nine characters goes on in the optional field: `<` stands for its check digit, which
    follows the last character there."""
    if top[14] != "<" or top[15] == "<":
        number = top[5:14] + _digits(top[14])
        return number, number + top[15:]
    tail = top[15:].partition("<")[0]
    tail = tail[:-1] + _digits(tail[-1])
    return top[5:14] + tail, top[5:15] + tail + top[15 + len(tail) :]


def _digits(text: str) -> str:
    """Where only digits and fillers may stand, a letter that readers mistake for a digit is that digit."""
    return text.translate(_TO_DIGITS)


def _letters(text: str) -> str:
    return text.translate(_TO_LETTERS)


def _is_checked(text: str) -> bool:
    """Whether the last character is the check digit of those before it; a masked character has no value."""
    return text[-1].isdigit() and "*" not in text and weighted_731(text[:-1]) == int(text[-1])


def _holder(kind: str, zone: _Zone) -> Identity:
    number = zone.number.rstrip("<")
    if not number or not _is_well_filled(zone):
        raise NotTaken(Refusal.UNREADABLE)
    if not _is_birth(zone.birth[:6]):
        raise NotTaken(Refusal.WRONG_BIRTH_DATE)
    name = " ".join(zone.names.replace("<", " ").split())
    return Identity(f"{kind}:{number}:{zone.birth[:6]}", name, mask_number(number))


def _is_well_filled(zone: _Zone) -> bool:
    """Fillers only behind what they fill."""
    states = _STATE.fullmatch(zone.state) and _STATE.fullmatch(zone.nationality)
    filled = zone.kind == "<" or zone.kind.isalpha()
    return bool(filled and states and zone.sex in "MFX<" and _NAMES.fullmatch(zone.names))


def _is_birth(text: str) -> bool:
    """A real date; of one that is not known, fillers stand from the right."""
    known = text.rstrip("<")
    if len(known) in (0, 2):
        return True
    return _is_date(known + "01" if len(known) == 4 else known)


def _is_date(text: str) -> bool:
    """A birth lies in the past: a year that has not come is one of the 1900s, so any real date will do. 1900 was no
    leap year, 2000 was."""
    try:
        date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return False
    return True
