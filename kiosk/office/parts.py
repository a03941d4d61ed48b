"""Lists of residents to a roster for each point: keyed, masked and signed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kiosk.config.values import LEVEL
from kiosk.credentials import Identity, person
from kiosk.journal import replace_whole
from kiosk.model import Expected, Roster, RosterHead
from kiosk.office.lists import rows_of
from kiosk.roster import Listed, Place
from kiosk.roster.addresses import split
from kiosk.roster.keyed import read, write
from kiosk.vouchers.envelope import SigningKey

Where = Callable[[Place], str | None]
"""The point that somebody who lives there goes to."""


class UnmappedError(Exception):
    """Units that no point is named for, or none that a kiosk can be of; the message names them."""


def read_points(file: Path) -> Where:
    """Which point a unit, or a whole building, goes to: lines of `unit,point`. Raises OSError, ValueError."""
    rows = [[str(cell).strip() for cell in row] for row in rows_of(file.read_bytes()) if any(row)]
    if wrong := next((row for row in rows if len(row) < 2 or not all(row[:2])), None):
        raise ValueError(f"a line says no unit and point: {','.join(wrong)}")
    points: dict[str, str] = {}
    for unit, point, *_ in rows:
        place = split(unit)
        known = points.setdefault(replace(place, estate=place.within).stairwell, point)
        if known != point:
            raise ValueError(f"two points are named for {unit}: {known}, {point}")
    return lambda place: next((points[name] for name in _names(place) if name in points), None)


def _names(place: Place) -> Iterator[str]:
    """How a line may name where somebody lives, the most exact first."""
    for estate in dict.fromkeys((place.estate, place.within, "")):
        named = replace(place, estate=estate)
        yield from (named.stairwell, named.house)


def by_point(listed: Iterable[Listed], where: Where) -> Mapping[str, list[Listed]]:
    """People of each point, in the order of the lists. Raises UnmappedError."""
    parted: dict[str, list[Listed]] = {}
    unmapped: dict[str, None] = {}
    for each in listed:
        point = where(each.place)
        if point is None:
            unmapped[each.place.stairwell or "-"] = None
        else:
            parted.setdefault(point, []).append(each)
    if unmapped:
        raise UnmappedError(f"names no point for: {', '.join(unmapped)}")
    if strange := [point for point in parted if not LEVEL.fullmatch(point)]:
        raise UnmappedError(f"names points that are not 1 to 40 of a-z, 0-9 and -: {', '.join(strange)}")
    return parted


def roster_of(listed: Iterable[Listed], round_id: str, point: str, round_key: bytes, made_s: int) -> Roster:
    """Units in the order in which the lists name them."""
    people = tuple(_expected(each, round_key) for each in listed)
    return Roster(round_id, point, RosterHead(made_s, tuple(dict.fromkeys(each.unit for each in people))), people)


def _expected(each: Listed, round_key: bytes) -> Expected:
    known = person(Identity(each.identity, each.name), round_key)
    place = each.place
    return Expected(known.key, known.name, place.stairwell, place.flat, place.floor, each.status)


def write_parts(
    parts: Mapping[str, list[Listed]], round_id: str, round_key: bytes, signer: SigningKey, made_s: int, folder: Path
) -> Mapping[str, Path]:
    """The file of each point, whole or as it was. Raises OSError; NotARoster for what no kiosk would take, and then
    nothing was written."""
    made = {
        point: write(roster_of(listed, round_id, point, round_key, made_s), round_key, signer)
        for point, listed in parts.items()
    }
    for data in made.values():
        read(data, [signer.public_key])
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for point, data in made.items():
        file = folder / f"{point}-{round_id}.roster"
        replace_whole(file, data)
        written[point] = file
    return written
