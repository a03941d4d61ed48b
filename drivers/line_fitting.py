"""Text broken into lines that fit the paper, never through a character; pure."""

import unicodedata
from collections.abc import Callable, Sequence

VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


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
            found.append(character if character.isprintable() else "?")
    return found


def fit(text: Sequence[str], room: int, indent: int, width: Callable[[str], int]) -> list[list[str]]:
    """Lines of at most `room` columns, `indent` fewer from the second on; broken at a blank where there is one."""
    lines: list[list[str]] = []
    line: list[str] = []
    left = room
    for character in text:
        left -= width(character)
        if line and left < 0:
            head, line = _broken(line, character)
            lines.append(head)
            left = room - indent - sum(map(width, line)) - width(character)
        if line or not lines or character != " ":
            line.append(character)
        else:
            left += width(character)
    return [*lines, line]


def _broken(line: list[str], following: str) -> tuple[list[str], list[str]]:
    """The line without the word that goes on in `following`, and that word."""
    if following == " " or not following.isascii() or " " not in line:
        return line, []
    blank = len(line) - 1 - line[::-1].index(" ")
    word = line[blank + 1 :]
    if blank == 0 or not all(character.isascii() for character in word):
        return line, []
    return line[:blank], word
