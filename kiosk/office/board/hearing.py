"""A message as it came from a broker to what was said, and by whom; unknown fields are left alone."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from math import isfinite
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kiosk.frozen import dataclass
from kiosk.messages import Address, Counts, Gauges, Health, Stamp, Status, Units
from kiosk.messages.counts import LARGEST_BYTES
from kiosk.messages.units import Unit
from kiosk.office.broker_line import Heard

MOST = 10**9
"""No table counts so many of anything."""
LATEST_MS = 2**45
LARGEST = {"status": 4096, "counts": LARGEST_BYTES, "health": 16_384, "units": 131_072, "gauges": 16_384}
"""Bytes: whatever a table says is told to all who look at the board."""
_READ = {"status": Status, "counts": Counts, "health": Health, "units": Units, "gauges": Gauges}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {leaf: TypeAdapter(kind) for leaf, kind in _READ.items()}
LEAVES = ("status", "counts/+", "health", "units", "gauges")
"""What a board reads of each table."""


class NotUnderstoodError(ValueError):
    """What stands there is no word of a kiosk's; says what is wrong with it, and nothing of what stands there."""


@dataclass(frozen=True, slots=True)
class Said:
    """A word of a table; `live` if it was said while we listened, at `at_s` (Unix time)."""

    table: Address
    body: Stamp
    live: bool
    at_s: float


def filters(region: str, round_id: str) -> tuple[str, ...]:
    """Of a region and a round; `+` is any."""
    return tuple(f"sampling/v1/{region}/{round_id}/+/+/{leaf}" for leaf in LEAVES)


def said(heard: Heard, at_s: float) -> Said | None:
    """None for what a board does not read. Raises NotUnderstoodError."""
    found = Address.parted(heard.topic)
    if found is None:
        return None
    table, leaf = found
    kind, _, below = leaf.partition("/")
    if kind not in _ADAPTERS or not heard.payload:
        # An empty one is a topic that was taken back.
        return None
    if len(heard.payload) > LARGEST[kind]:
        raise NotUnderstoodError(f"{heard.topic}: {len(heard.payload)} bytes, more than {LARGEST[kind]}")
    try:
        body: Stamp = _ADAPTERS[kind].validate_json(heard.payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # Below a field's name stands what the message has there.
        where = first["loc"][0] if first["loc"] else "all of it"
        raise NotUnderstoodError(f"{heard.topic}: {where}: {first['msg']}") from None
    _judge(heard.topic, body, below)
    return Said(table, body, not heard.retained, at_s)


def _judge(topic: str, body: Stamp, below: str) -> None:
    if isinstance(body, Counts):
        if below != body.epoch:
            raise NotUnderstoodError(f"{topic}: counts of another life of the journal")
        figures = (body.samples, body.tubes, body.labels, body.vouchers, body.voided, *body.refused.values())
        if not all(0 <= n <= MOST for n in figures) or abs(body.exempt) > MOST:
            raise NotUnderstoodError(f"{topic}: counts that cannot be")
    begun = body.oldest_tube if isinstance(body, Gauges) else None
    if min(body.seq, body.ts or 0, begun or 0) < 0 or not all(_can_be(n) for n in _numbers(body)):
        raise NotUnderstoodError(f"{topic}: a number that cannot be")


def _can_be(n: float) -> bool:
    """What is no finite number no page can read, and a time beyond all calendars none can show."""
    return isfinite(n) and abs(n) < LATEST_MS if isinstance(n, float) else -MOST <= n < LATEST_MS


def _numbers(value: object) -> Iterator[float]:
    match value:
        case int() | float():
            yield value
        case Mapping():
            for each in value.values():
                yield from _numbers(each)
        case list():
            for each in value:
                yield from _numbers(each)
        case Stamp() | Unit():
            for field in fields(value):
                yield from _numbers(getattr(value, field.name))
