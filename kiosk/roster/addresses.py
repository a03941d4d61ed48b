"""An address to building, unit and flat, as it is written in one cell or in several."""

import re
from dataclasses import replace
from functools import lru_cache

from kiosk.roster.estates import estate_in, estate_named, in_figures
from kiosk.roster.listed import Place

_WORDS_OF_A_BUILDING = "号楼|栋|幢|座|#楼|#"
_BUILDING = (
    r"(?P<building>[0-9]+[A-Za-z]?|[A-Za-z][0-9]*|(?<![江河湖海城])[东西南北中][0-9]*)"
    rf"\s*(?:{_WORDS_OF_A_BUILDING}|号(?=[0-9]+(?:单元|门)))"
)
_NUMBERED = r"[0-9]{1,4}[A-Za-z]?"
_UNIT = rf"(?P<unit>[0-9]+|[A-Za-z]|[东西中])\s*(?:单元|门|梯|(?=\s*-\s*{_NUMBERED}))"
_FLOOR = r"(?:[0-9]{1,2}\s*[楼层]\s*)?"
_FLAT = rf"(?P<flat>{_NUMBERED})\s*(?:室|号|户|房)?"
_BELOW = rf"(?:\s*[-,]?\s*{_UNIT})?(?:\s*[-,]?\s*{_FLOOR}{_FLAT})?"
_WORDS = re.compile(f"{_BUILDING}{_BELOW}$")
_DASHES = re.compile(
    r"(?<![0-9A-Za-z#楼栋幢座-])(?P<building>[0-9]{1,3})-(?:(?P<unit>[0-9]{1,2})-)?(?P<flat>[0-9]{3,4}[A-Za-z]?)室?$"
)
_IN_A_BUILDING = re.compile(rf"{_UNIT}\s*-?\s*{_FLOOR}{_FLAT}")
_OF_A_HOUSE = re.compile(rf"([0-9]+[A-Za-z]?)\s*(?:{_WORDS_OF_A_BUILDING})")
_DIGITS = re.compile(r"[0-9]+[A-Za-z]?|[A-Za-z][0-9]*|[东西南北中][0-9]+")
_FLOORED = re.compile(r"([0-9]{1,2})[0-9]{2}[A-Za-z]?")
_COUNTED = re.compile("([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?=号楼|栋|幢|座|单元|门|梯|楼|层|$)")
_REMARK = re.compile(r"\s*\([^()]*\)$")


def split(address: str) -> Place:
    """Of one cell; what is no address of a flat is the building by itself."""
    text = _in_figures(address)
    found = _WORDS.search(text) or _DASHES.search(text)
    if found is None:
        return Place(building=address)
    known = _named(found["building"], found["unit"] or "", found["flat"] or "")
    return replace(known, within=estate_in(text[: found.start()]))


def place(building: str, unit: str, flat: str, address: str = "", house: str = "", estate: str = "") -> Place:
    """Of several cells, each as far as it tells: figures alone get their word, so that 3, 3栋 and 三号楼 are one
    building. A flat may tell its unit and building too; `house` is what the sheet is called. Where nothing tells the
    building, the estate may, and else is one."""
    told = split(estate)
    if not building and told.building != estate:
        building, estate = told.building, told.within
    found = _place(building, unit, flat, address, house)
    if not found.building:
        whole = estate_in(estate) or (estate_named(house) if found.unit or found.flat else "")
        return replace(found, building=whole)
    return replace(found, within=estate_in(estate) or found.within or estate_named(house))


def _place(building: str, unit: str, flat: str, address: str, house: str) -> Place:
    text = _in_figures(flat)
    whole = (_WORDS.fullmatch(text) or _DASHES.fullmatch(text)) if not (building or unit) else None
    if whole is not None:
        building, unit, flat = whole["building"], whole["unit"] or "", whole["flat"] or ""
    elif not unit and (inner := _IN_A_BUILDING.fullmatch(text)):
        unit, flat = inner["unit"], inner["flat"]
    known = _named(_in_figures(building), _in_figures(unit), flat)
    rest = split(address) if address else Place(building=_building_in(house))
    if known.building not in ("", rest.building):
        return known
    named = _named(rest.building, known.unit or rest.unit, known.flat or rest.flat)
    return replace(known if known.building and known.unit else named, within=rest.within)


def _named(building: str, unit: str, flat: str) -> Place:
    flat = re.sub("(室|号|户|房)$", "", flat)
    return Place(
        _with(building, "号楼", "号楼|栋|幢|座|#楼?|楼"), _with(unit, "单元", "单元|门|梯"), flat, _floor(flat)
    )


def _building_in(house: str) -> str:
    """What the name of a sheet says, if it says one building."""
    found = set(_OF_A_HOUSE.findall(_in_figures(house)))
    return f"{found.pop()}号楼" if len(found) == 1 else ""


@lru_cache(4096)
def _in_figures(text: str) -> str:
    """Without a remark at its end, one kind of dash, and 十二单元 as 12单元."""
    return _COUNTED.sub(in_figures, re.sub("[—–―−/]+", "-", _REMARK.sub("", text)))


def _with(text: str, word: str, others: str) -> str:
    bare = re.sub(f"({others})$", "", text)
    return f"{bare}{word}" if _DIGITS.fullmatch(bare) else text


def _floor(flat: str) -> int | None:
    found = _FLOORED.fullmatch(flat)
    return int(found[1]) if found else None
