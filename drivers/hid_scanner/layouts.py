"""Keyboard layouts ("keyboard country") that a wedge scanner may be set to, pure: key numbers to characters.

Key numbers are those of Linux input-event-codes; characters those that Windows gives these layouts.
"""

import unicodedata

from kiosk.frozen import dataclass

DEAD = {"^": "\u0302", "´": "\u0301", "`": "\u0300", "¨": "\u0308", "~": "\u0303"}
"""Accents that wait for the next key, and the combining character of each."""

_ROWS = ((41, 41), (2, 13), (16, 27), (30, 40), (43, 43), (86, 86), (44, 53), (57, 57))


@dataclass(frozen=True, slots=True)
class Layout:
    """What each key gives alone, with Shift, with AltGr; `caps` are the keys that Caps Lock shifts."""

    plain: dict[int, str]
    shifted: dict[int, str]
    alt_gr: dict[int, str]
    caps: frozenset[int]
    dead: frozenset[tuple[str, int]]
    """Plane (plain, shifted, alt_gr) and key of each accent that waits."""

    def character(self, plane: str, key: int) -> str:
        """Empty if the key gives none there."""
        planes = {"plain": self.plain, "shifted": self.shifted, "alt_gr": self.alt_gr}
        return planes[plane].get(key, "")


def _plane(*rows: str) -> dict[int, str]:
    """A row each: the key left of 1, digits, three rows of letters with the key before Enter, 102nd and space."""
    return {
        first + at: character
        for (first, last), row in zip(_ROWS, rows, strict=True)
        for at, character in enumerate(row.ljust(last - first + 1, "\0"))
        if character != "\0"
    }


def _letters(plain: dict[int, str]) -> frozenset[int]:
    return frozenset(key for key, character in plain.items() if len(character.upper()) == 1 and character.isalpha())


def _us() -> Layout:
    plain = _plane("`", "1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "\\", "\\", "zxcvbnm,./", " ")
    shifted = _plane("~", "!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "|", "|", "ZXCVBNM<>?", " ")
    return Layout(plain, shifted, {}, _letters(plain), frozenset())


def _de() -> Layout:
    plain = _plane("^", "1234567890ß´", "qwertzuiopü+", "asdfghjklöä", "#", "<", "yxcvbnm,.-", " ")
    shifted = _plane("°", '!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "'", ">", "YXCVBNM;:_", " ")
    alt_gr = {3: "²", 4: "³", 8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 18: "€", 27: "~", 50: "µ", 86: "|"}
    dead = frozenset({("plain", 41), ("plain", 13), ("shifted", 13)})
    return Layout(plain, shifted, alt_gr, _letters(plain), dead)


def _fr() -> Layout:
    plain = _plane("²", "&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "*", "<", "wxcvbn,;:!", " ")
    shifted = _plane("\0", "1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%", "µ", ">", "WXCVBN?./§", " ")
    alt_gr = {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}"}
    alt_gr |= {18: "€", 27: "¤"}
    dead = frozenset({("plain", 26), ("shifted", 26), ("alt_gr", 3), ("alt_gr", 8)})
    # Caps Lock gives the digits too.
    return Layout(plain, shifted, alt_gr, _letters(plain) | frozenset(range(2, 14)), dead)


def _uk() -> Layout:
    plain = _plane("`", "1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "#", "\\", "zxcvbnm,./", " ")
    shifted = _plane("¬", '!"£$%^&*()_+', "QWERTYUIOP{}", "ASDFGHJKL:@", "~", "|", "ZXCVBNM<>?", " ")
    alt_gr = {5: "€", 18: "é", 22: "ú", 23: "í", 24: "ó", 30: "á", 41: "¦"}
    return Layout(plain, shifted, alt_gr, _letters(plain), frozenset())


LAYOUTS = {"us": _us(), "de": _de(), "fr": _fr(), "uk": _uk()}


def accented(accent: str, character: str) -> str:
    """An accent and the character typed after it; with a space, or what takes no accent, it stands by itself."""
    if character == " ":
        return accent
    joined = unicodedata.normalize("NFC", character + DEAD[accent])
    return joined if len(joined) == 1 else accent + character
