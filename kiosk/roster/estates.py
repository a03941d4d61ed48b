"""Estates: two of them in one list may each have a building 3. Their names tell these apart, and are said only then."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kiosk.roster.listed import Place

_ABOVE = re.compile("省|市|县|镇|乡|街道|社区|居委会|村委会|(?<![小0-9A-Za-z东西南北中一二三四五六七八九十])区")
"""What estates lie in; of an estate itself are 小区, A区, 东区, 一区."""
_NAMED = re.compile("[\u4e00-\u9fff0-9A-Za-z]*(?:小区|花园|家园|公寓|新村|嘉园|苑|大院)")
_BLANKS = re.compile(r"[\s,，、。;；:：-]+")


@lru_cache(4096)
def estate_in(text: str) -> str:
    """Of what stands before the building in an address: without the districts and streets that it lies in."""
    return _ABOVE.split(_BLANKS.sub("", text))[-1]


@lru_cache(256)
def estate_named(title: str) -> str:
    """What a file or sheet is called by, if that is an estate."""
    found = _NAMED.search(_BLANKS.sub(" ", title))
    return estate_in(found[0]) if found else ""


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
    whole = [each for each in estates if not any(_is_part(each, other) for other in estates)]
    meant = {
        each: _only([other for other in whole if each == other or _is_part(each, other)], each) for each in estates
    }
    several = len(set(meant.values())) > 1
    return {each: _shortest(meant, whole) if several else "" for each, whole in meant.items()}


def _only(found: list[str], otherwise: str) -> str:
    return found[0] if len(found) == 1 else otherwise


def _shortest(meant: Mapping[str, str], whole: str) -> str:
    return min((each for each, other in meant.items() if other == whole and each), key=len, default="")


def _is_part(name: str, other: str) -> bool:
    """At an end of it, and not a figure out of a longer one: 1号院 is no part of 11号院."""
    if name == other:
        return False
    before, after = other.removesuffix(name), other.removeprefix(name)
    at_end = before != other and not (name[:1].isdigit() and before[-1:].isdigit())
    at_start = after != other and not (name[-1:].isdigit() and after[:1].isdigit())
    return at_end or at_start or not name
