"""The residents of the demo, pure: the same seed tells the same story. Everybody is fictitious."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

FAMILY_NAMES = "测试示范样例虚构假设"
GIVEN_NAMES = "甲乙丙丁子丑寅卯春夏秋冬东西南北"
AREA = "110199"
"""Not assigned to any place, so that no number is a real person's."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
GAP = 6
"""Visits between a person's first and second coming."""
RARE = 20
"""One visit in this many is of each rare kind."""


class Kind(StrEnum):
    """How somebody comes to the table."""

    CARD = "ID card"
    HEALTH_CODE = "health code"
    NUMBER_CODE = "number as QR"
    AGAIN = "comes again"
    WRONG_NUMBER = "wrong number"
    TORN = "torn scan"
    STRANGER = "stranger's QR"


ACCEPTED = (Kind.CARD, Kind.HEALTH_CODE, Kind.NUMBER_CODE)
RARITIES = (Kind.AGAIN, Kind.WRONG_NUMBER, Kind.TORN, Kind.STRANGER)


@dataclass(frozen=True, slots=True)
class Visit:
    """One coming to the table. `by_card` tells how; AGAIN repeats the visit number `repeats`."""

    index: int
    kind: Kind
    by_card: bool
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    code: bytes = field(default=b"", repr=False)
    repeats: int | None = None


def crowd(residents: int | None, seed: int) -> Iterator[Visit]:
    """The visits in order; without end if `residents` is None."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    visits: list[Visit] = []
    for index, kind in enumerate(_kinds(residents, random)):
        visit = visit_of(index, kind, visits, random)
        visits.append(visit)
        yield visit


def _kinds(residents: int | None, random: Random) -> Iterator[Kind]:
    if residents is None:
        while True:
            yield from _kinds(RARE * 2, random)
    rare = max(1, residents // RARE) if residents >= len(RARITIES) * 2 else 0
    kinds: list[Kind] = [kind for kind in RARITIES if kind is not Kind.AGAIN for _ in range(rare)]
    kinds += random.choices(ACCEPTED, (6, 3, 1), k=residents - len(kinds) - rare)
    random.shuffle(kinds)
    for _ in range(rare):
        # Nobody can come again before somebody has come.
        kinds.insert(random.randrange(len(kinds) // 2, len(kinds) + 1), Kind.AGAIN)
    yield from kinds


def visit_of(index: int, kind: Kind, before: list[Visit], random: Random) -> Visit:
    """Somebody who comes so; of `before` one comes again."""
    name, number = _name(random), _number(random)
    token = "".join(random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=40)).encode()
    match kind:
        case Kind.CARD:
            return Visit(index, kind, True, name, number)
        case Kind.HEALTH_CODE:
            return Visit(index, kind, False, code=token)
        case Kind.NUMBER_CODE:
            return Visit(index, kind, False, name, number, number.encode())
        case Kind.WRONG_NUMBER:
            wrong = number[:17] + ("1" if number[17] != "1" else "2")
            return Visit(index, kind, False, name, wrong, wrong.encode())
        case Kind.TORN:
            return Visit(index, kind, random.random() < 0.5, name, number, number.encode())
        case Kind.STRANGER:
            return Visit(index, kind, False, code=b"https://shop.example/coupon?id=" + token[:10])
        case Kind.AGAIN:
            return _again(index, before, random) or Visit(index, Kind.CARD, True, name, number)


def _again(index: int, before: list[Visit], random: Random) -> Visit | None:
    """Somebody who was accepted comes again; None if nobody was yet."""
    accepted = [visit for visit in before if visit.kind in ACCEPTED]
    if not accepted:
        return None
    first = random.choice([visit for visit in accepted if visit.index <= index - GAP] or accepted)
    return Visit(index, Kind.AGAIN, first.by_card, first.name, first.number, first.code, first.index)


def _name(random: Random) -> str:
    return random.choice(FAMILY_NAMES) + "".join(random.choices(GIVEN_NAMES, k=random.choice((1, 2, 2))))


def _number(random: Random) -> str:
    birth = f"{random.randint(1930, 2018)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    return with_check_digit(f"{AREA}{birth}{random.randint(1, 999):03d}")


def with_check_digit(body: str) -> str:
    """A resident number's first 17 characters and the 18th (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
