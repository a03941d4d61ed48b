"""What the centre orders of a table, and what became of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.model.orders import Became, Ordered, OrderKind, kind_of
from kiosk.ports import Message

ORDER, ROSTER = "order", "roster"
"""What the centre says to a table: the orders that hold, and below `roster/` the file of who is expected there."""
PART_BYTES, MOST_PARTS = 98_304, 96
"""Of that file stands in one message: some brokers take no more than 128 KB."""
LARGEST_BYTES = 65_536
MOST = 32
"""Orders that stand on a topic, and of which it is told what became of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one order."""

    n: int
    kind: Annotated[str, Field(json_schema_extra={"enum": [*OrderKind]})]
    became: Annotated[str | None, Field(json_schema_extra={"enum": [*Became, None]})]
    """null while it waits for a quiet moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders(Stamp):
    """Which orders of this round are known at the table, the latest last, and what became of each.

    First stands the one by which a round began here last; of more than 32 those that may still hold."""

    orders: list[Outcome]


def orders(address: Address, counters: Counters, at: Instant, known: Sequence[Ordered], begun: int = 0) -> Message:
    """`begun` is the number of the order by which a round began here last, 0 where none did."""
    first = [Outcome(n=begun, kind=str(OrderKind.ROUND), became=str(Became.DONE))] if begun else []
    said = [*first, *map(_outcome, _worth_telling(known))]
    return message(address, "ordered", Orders(**stamp(counters, at), orders=said))


def _worth_telling(known: Sequence[Ordered]) -> list[Ordered]:
    """Those that wait, all that withdraw vouchers, and the latest of each other kind; what is left is for the rest."""
    by_number = sorted(known, key=lambda each: each.order.n)
    latest = {kind_of(each.order.command): each.order.n for each in by_number}
    holds = [each.became is None or _is_latest(each, latest) for each in by_number]
    ranked = [each for _, each in sorted(zip(holds, by_number, strict=True), key=lambda pair: pair[0])]
    return sorted(ranked[-MOST:], key=lambda each: each.order.n)


def _is_latest(ordered: Ordered, latest: Mapping[OrderKind, int]) -> bool:
    kind = kind_of(ordered.order.command)
    return kind is OrderKind.WITHDRAW or latest[kind] == ordered.order.n


def _outcome(ordered: Ordered) -> Outcome:
    became = None if ordered.became is None else str(ordered.became)
    return Outcome(n=ordered.order.n, kind=str(kind_of(ordered.order.command)), became=became)


def ordering(address: Address, texts: Iterable[str]) -> tuple[str, bytes]:
    """The topic, and what is to stand there, retained."""
    return address.topic(ORDER), json.dumps({"orders": list(texts)}, separators=(",", ":")).encode()


def orders_in(payload: bytes) -> tuple[str, ...]:
    """The texts that stand on a topic; none where nobody can tell. Raises nothing."""
    if len(payload) > LARGEST_BYTES:
        return ()
    try:
        match json.loads(payload):
            case {"orders": [*texts]} if len(texts) <= MOST:
                return tuple(text for text in texts if isinstance(text, str))
    except (ValueError, RecursionError):
        pass
    return ()


def rostering(address: Address, data: bytes) -> list[tuple[str, bytes]]:
    """The topics, and what is to stand there, retained: the file in its parts. Raises ValueError for one that is too
    large."""
    parts = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
    if len(parts) > MOST_PARTS:
        raise ValueError(f"is larger than {MOST_PARTS * PART_BYTES} bytes")
    name = _name_of(data)
    return [
        (address.topic(f"{ROSTER}/{number}"), _head(name, number, len(parts)) + part)
        for number, part in enumerate(parts)
    ]


def _name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _head(name: str, number: int, parts: int) -> bytes:
    return json.dumps({"file": name, "part": number, "of": parts}, separators=(",", ":")).encode() + b"\n"


class Parts:
    """The parts of a file as they come, in whatever order; one file at a time."""

    def __init__(self) -> None:
        self._name, self._parts = "", dict[int, bytes]()

    def put(self, payload: bytes) -> bytes | None:
        """The whole file, once it is whole. Raises nothing."""
        head, _, part = payload.partition(b"\n")
        try:
            match json.loads(head):
                case {"file": str(name), "part": int(number), "of": int(of)} if 0 <= number < of <= MOST_PARTS:
                    return self._put(name, number, of, part)
        except (ValueError, RecursionError):
            pass
        return None

    def _put(self, name: str, number: int, of: int, part: bytes) -> bytes | None:
        if name != self._name:
            self._name, self._parts = name, {}
        self._parts[number] = part
        if len(self._parts) < of:
            return None
        data = b"".join(self._parts[each] for each in sorted(self._parts))
        self._name, self._parts = "", {}
        return data if _name_of(data) == name else None
