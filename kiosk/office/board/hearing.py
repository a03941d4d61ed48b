"""A message as it came from a broker to what was said, and by whom; unknown fields are left alone."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from kiosk.frozen import dataclass
from kiosk.messages import Address, Counts, Gauges, Health, Stamp, Status, Units
from kiosk.office.broker_line import Heard

MOST = 10**9
"""No table counts so many of anything."""
LATEST_MS = 2**45
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
    try:
        body: Stamp = _ADAPTERS[kind].validate_json(heard.payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise NotUnderstoodError(f"{heard.topic}: {where or 'all of it'}: {first['msg']}") from None
    _judge(heard.topic, body, below)
    return Said(table, body, not heard.retained, at_s)


def _judge(topic: str, body: Stamp, below: str) -> None:
    if isinstance(body, Counts):
        if below != body.epoch:
            raise NotUnderstoodError(f"{topic}: counts of another life of the journal")
        figures = (body.samples, body.tubes, body.labels, body.vouchers, body.voided, *body.refused.values())
        if not all(0 <= n <= MOST for n in figures) or abs(body.exempt) > MOST:
            raise NotUnderstoodError(f"{topic}: counts that cannot be")
    if not (0 <= body.seq < LATEST_MS and (body.ts is None or 0 <= body.ts < LATEST_MS)):
        raise NotUnderstoodError(f"{topic}: a number that cannot be")
