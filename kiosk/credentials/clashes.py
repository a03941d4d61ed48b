"""Whether a declared code could be taken for another, told from the expressions that fit them. Pure.

Own codes and documents are judged before declared codes, and a supplier's tube before documents (`understand`). So
what two expressions share is always taken for the first of them: a declared code for a document, or, worse, a person's
number for a tube.
"""

import re
from collections.abc import Iterable
from functools import cache

from kiosk.credentials.expressions import Language
from kiosk.credentials.languages import common
from kiosk.credentials.meanings import LONGEST_PLAIN
from kiosk.credentials.transmitted import IDENTIFIER
from kiosk.frozen import dataclass

_BASE45 = r"[0-9A-Z $%*+./:-]"
_URL_BASE64 = r"[A-Za-z0-9_-]"
_DATE = r"[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
_TUBE = r"[0-9]{12}"
_OTHERS = {
    "a voucher's number": r"[Vv][0-9]{13}",
    "a signed voucher": "(?i:KV1:).*",
    "a staff code": r"(?i:KS-[A-Z2-7]{24})",
    "an identity number": r"[0-9]{17}[0-9A-Za-z]",
    "an identity number of 15 digits": rf"[1-8][0-9]{{5}}{_DATE}[0-9]{{3}}",
    "the number of a permanent residence card of 2017": r"[A-Za-z]{3}[0-9]{12}",
    "a COVID certificate": "(?i:HC1:).*",
    "a SMART Health Card": "(?i:shc:/).*",
}
"""Shapes, not check digits: a number of the shape is judged as one, and refused if it is wrong. Of signed codes the
beginning alone decides."""
_SENT_BEFORE = rf"{IDENTIFIER}|\\000[0-9]{{3}}"
"""What a scanner may put before a code."""
_ZONE = (r"[A-Za-z0-9<*]{30,100}", r".*<<.*")
_SHORTEST_CWT = 100
"""Characters; its signature alone takes 86."""


language = cache(Language)


@dataclass(frozen=True, slots=True)
class Clash:
    """`text` would be taken for `what`."""

    what: str
    text: str


@cache
def clash(expression: str) -> Clash | None:
    """What of the point's own codes and of the documents it fits too. Raises TooLargeError."""
    return _first({"a tube code": _TUBE, **_OTHERS}, language(expression))


def fits_plain_text(expression: str) -> bool:
    """Raises TooLargeError."""
    return common(language(expression), language(f".{{1,{LONGEST_PLAIN}}}")) is not None


def supplier_clash(expression: str, block: str) -> Clash | None:
    """The same for suppliers' tubes. They may have twelve digits, but then four fixed ones stand first, other than the
    kiosk's block: else a misread label, or that of another kiosk, would be a supplier's tube."""
    pattern = language(expression)
    found = _first({"a tube code of this kiosk": f"{block}[0-9]{{8}}", **_OTHERS}, pattern)
    if found is not None:
        return found
    one = common(language(_TUBE), pattern)
    other = common(language(_begun_otherwise(one[:4])), pattern) if one else None
    return Clash("a tube code of another kiosk", other) if other else None


def sent_clash(expression: str, declared: Iterable[str]) -> str | None:
    """A text that fits it, and is a document or a code of the point's own or a declared one as some scanners send it:
    with a symbology identifier or the number of a character set before it. Raises TooLargeError."""
    pattern = language(expression)
    if common(pattern, language(f"({_SENT_BEFORE}).*")) is None:
        return None
    sent = (common(pattern, language(each, _SENT_BEFORE)) for each in (_TUBE, *_OTHERS.values(), *declared))
    return next((text for text in sent if text is not None), None)


def cwt_texts(prefix: str, encoding: str) -> str:
    """An expression for the codes that begin so."""
    characters = _BASE45 if encoding == "base45" else _URL_BASE64
    return f"{cwt_beginning(prefix, encoding)}{characters}{{{_SHORTEST_CWT},}}"


def cwt_beginning(prefix: str, encoding: str) -> str:
    """An expression for how they begin; base45 may have come through Caps Lock."""
    return f"(?i:{re.escape(prefix)})" if encoding == "base45" else re.escape(prefix)


def _begun_otherwise(four: str) -> str:
    """Twelve digits, but not these four first."""
    ways = (f"{four[:place]}[^\\D{four[place]}][0-9]{{{11 - place}}}" for place in range(4))
    return "|".join(ways)


def _first(forms: dict[str, str], pattern: Language) -> Clash | None:
    for what, form in forms.items():
        text = common(language(form), pattern)
        if text is not None:
            return Clash(what, text)
    zone = common(*map(language, _ZONE), pattern)
    return None if zone is None else Clash("a passport's or card's zone", zone)
