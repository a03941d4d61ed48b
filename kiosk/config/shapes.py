"""Which texts are a code, without an expression: how they begin, what they are made of, how long they are."""

import re
from typing import Annotated, Literal

from kiosk.config.judge import AfterValidator, field_validator
from kiosk.config.values import TomlTable, free_pattern, spelled
from kiosk.credentials.meanings import LONGEST_PLAIN

_ALPHABETS = {
    "digits": "[0-9]",
    "capitals": "[A-Z]",
    "letters": "[A-Za-z]",
    "capitals-digits": "[A-Z0-9]",
    "letters-digits": "[A-Za-z0-9]",
    "hex": "[0-9A-Fa-f]",
    "base32": "[A-Z2-7]",
    "base64url": "[A-Za-z0-9_-]",
}
Alphabet = Literal["digits", "capitals", "letters", "capitals-digits", "letters-digits", "hex", "base32", "base64url"]


class ShapeTable(TomlTable):
    """A `prefix`, and behind it `length` characters of the alphabet: so many, or from so many to so many."""

    prefix: Annotated[str, AfterValidator(spelled(r"[!-~]{0,16}", "16 letters, digits or signs at most"))] = ""
    alphabet: Alphabet
    length: tuple[int, int]

    @field_validator("length", mode="before")
    @classmethod
    def _one_or_two(cls, length: object) -> tuple[int, int]:
        least, most = length if isinstance(length, list) and len(length) == 2 else (length, length)
        if type(least) is not int or type(most) is not int or not 1 <= least <= most <= LONGEST_PLAIN:
            fix = f"Write how many, such as 18, or from how many to how many, such as [12, 20]: 1 to {LONGEST_PLAIN}"
            raise ValueError("is no number of characters", fix)
        return least, most

    @property
    def expression(self) -> str:
        least, most = self.length
        times = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
        return re.escape(self.prefix) + _ALPHABETS[self.alphabet] + times


def free_shape(table: ShapeTable) -> ShapeTable:
    """Raises ValueError where another code would fit it too."""
    free_pattern(table.expression)
    return table


CodeShape = Annotated[ShapeTable, AfterValidator(free_shape)]
