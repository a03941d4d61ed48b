"""The text of a code, whichever scanner sent it and however that is set. Pure.

A scanner may put a symbology identifier before a code (`]Q1`, ISO/IEC 15424). Where a symbol names character sets it
may put their numbers into the text (`\\000026`), and then doubles each backslash of the text itself (AIM ECI protocol).
Neither is on the paper, and one code is one person. What a declared code itself begins with or holds is left alone.
"""

import re
from collections.abc import Callable, Iterator

from kiosk.credentials.meanings import NotTaken
from kiosk.model import Refusal

AROUND = (
    " \t\r\n\x1d\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What may stand around a code and says nothing: blanks, GS1's FNC1 (sent as GS), byte order marks, joiners and signs
of direction that no eye sees. Base45 ends in no space, so a certificate loses nothing."""

IDENTIFIER = r"\][A-Za-z][0-9A-Za-z]"
"""Sign, symbology, options."""

_IDENTIFIED = re.compile(IDENTIFIER)
_PART = re.compile(r"\]z[6-9AaBb]")
"""Aztec alone tells by its identifier that a code is one of several; of `]zC` and the like it says nothing."""
_ESCAPED = re.compile(rb"\\\\|\\000([0-9]{3})")
_LEADING = re.compile(rb"(?:\\000([0-9]{3}))+")

_LATIN = {number + 2: f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17))}
_WINDOWS = {21: "cp1250", 22: "cp1251", 23: "cp1252", 24: "cp1256"}
_NARROW = {0: "cp437", 1: "iso8859-1", 2: "cp437"} | _LATIN | _WINDOWS
"""Sets of one byte a character, by their ECI: any bytes are text in them."""
_WIDE = {20: "shift_jis", 25: "utf-16-be", 26: "utf-8", 28: "big5", 29: "gb18030", 30: "euc_kr", 31: "gb18030"}
_WIDE |= {32: "gb18030", 33: "utf-16-le", 34: "utf-32-be", 35: "utf-32-le"}
_UNNAMED = -1


def text_of(data: bytes, is_token: Callable[[str], object] = lambda _: False) -> str:
    """What the code says; `is_token` tells which texts are taken as they stand. Raises NotTaken for what the scanner
    itself calls one of several parts."""
    text = decoded(data).strip(AROUND)
    identified = _IDENTIFIED.match(text)
    if identified and not is_token(text):
        if _PART.match(text):
            raise NotTaken(Refusal.ONE_OF_PARTS)
        data = data[data.index(identified[0].encode()) + len(identified[0]) :]
        text = decoded(data).strip(AROUND)
    if "\\000" in text and not is_token(text):
        text = _unescaped(data).strip(AROUND)
    return text


def decoded(data: bytes) -> str:
    """By the look of the bytes alone."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _unescaped(data: bytes) -> str:
    if all(found[1] is None for found in _ESCAPED.finditer(data)):
        return decoded(data)
    if b"\\" not in _ESCAPED.sub(b"", data):
        return "".join(_of_set(part, eci) for eci, part in _parts(data))
    # This scanner doubles no backslash, so only what stands first is certain.
    leading = _LEADING.match(data)
    return _of_set(data[leading.end() :], int(leading[1])) if leading else decoded(data)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each stretch with the number of its character set."""
    eci, part, at = _UNNAMED, b"", 0
    for found in _ESCAPED.finditer(data):
        part, at = part + data[at : found.start()], found.end()
        if found[1] is None:
            part += b"\\"
        else:
            yield eci, part
            eci, part = int(found[1]), b""
    yield eci, part + data[at:]


def _of_set(data: bytes, eci: int) -> str:
    """Scanners that type, or that are set so, send UTF-8 whatever the symbol named; bytes that happen to be UTF-8 are
    nobody's text in a set of one byte a character."""
    sets = ("utf-8", _NARROW[eci]) if eci in _NARROW else (_WIDE.get(eci, "utf-8"),)
    for each in sets:
        try:
            return data.decode(each)
        except UnicodeDecodeError:
            continue
    return decoded(data)
