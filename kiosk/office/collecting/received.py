"""A message as it came to what stands in the table. Pure."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from kiosk.frozen import dataclass
from kiosk.messages import BELOW, Address

LARGEST_BYTES = 1 << 17
"""No kiosk says more at once."""
LONGEST_TOPIC, LONGEST_EPOCH = 400, 64
LATEST = 1 << 45
"""Of commits, and of milliseconds."""
LARGEST = 1 << 62
"""Of other numbers."""
PEOPLE = "people"
"""Keyed hashes: for the tables of a point, and for no database."""


class StrangeError(ValueError):
    """No word of a kiosk's; says what is wrong with it in a word or two, and nothing of what it holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a topic says. `connection` is 0 where none is told; `payload` is JSON that any reader takes."""

    topic: str
    epoch: str
    seq: int
    connection: int
    ts: int | None
    payload: str


def row_of(topic: str, payload: bytes) -> Row:
    """Fields and kinds of topics that this release does not know stay. Raises StrangeError."""
    kind, below = _placed(topic)
    said, text = _object(payload)
    epoch, ts = said.get("epoch"), said.get("ts")
    if not (isinstance(epoch, str) and 0 < len(epoch) <= LONGEST_EPOCH and epoch.isprintable()):
        raise StrangeError("no epoch")
    if BELOW.get(kind, ("",))[0] == "epoch" and below.split("/")[0] != epoch:
        raise StrangeError("the epoch of another topic")
    seq = _number(said.get("seq"), LATEST, "no seq")
    if ts is not None:
        ts = _number(ts, LATEST, "a time that cannot be")
    _number(said.get("mono_ms", 0), LARGEST, "a time that cannot be")
    connection = 0
    if kind == "status":
        connection = _number(said.get("connection", 0), LARGEST, "a connection that cannot be")
        if not isinstance(said.get("state"), str):
            raise StrangeError("no state")
    return Row(topic, epoch, seq, connection, ts, text)


def topic_of(routing_key: str) -> str:
    """What RabbitMQ makes of a topic, made back: it writes dots for slashes, and leaves dots as they are. Only the last
    level of a kiosk's topic may have dots of its own: a supplier's code of a tube."""
    parts = routing_key.split(".", 6)
    if len(parts) < 7:
        return "/".join(parts)
    kind, _, below = parts[6].partition(".")
    levels = below.split(".", max(0, len(BELOW.get(kind, ())) - 1)) if kind in BELOW else below.split(".")
    return "/".join((*parts[:6], kind, *filter(None, levels)))


def in_turns(rows: Sequence[Row]) -> list[list[Row]]:
    """Each turn has a topic once, in the order in which they came: one statement cannot write a row twice."""
    turns: list[list[Row]] = []
    seen: dict[str, int] = {}
    for row in rows:
        turn = seen.get(row.topic, 0)
        seen[row.topic] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(row)
    return turns


def as_json(rows: Sequence[Row]) -> str:
    """For the statement's one parameter."""
    return f"[{','.join(map(_object_of, rows))}]"


def _placed(topic: str) -> tuple[str, str]:
    found = Address.parted(topic)
    if found is None:
        raise StrangeError("no topic of a kiosk's")
    if len(topic) > LONGEST_TOPIC or not topic.isprintable():
        raise StrangeError("a topic that no kiosk has")
    kind, _, below = found[1].partition("/")
    if kind == PEOPLE:
        raise StrangeError("hashes of people, which are for tables only")
    return kind, below


def _object(payload: bytes) -> tuple[dict[str, Any], str]:
    if not payload:
        raise StrangeError("empty")
    if len(payload) > LARGEST_BYTES:
        raise StrangeError("too large")
    try:
        said = json.loads(payload, parse_constant=_no_number)
        text = json.dumps(said, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        raise StrangeError("no JSON") from None
    if not isinstance(said, dict):
        raise StrangeError("no JSON object")
    return said, text


def _no_number(_: str) -> NoReturn:
    raise ValueError


def _number(found: object, limit: int, otherwise: str) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < limit:
        raise StrangeError(otherwise)
    return found


def _object_of(row: Row) -> str:
    head = {"topic": row.topic, "epoch": row.epoch, "seq": row.seq, "connection": row.connection, "ts": row.ts}
    return f'{json.dumps(head)[:-1]},"payload":{row.payload}}}'
