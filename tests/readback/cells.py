"""What may stand on the paper for each character of a text, written from the rules and not from the encoder."""

import unicodedata
from dataclasses import dataclass

from readback.residents import Charset, Model, Ranges

MISSING = "〓"
NO_FONT: Ranges = ((0x30000, 0x323B0),)
"""Extensions G and H, which the fonts of these tests lack."""
DRAWN: Ranges = (
    *((0x00C0, 0x0180), (0x1EA0, 0x1EFA), (0x2E80, 0x2E9A), (0x2F00, 0x2FD6), (0x3400, 0x4DB6), (0x4E00, 0x9FA6)),
    *((0x20000, 0x2A6D7), (0x2A700, 0x2B735), (0x2B740, 0x2B81E), (0x2B820, 0x2CEA2), (0x2CEB0, 0x2EBE1)),
)
"""Accented Latin, radicals and extensions A to F: they have all of these."""
IDEOGRAPHIC_PLANES: Ranges = ((0x20000, 0x3FFFE),)
SELECTORS: Ranges = ((0xFE00, 0xFE10), (0xE0100, 0xE01F0))


@dataclass(frozen=True, slots=True)
class Cell:
    """A character on the paper; a picture of one has no text."""

    text: str | None
    columns: int


def cells_of(text: str) -> list[str]:
    """What stands in a cell each: a character with its marks, composed. Blanks are ASCII's."""
    cells: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character) in ("Mn", "Me") and cells and not within(character, SELECTORS):
            cells[-1] += character
        elif not within(character, SELECTORS):
            cells += shown(character)
    return cells


def shown(character: str) -> str:
    """A question mark for what is no character, so that none is ever a command."""
    category = unicodedata.category(character)
    if category == "Zs":
        return "  " if character == "\u3000" else " "
    assigned = category[0] != "C" or within(character, IDEOGRAPHIC_PLANES)
    return character if assigned and category not in ("Zl", "Zp") else "?"


def within(character: str, ranges: Ranges) -> bool:
    return any(first <= ord(character) < end for first, end in ranges)


def in_rom(cell: str, charset: Charset) -> bool:
    if len(cell) > 1:
        return False
    if charset == "gb2312" and cell in "·—・―":
        # Its middle dot and its dash are those of names; the table of Python says Japanese ones.
        return cell in "·—"
    return encodable(cell, charset)


def encodable(cell: str, charset: str) -> bool:
    try:
        cell.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def width(cell: str, model: Model) -> int:
    """Columns: 2 for all that a Chinese ROM has beside ASCII."""
    if in_rom(cell, model.charset) and not cell.isascii():
        return 2
    return 1 if unicodedata.east_asian_width(cell[0]) in ("N", "Na", "H") else 2


def looks(cell: str, model: Model, *, large: bool) -> set[Cell]:
    """What may stand for a cell: exactly one thing, but where it is not known whether a font has the character."""
    if in_rom(cell, model.charset):
        return {Cell(cell, width(cell, model))}
    if large or not model.fonts or within(cell[0], NO_FONT):
        return {stand_in(cell, model)}
    picture = Cell(None, width(cell, model))
    return {picture} if within(cell[0], DRAWN) else {picture, stand_in(cell, model)}


def stand_in(cell: str, model: Model) -> Cell:
    """For what nobody has: a letter without its marks, else the geta mark, never wider than the character."""
    bare = unicodedata.normalize("NFD", cell)[0]
    if bare.isalpha() and in_rom(bare, model.charset) and width(bare, model) <= width(cell, model):
        return Cell(bare, width(bare, model))
    return Cell(MISSING, 2) if width(cell, model) == 2 and model.charset != "ascii" else Cell("?", 1)


def fitting(cells: list[str], most: int, full: int, model: Model) -> list[str]:
    """The next line of at most `most` columns: as much as it takes, but a word is not broken that fits a line of
    `full` columns and has a blank before it."""
    count, left = 0, most
    while count < len(cells) and width(cells[count], model) <= left:
        left -= width(cells[count], model)
        count += 1
    if count == len(cells):
        return cells
    count = max(1, count)
    start = word_start(cells, count)
    word = sum(width(cell, model) for cell in cells[start : count + 1])
    count = start if word <= full and "".join(cells[:start]).endswith(" ") and start > 1 else count
    while count > 1 and cells[count - 1] == " ":
        count -= 1
    return cells[:count]


def word_start(cells: list[str], at: int) -> int:
    """Where the word that goes on at `at` begins; ideographs are no words."""
    if not in_word(cells[at]):
        return at
    while at and in_word(cells[at - 1]):
        at -= 1
    return at


def in_word(cell: str) -> bool:
    return cell != " " and unicodedata.east_asian_width(cell[0]) not in ("W", "F")
