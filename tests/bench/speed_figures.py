"""What one line of the bench found: bytes and milliseconds, ours and the usual way's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

RATIO_P50, RATIO_P99 = 1.03, 1.05
"""Targets: scan to paper over what wire and paper alone take."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 99th percentile, nearest rank."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One way of printing on one line. `sizes`: bytes of each kind of slip; times in ms; `ratio`: total over limit."""

    sizes: Mapping[str, int]
    total: Spread
    limit: Spread
    ratio: Spread

    @property
    def on_top(self) -> float:
        """Milliseconds at the median that are neither wire nor paper."""
        return self.total.p50 - self.limit.p50


@dataclass(frozen=True, slots=True)
class Line:
    """A printer's line: the kiosk and, beside it, the same slips printed as pictures."""

    title: str
    slips: str
    ours: Figures
    usual: Figures

    @property
    def times_faster(self) -> float:
        return self.usual.total.p50 / self.ours.total.p50

    @property
    def on_target(self) -> bool:
        return self.ours.ratio.p50 <= RATIO_P50 and self.ours.ratio.p99 <= RATIO_P99


def figures(sizes: Mapping[str, int], ways: Sequence[tuple[float, float]]) -> Figures:
    """From the total and the limit, in ms, of each scan."""
    return Figures(
        sizes,
        spread(total for total, _ in ways),
        spread(limit for _, limit in ways),
        spread(total / limit for total, limit in ways),
    )


def spread(values: Iterable[float]) -> Spread:
    ranked = sorted(values)
    p50, p99 = (ranked[ceil(p / 100 * len(ranked)) - 1] for p in (50, 99))
    return Spread(p50, p99)
