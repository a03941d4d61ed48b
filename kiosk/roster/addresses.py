"""An address to building, unit and flat, as it is written in one cell or in three."""

import re

from kiosk.roster.listed import Place

_BUILDING = (
    r"(?P<building>[0-9]+[A-Za-z]?|[A-Za-z][0-9]*|[东西南北中][0-9]*)\s*(?:号楼|栋|幢|座|#楼|#|号(?=[0-9]+(?:单元|门)))"
)
_UNIT = r"(?:\s*[-,]?\s*(?P<unit>[0-9]+|[A-Za-z]|[东西中])\s*(?:单元|门|梯))?"
_FLAT = r"(?:\s*[-,]?\s*(?P<flat>[0-9]{1,4}[A-Za-z]?)\s*(?:室|号|户|房)?)?"
_WORDS = re.compile(f"{_BUILDING}{_UNIT}{_FLAT}$")
_DASHES = re.compile(r"(?<![0-9])(?P<building>[0-9]{1,3})-(?:(?P<unit>[0-9]{1,2})-)?(?P<flat>[0-9]{3,4}[A-Za-z]?)$")
_DIGITS = re.compile(r"[0-9]+[A-Za-z]?|[A-Za-z][0-9]*")
_FLOORED = re.compile(r"([0-9]{1,2})[0-9]{2}[A-Za-z]?")


def split(address: str) -> Place:
    """Of one cell; what is no address of a flat is the building by itself."""
    found = _WORDS.search(address) or _DASHES.search(address)
    if found is None:
        return Place(building=address)
    building, unit, flat = found["building"], found["unit"] or "", found["flat"] or ""
    return place(building, unit, flat)


def place(building: str, unit: str, flat: str) -> Place:
    """Of three cells: figures alone get their word, so that 3, 3栋 and 3号楼 are one building."""
    flat = re.sub("(室|号|户|房)$", "", flat)
    return Place(
        _with(building, "号楼", "号楼|栋|幢|座|#楼?|楼"), _with(unit, "单元", "单元|门|梯"), flat, _floor(flat)
    )


def _with(text: str, word: str, others: str) -> str:
    bare = re.sub(f"({others})$", "", text)
    return f"{bare}{word}" if _DIGITS.fullmatch(bare) else text


def _floor(flat: str) -> int | None:
    found = _FLOORED.fullmatch(flat)
    return int(found[1]) if found else None
