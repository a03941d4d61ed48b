"""How the table fares: what waits at it, how fast it is, how its machine is. Said when that changes, each five
minutes at most; a start says it anew: it is in no outbox."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import BoxState, Counters, Instant, TubeState
from kiosk.ports import Message


@dataclass(frozen=True, slots=True)
class Fare:
    """What is told of it, as `Gauges` has it."""

    oldest_tube: int | None
    tubes: Mapping[str, int]
    boxes: Mapping[str, int]
    slips: int
    p50_ms: float | None
    p99_ms: float | None
    hops_ms: Mapping[str, float]
    free_mb: int | None
    celsius: float | None
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges(Stamp):
    """What waits at the table, how fast it is and how its machine is."""

    oldest_tube: int | None
    """When the first person went into the oldest tube that is still at the table, milliseconds UTC; null if there is
    none, or no clock to tell it by."""
    tubes: Annotated[Mapping[str, int], Field(json_schema_extra={"propertyNames": {"enum": [*TubeState]}})]
    """Of this round, with people in them, by state."""
    boxes: Annotated[Mapping[str, int], Field(json_schema_extra={"propertyNames": {"enum": [*BoxState]}})]
    slips: int
    """So many of the last slips the speed is of."""
    p50_ms: float | None
    """Scan to paper; null before the first slip."""
    p99_ms: float | None
    hops_ms: Mapping[str, float]
    """Where that went, at the median: decode, decide, commit, render, print."""
    free_mb: int | None
    celsius: float | None
    release: str


def gauges(address: Address, counters: Counters, at: Instant, fare: Fare) -> Message:
    told = {field.name: getattr(fare, field.name) for field in fields(fare)}
    return message(address, "gauges", Gauges(**stamp(counters, at), **told))
