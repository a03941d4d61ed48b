"""Sets of characters as expressions write them. What one character is, `re` itself says. Pure.

A set is told apart from others over printable ASCII alone; all other characters count as one.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from functools import cache

from kiosk.frozen import dataclass

FIRST, LAST = 0x20, 0x7E
OTHER = 1 << (LAST - FIRST + 1)
"""Stands for all that is not printable ASCII. A set of characters is a number with a bit for each."""
ALL = 2 * OTHER - 1

_PRINTABLE = "".join(map(chr, range(FIRST, LAST + 1)))
_ITEM = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)|.", re.DOTALL)


class Beyond(Enum):
    """How many of the characters that are not printable ASCII a set has."""

    NONE = auto()
    SOME = auto()
    ALL = auto()


@dataclass(frozen=True, slots=True)
class Characters:
    """What may stand at one place of a text: a character, a class, a set in brackets or a dot, as it is written."""

    written: str
    flags: re.RegexFlag = re.NOFLAG


@cache
def holds(characters: Characters) -> Callable[[str], object]:
    """Asks whether one character is of the set. Raises re.error."""
    return re.compile(characters.written, characters.flags).fullmatch


@cache
def bits(characters: Characters) -> int:
    """Those of the set, OTHER too if it has any of these. Raises re.error."""
    found = re.compile(characters.written, characters.flags).findall(_PRINTABLE)
    return sum(1 << (ord(each) - FIRST) for each in found) | (0 if beyond(characters) is Beyond.NONE else OTHER)


def beyond(characters: Characters) -> Beyond:
    """Digits that are not ASCII, and what only differs from ASCII in case, count as none: nobody writes them in a
    code."""
    written = characters.written
    if written == ".":
        return Beyond.ALL
    if not written.startswith("["):
        return _beyond(written)
    turned = written.startswith("[^")
    found = {_beyond(item) for item in _ITEM.findall(written[1 + turned : -1])}
    most = next((each for each in (Beyond.ALL, Beyond.SOME) if each in found), Beyond.NONE)
    return _TURNED[most] if turned else most


_TURNED = {Beyond.ALL: Beyond.NONE, Beyond.SOME: Beyond.SOME, Beyond.NONE: Beyond.ALL}


def _beyond(item: str) -> Beyond:
    match item[:2]:
        case "\\d":
            return Beyond.NONE
        case "\\D":
            return Beyond.ALL
        case "\\x" | "\\u" | "\\U":
            item = chr(int(item.lstrip("\\xuU"), 16))
    is_class = len(item) > 1 and item[-1].isalnum()
    return Beyond.NONE if not is_class and item[-1] in _PRINTABLE else Beyond.SOME
