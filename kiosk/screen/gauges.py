"""What the staff's page shows beside the state: the machine, the line to the centre, and how fast the table is."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from math import ceil

from kiosk.frozen import dataclass

CURVE_MIN = 5
"""Of the morning's curve: people in so many minutes each."""
HOPS = ("decode", "decide", "commit", "render", "print")


@dataclass(frozen=True, slots=True)
class Way:
    """One scan's way to paper: how long each of the HOPS took, ms."""

    hops_ms: tuple[float, ...]

    @property
    def total_ms(self) -> float:
        return sum(self.hops_ms)


@dataclass(frozen=True, slots=True)
class Speed:
    """Scan to paper over the last slips, and where it went at the median; ms."""

    slips: int
    p50: float
    p99: float
    hops: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """People by five minutes; `begins` is when the first five began, as the clock on the wall shows it."""

    begins: str = ""
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauges:
    """`unsaid`: topics whose last word the broker does not have. `heard_s`: seconds since each other table said
    something new. None is what nobody could read."""

    unsaid: int = 0
    free_mb: int | None = None
    celsius: float | None = None
    curve: Curve = Curve()
    speed: Speed | None = None
    heard_s: Mapping[str, int] = field(default_factory=dict)


def speed_of(ways: Sequence[Way]) -> Speed | None:
    """Nearest rank; None before the first slip."""
    if not ways:
        return None
    totals = [way.total_ms for way in ways]
    by_hop = zip(HOPS, zip(*(way.hops_ms for way in ways), strict=True), strict=True)
    hops = {hop: _percentile(values, 50) for hop, values in by_hop}
    return Speed(len(ways), _percentile(totals, 50), _percentile(totals, 99), hops)


def _percentile(values: Sequence[float], percent: int) -> float:
    return round(sorted(values)[ceil(percent / 100 * len(values)) - 1], 1)
