"""The names by which one comes to a broker, each the CN of a certificate, and what each is. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from kiosk.config.values import LEVEL
from kiosk.frozen import dataclass

CENTRE, CHECK, RECORDS = "centre", "check", "records"
"""Who asks and orders; who proves that the broker keeps what it takes; who collects records, and asks for them."""
WITHDRAWN = "withdrawn"
"""The file in an authority's folder that lists who has lost all rights, one a line."""
LINES = ("state", "records")
"""The two lines of a bridge: what is so now, and who is in which tube."""
LONGEST = 64
"""Letters of a CN (RFC 5280, appendix A.1: ub-common-name)."""


class Kind(StrEnum):
    KIOSK = "kiosk"
    POINT = "point"
    """A line of a point's own broker, on its way up."""
    COUNTY = "county"
    """A line of a county's broker, on its way to the city."""
    RECORDS = "records"
    CENTRE = "centre"
    CHECK = "check"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Name:
    """A name and what it is; `place` is its point or region, where it has one."""

    text: str
    kind: Kind
    place: str = ""
    line: str = ""

    def __str__(self) -> str:
        return self.text


def name_of(text: str) -> Name:
    """`wy-0352/a` a kiosk, `point/wy-0352/state` and `county/wuyuan/records` lines of bridges, `centre`, `check`,
    `records` or `records-2`, and any other single word a reader. Raises ValueError."""
    parts = text.split("/")
    if not all(LEVEL.fullmatch(part) for part in parts):
        raise ValueError(f"{text!r} is no name: write words of 1 to 40 of a-z, 0-9 and -, with / between them")
    if len(text) > LONGEST:
        raise ValueError(f"{text} has {len(text)} letters: a certificate's name has {LONGEST} at most")
    match parts:
        case [point, _]:
            return Name(text, Kind.KIOSK, point)
        case [("point" | "county") as kind, place, line] if line in LINES:
            return Name(text, Kind(kind), place, line)
        case [word]:
            return Name(text, _single(word))
        case _:
            raise ValueError(
                f"{text!r} is no name: a bridge has two, point/<point>/ or county/<region>/, then {_LINES}"
            )


def names_of(texts: Iterable[str]) -> list[Name]:
    """Each once, in order. Raises ValueError that tells of every one that is none."""
    names, faults = set(), []
    for text in texts:
        try:
            names.add(name_of(text))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("\n".join(faults))
    return sorted(names, key=str)


_LINES = " or ".join(LINES)


def _single(word: str) -> Kind:
    if word in (CENTRE, CHECK):
        return Kind(word)
    return Kind.RECORDS if word.split("-")[0] == RECORDS else Kind.READER
