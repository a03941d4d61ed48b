"""What stands at each table's topics: the orders that hold there, and what became of them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field

from pydantic import TypeAdapter, ValidationError

from kiosk.frozen import dataclass
from kiosk.messages import Address, Orders
from kiosk.messages.orders import MOST, ORDER, orders_in
from kiosk.messages.status import Status
from kiosk.model.orders import ANY, Order, Whom, Withdraw
from kiosk.session.orders.state import ends_s
from kiosk.vouchers.envelope import SignedError
from kiosk.vouchers.order import is_for, read, verify

_STATUS, _ORDERS = TypeAdapter(Status), TypeAdapter(Orders)
_GONE = ("retired", "closed")


class TooManyOrders(Exception):  # noqa: N818 - it says what they are
    """More hold at a table than a message of the broker takes."""


@dataclass(frozen=True, slots=True)
class Table:
    """`given` are the orders that stand there as they were signed; `became` by their numbers what the table said of
    those that it knows; None while one waits for a quiet moment."""

    address: Address
    is_there: bool = True
    given: tuple[Order, ...] = ()
    became: Mapping[int, str | None] = field(default_factory=dict)


def filters_of(whom: Whom) -> tuple[str, ...]:
    """Where the tables that are meant say what they know."""
    place = "/".join(whom)
    return tuple(f"sampling/v1/{place}/{leaf}" for leaf in ("status", ORDER, "ordered"))


class Standing:
    """What was heard of each table."""

    def __init__(self, whom: Whom, key: bytes | None = None) -> None:
        """`key`: what others have signed is passed over; None: nobody asks who signed it."""
        self._key = key
        self._statuses: dict[Address, str] = {}
        self._given: dict[Address, tuple[Order, ...]] = {}
        self._became: dict[Address, Mapping[int, str | None]] = {}
        if ANY not in whom:
            # A table that is named was perhaps never heard: what is ordered waits for it.
            self._statuses[Address(*whom)] = ""

    def take(self, topic: str, payload: bytes) -> None:
        """What nobody can tell is passed over."""
        found = Address.parted(topic)
        if found is None or not payload:
            return
        address, leaf = found
        try:
            match leaf:
                case "status":
                    self._statuses[address] = _STATUS.validate_json(payload).state
                case "ordered":
                    known = _ORDERS.validate_json(payload).orders
                    self._became[address] = {each.n: each.became for each in known}
                case _ if leaf == ORDER:
                    self._given[address] = tuple(self._readable(orders_in(payload)))
        except ValidationError:
            return

    def _readable(self, texts: Iterable[str]) -> Iterator[Order]:
        for text in texts:
            with suppress(SignedError):
                yield read(text) if self._key is None else verify(text, [self._key])

    def tables(self) -> list[Table]:
        """In the order of their places; those that were taken out are not there."""
        every = sorted(self._statuses.keys() | self._given.keys(), key=lambda address: address.levels)
        return [
            Table(
                each,
                self._statuses.get(each, "") not in _GONE,
                self._given.get(each, ()),
                self._became.get(each, {}),
            )
            for each in every
        ]


def next_number(tables: Iterable[Table], now_ms: int) -> int:
    """Later than all that these tables know: after an order that was made by a clock ahead the next one is not to be
    taken for an earlier."""
    known = (n for table in tables for n in (*(order.n for order in table.given), *table.became))
    return max(now_ms, 1 + max(known, default=0))


def with_another(table: Table, order: Order, now_s: float) -> tuple[str, ...]:
    """What is to stand there: less what is over, and what this one overtakes. Raises TooManyOrders."""
    if not is_for(order, table.address.levels):
        raise ValueError(order.whom)
    kept = [each for each in table.given if each.n != order.n and not _is_done_with(each, order, now_s)]
    if len(kept) >= MOST:
        raise TooManyOrders(f"{table.address.place}: {len(kept)} orders hold there already")
    return tuple(each.text for each in (*kept, order))


def _is_done_with(earlier: Order, order: Order, now_s: float) -> bool:
    end_s = ends_s(earlier)
    is_overtaken = type(earlier.command) is type(order.command) and not isinstance(order.command, Withdraw)
    return (end_s is not None and end_s <= now_s) or (is_overtaken and earlier.n < order.n)
