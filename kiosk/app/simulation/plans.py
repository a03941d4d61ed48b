"""What is to happen in a simulated district, and when: drawn once from a seed. Pure."""

from enum import StrEnum
from random import Random

from kiosk.frozen import dataclass

HOUR_S = 3600


class Fault(StrEnum):
    """What befalls a table."""

    CUT = "cut"
    """No network."""
    MENDED = "mended"
    REBOOT = "reboot"
    """The plug."""
    LOST = "lost"
    """The plug, and the journal is not there afterwards."""
    CLOCK = "clock"
    """The plug, and the clock is wrong afterwards."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How much of it: `outages` a share of the tables, the others how often in all."""

    outages: float = 0.2
    reboots: int = 50
    lost: int = 10
    clocks: int = 20
    restarts: int = 2
    """Of the broker, in good order."""
    kills: int = 1
    """Of the broker, by kill -9."""
    bridges: int = 1
    """Outages of the bridge to the city's broker, at which the district is read; 0: it is read at the only broker."""

    @classmethod
    def read(cls, text: str) -> "Faults":
        """`none`, or such as outages=0.2,reboots=50. Raises ValueError in words."""
        given: dict[str, float] = {}
        if text != "none":
            for part in text.split(","):
                name, _, number = part.partition("=")
                if name not in cls.__dataclass_fields__:
                    raise ValueError(f"{name!r} is none of {', '.join(cls.__dataclass_fields__)}")
                given[name] = _amount(name, number)
        counts = {name: int(given.get(name, 0)) for name in cls.__dataclass_fields__ if name != "outages"}
        return cls(outages=given.get("outages", 0.0), **counts)


def _amount(name: str, text: str) -> float:
    """Raises ValueError in words."""
    if name == "outages":
        try:
            share = float(text)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise ValueError(f"outages are a share of the tables, from 0 to 1, and not {text!r}")
        return share
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ValueError(f"{name} are counted: {text!r} is no number of them")
    return int(text)


@dataclass(frozen=True, slots=True)
class District:
    """Which tables, how many people at each, over how long (simulated seconds)."""

    points: int
    people: int
    seconds: float
    region: str = "sim"
    round: str = "r1"
    begins_s: float = 1_653_000_000.0
    """Simulated Unix time of the start."""

    def point(self, n: int) -> str:
        return f"sim-{n:04d}"


@dataclass(frozen=True, slots=True)
class Happening:
    """At `at_s` (simulated, from the start) at that table: a fault, or somebody who comes; `again` if they were here
    already."""

    at_s: float
    table: int
    fault: Fault | None = None
    person: int = -1
    again: bool = False


def happenings(district: District, faults: Faults, seed: int) -> list[Happening]:
    """In their order. People come all day, few at both ends; what befalls tables befalls them by chance."""
    chance = Random(seed)  # noqa: S311 - it hides nothing
    found = [each for table in range(district.points) for each in _people(district, table, chance)]
    found += _outages(district, faults, chance)
    for fault, n in ((Fault.REBOOT, faults.reboots), (Fault.LOST, faults.lost), (Fault.CLOCK, faults.clocks)):
        for _ in range(n):
            found.append(
                Happening(chance.uniform(0.05, 0.9) * district.seconds, chance.randrange(district.points), fault)
            )
    return sorted(found, key=lambda each: (each.at_s, each.table, each.person))


def _people(district: District, table: int, chance: Random) -> list[Happening]:
    found = []
    for n in range(district.people):
        person, at_s = table * district.people + n, chance.triangular(0, 0.97) * district.seconds
        found.append(Happening(at_s, table, person=person))
        if chance.random() < 0.02:
            found.append(Happening(min(at_s + 60, district.seconds), table, person=person, again=True))
    return found


def _outages(district: District, faults: Faults, chance: Random) -> list[Happening]:
    """For hours; some last till nearly the end."""
    found = []
    for table in chance.sample(range(district.points), round(faults.outages * district.points)):
        begins = chance.uniform(0.05, 0.7) * district.seconds
        ends = min(begins + chance.uniform(1, 12) * HOUR_S, 0.97 * district.seconds)
        found += [Happening(begins, table, Fault.CUT), Happening(ends, table, Fault.MENDED)]
    return found
