"""A cell as a program for spreadsheets or a file of commas gives it, to the text that a clerk typed."""

import re
import unicodedata
from datetime import date
from typing import TypeAlias

from kiosk.roster.listed import Fault

Cell: TypeAlias = str | int | float | bool | date | None

MOST_DIGITS = 15
"""So many a spreadsheet keeps; the digits after them are zeros."""
_DAY = re.compile(
    r"[0-9]{4}([-/.][0-9]{1,2}){2}( 00:00(:00)?)?|[0-9]{1,2}月[0-9]{1,2}日"
    r"|[0-9]{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-[0-9]{1,2}"
)
_UNSEEN = {"Cf", "Cc", "Cs", "Co", "Cn"}
_IN_POWERS = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}")
_ZEROED = re.compile(r"[0-9]{15}000")


def plain(cell: Cell) -> str:
    """Full-width forms as usual ones, without what cannot be seen, blanks joined."""
    match cell:
        case None | bool():
            return ""
        case float() if cell.is_integer():
            text = str(int(cell))
        case _:
            text = str(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(each for each in text if each in "\t\n" or unicodedata.category(each) not in _UNSEEN)
    return " ".join(text.split())


def is_day(cell: Cell) -> bool:
    """Which is no place to live at."""
    return isinstance(cell, date) or _DAY.fullmatch(plain(cell)) is not None


def identity_number(cell: Cell, zeros_compared: bool = False) -> str | Fault:
    """Capitals and digits, or how a spreadsheet ruined it: never repaired, as one of eleven ruined numbers passes its
    check digit."""
    text = plain(cell).replace(" ", "").lstrip("'`").upper()
    if _IN_POWERS.fullmatch(text):
        return Fault.IN_POWERS
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Fault.AS_A_FIGURE if len(text.lstrip("-")) > MOST_DIGITS else text
    return Fault.ZEROED if _ZEROED.fullmatch(text) and not zeros_compared else text
