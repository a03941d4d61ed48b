"""Text broken into lines that fit the paper, never through a character; pure."""

import unicodedata
from collections.abc import Callable, Sequence

from kiosk.ports import columns

VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
LATER_IDEOGRAPHS = range(0x20000, 0x3FFFE)


def characters(text: str) -> list[str]:
    """What stands in one cell each: a letter with its marks. What cannot be printed is a question mark, so that
    nothing scanned is ever a command; variation selectors, which no printer knows, are left out."""
    if text.isascii() and text.isprintable():
        return list(text)
    found: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if any(ord(character) in selectors for selectors in VARIATION_SELECTORS):
            continue
        if found and unicodedata.category(character) in ("Mn", "Me"):
            found[-1] += character
        else:
            found += _shown(character)
    return found


def _shown(character: str) -> str:
    """Every blank is one that any ROM has; the wide one is as wide as before."""
    # Ideographs younger than this Python's tables count as unassigned there.
    if character.isprintable() or ord(character) in LATER_IDEOGRAPHS:
        return character
    return " " * columns(character) if unicodedata.category(character) == "Zs" else "?"


def fit(text: Sequence[str], full: int, indent: int, width: Callable[[str], int]) -> list[list[str]]:
    """Lines of at most `full` columns, `indent` fewer from the second on; broken at a blank where there is one."""
    lines: list[list[str]] = []
    line: list[str] = []
    left = full
    for character in text:
        left -= width(character)
        if line and left < 0:
            word = _word_before(line, character)
            if sum(map(width, word)) + width(character) > full - indent:
                word = []
            lines.append(_without_blanks(line[: len(line) - len(word)]))
            line = word
            left = full - indent - sum(map(width, line)) - width(character)
        if line or not lines or character != " ":
            line.append(character)
        else:
            left += width(character)
    return [*lines, line] if line or not lines else lines


def _without_blanks(line: list[str]) -> list[str]:
    end = max((at for at, character in enumerate(line, 1) if character != " "), default=1)
    return line[:end]


def _word_before(line: list[str], following: str) -> list[str]:
    """The end of a line that belongs to one word with what follows: a blank stands before it, and not at the edge."""
    if not _in_word(following) or " " not in line:
        return []
    blank = len(line) - 1 - line[::-1].index(" ")
    word = line[blank + 1 :]
    return word if blank and all(map(_in_word, word)) else []


def _in_word(character: str) -> bool:
    """A line may be broken between any two ideographs, but not within a word, whatever marks its letters bear."""
    return character != " " and unicodedata.east_asian_width(character[0]) not in ("W", "F")
