"""The demo's summary: what was served, and how long each hop of the way from scan to paper took."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from kiosk.virtual.demo.visits import Served
from kiosk.virtual.printer import Slip
from kiosk.vouchers.token import NotAVoucher, read

HOPS = ("decode", "decide", "commit", "render", "wire", "paper", "confirm")


@dataclass(frozen=True, slots=True)
class Way:
    """One scan's way to paper, in ms. `limit` is what wire and paper alone take, `hops` sum up to the way."""

    total: float
    limit: float
    hops: Mapping[str, float]

    @property
    def ours(self) -> float:
        return self.total - self.limit


def ways(served: Iterable[Served], slips: Sequence[Slip]) -> list[Way]:
    """The way of each visit that ended in paper; slips are matched by the numbers that they carry."""
    by_number = {number: slip for slip in slips for number in numbers(slip)}
    return [way for visit in served if (way := _way(visit, by_number)) is not None]


def numbers(slip: Slip) -> tuple[str, ...]:
    """What a reader would find on the slip: tube codes and voucher numbers."""
    return (*slip.barcodes, *voucher_numbers(slip))


def voucher_numbers(slip: Slip) -> tuple[str, ...]:
    return tuple(map(_voucher_number, slip.qrs))


def _voucher_number(qr: bytes) -> str:
    try:
        return read(qr.decode("ascii", errors="replace")).number
    except NotAVoucher:
        return "unreadable"


def _way(served: Served, slips: Mapping[str, Slip]) -> Way | None:
    if served.printed is None:
        return None
    found = [slips[slip["number"]] for slip in served.printed["slips"] if slip["number"] in slips]
    if not found:
        return None
    last = max(found, key=lambda slip: slip.last_dot_at)
    at = {name: value / 1e9 for name, value in served.printed["times_ns"].items()}
    stations = (
        served.scanned_at,
        at["understood"],
        at["decided"],
        at["committed"],
        at["rendered"],
        last.last_byte_at,
        last.last_dot_at,
        at["confirmed"],
    )
    steps = [1000 * (after - before) for before, after in pairwise(stations)]
    total = 1000 * (last.last_dot_at - served.scanned_at)
    return Way(total, 1000 * last.limit_s, dict(zip(HOPS, steps, strict=True)))


def summary(served: Sequence[Served], found: Sequence[Way], counts: Mapping[str, Any]) -> dict[str, Any]:
    """What summary.json says; counts are the last that the broker gave to the subscriber."""
    refused = Counter(each.reason for each in served if not each.accepted)
    return {
        "residents": len(served),
        "samples": counts.get("samples", 0),
        "tubes": counts.get("tubes", 0),
        "labels": counts.get("labels", 0),
        "vouchers": counts.get("vouchers", 0),
        "refused": dict(sorted(refused.items())),
        "scan_to_paper_ms": _percentiles([way.total for way in found]),
        "limit_ms": _percentiles([way.limit for way in found]),
        "ours_ms": _percentiles([way.ours for way in found]),
        "hops_ms": {hop: _percentiles([way.hops[hop] for way in found]) for hop in HOPS},
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    """Nearest rank; empty without values."""
    ranked = sorted(values)
    return {f"p{p}": round(ranked[ceil(p / 100 * len(ranked)) - 1], 2) for p in (50, 90, 99)} if ranked else {}
