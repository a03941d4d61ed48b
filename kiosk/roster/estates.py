"""Estates: two of them in one list may each have a building 3. Their names tell these apart, and are said only then."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kiosk.roster.listed import Place

_ABOVE = re.compile(
    "省(?![委政])|(?<![城都超])市(?![场民委政])|县(?![委政])|(?<![小古])镇(?![委政])|(?<![水故家])乡(?![委政村])"
    "|街道(?:办事处|办)?|社区(?!$)|居委会|村委会"
    "|(?<![小社厂园校矿街景0-9A-Za-z东西南北中一二三四五六七八九十])区"
)
"""What estates lie in; of an estate itself are 小区, A区, 东区, 一区, 城市花园, and 幸福社区 with nothing behind it."""
_ON_A_ROAD = re.compile("^.*(?:路|街|大道|巷)(?:[0-9]+号)?(?=[^路街巷]{2,}(?:小区|花园|家园|新村|嘉园|苑)$)")
"""Of what has a name of its own: it may have gates on several."""
_NAMED = re.compile("[\u4e00-\u9fff0-9A-Za-z]*(?:小区|花园|家园|公寓|新村|嘉园|苑|大院)")
_NUMBERED = re.compile("^(?:(?:附件|附表|表|第)?[0-9]+(?:[年月日批次]|(?![0-9A-Za-z号区期院])))+")
"""A file, by a day or a number."""
_LINE = re.compile(r"^\s*[0-9]+[、.]")
_BLANKS = re.compile(r"[\s,，、。;；:：()\[\]【】《》<>“”\"'-]+")
_COUNTED = re.compile("([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?=期|区|号)")
_ONES = "零一二三四五六七八九"


@lru_cache(4096)
def estate_in(text: str) -> str:
    """Of what stands before the building in an address: without the districts and streets that it lies in."""
    bare = _BLANKS.sub("", _LINE.sub("", text)).removesuffix("第").upper()
    return _ON_A_ROAD.sub("", _COUNTED.sub(in_figures, _ABOVE.split(bare)[-1]))


@lru_cache(256)
def estate_named(title: str) -> str:
    """What a file or sheet is called by, if that is an estate."""
    found = _NAMED.search(_BLANKS.sub(" ", title))
    return estate_in(_NUMBERED.sub("", found[0])) if found else ""


def in_figures(found: re.Match[str]) -> str:
    """Of tens, a ten and ones, as they are said."""
    tens, ten, ones = found[1], found[2], found[3]
    if not ten:
        return tens + ones if tens and ones else str(_ONES.index(tens or ones)) if tens or ones else ""
    return str(10 * (_ONES.index(tens) if tens else 1) + (_ONES.index(ones) if ones else 0))


def told_apart(places: Iterable[Place]) -> Mapping[tuple[str, str], str]:
    """By building and the estate as a row says it: what is said before the building; nothing where there is one of that
    name. One name at an end of another (万源幸福小区, 幸福小区) is one estate, and a row that names none lives in the
    only one."""
    within = defaultdict[str, set[str]](set)
    for each in places:
        within[each.building].add(each.within)
    return {
        (building, estate): name
        for building, estates in within.items()
        for estate, name in _names(estates).items()
        if building
    }


def _names(estates: set[str]) -> Mapping[str, str]:
    communities = {each for each in estates if each.endswith("社区")}
    # One alone is where the others lie, and no other estate.
    told = {each: "" if communities == {each} else each for each in estates}
    wholes: dict[str, frozenset[str]] = {}
    for each in sorted(set(told.values()), key=lambda name: (-len(name), name)):
        above = [wholes[other] for other in wholes if _is_part(each, other)]
        wholes[each] = frozenset().union(*above) or frozenset({each})
    meant = {each: _only(wholes[name], name) for each, name in told.items()}
    several = len(set(meant.values())) > 1
    return {each: _shortest(meant, whole) if several else "" for each, whole in meant.items()}


def _only(found: frozenset[str], otherwise: str) -> str:
    return next(iter(found)) if len(found) == 1 else otherwise


def _shortest(meant: Mapping[str, str], whole: str) -> str:
    return min((each for each, other in meant.items() if other == whole and each), key=len, default="")


def _is_part(name: str, other: str) -> bool:
    """At an end of it, and not a figure out of a longer one: 1号院 is no part of 11号院; nor of another word, as 万科城
    of 万科城市花园."""
    if name == other:
        return False
    before, after = other.removesuffix(name), other.removeprefix(name)
    at_end = before != other and not (name[:1].isdigit() and before[-1:].isdigit())
    at_start = after != other and after[:1] != "市" and not (name[-1:].isdigit() and after[:1].isdigit())
    return at_end or at_start or not name
