"""Orders made, and put where tables hear them: at the broker, or in a folder that goes on a stick."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kiosk.credentials.round_keys import seal
from kiosk.journal.disk import replace_whole
from kiosk.messages import Address
from kiosk.messages.orders import ordering, rostering
from kiosk.model.orders import ANY, BeginRound, Order, Whom, are_meant
from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError
from kiosk.office.orders.standing import Standing, Table, filters_of, with_another
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import is_for, signed

END = ".order"


def to_begin(
    n: int, whom: Whom, name: str, round_key: bytes, voucher_keys: Mapping[str, bytes], key: SigningKey
) -> list[Order]:
    """The next round for each table that has a key in the guards' file, by point/kiosk. Raises ValueError."""
    region, round_id, *_ = whom
    found = []
    for table, public_key in sorted(voucher_keys.items()):
        point, _, kiosk = table.partition("/")
        levels = region, round_id, point, kiosk
        if are_meant(whom, levels):
            sealed = seal(round_key, public_key, Address(region, name, point, kiosk).place)
            found.append(signed(n, levels, BeginRound(name, sealed), key))
    return found


@contextmanager
def line_to(at: BrokerAt, whom: Whom) -> Iterator[BrokerLine]:
    """What stands there is read, and the next put in its place, over one line: whoever comes by the same name meanwhile
    ends it, so of two that order at once neither puts the other's order out unseen. Raises LineError."""
    line = BrokerLine(at, filters_of(whom), qos=1)
    try:
        line.open()
        yield line
    finally:
        line.close()


def tables_at(line: BrokerLine, whom: Whom, key: bytes | None = None) -> list[Table]:
    """What stands at the broker of the tables that are meant. Raises LineError."""
    standing = Standing(whom, key)
    for heard in line.whole():
        for each in heard:
            standing.take(each.topic, each.payload)
    return standing.tables()


def give(line: BrokerLine, orders: Sequence[Order], tables: Iterable[Table], now_s: float) -> list[Address]:
    """Each order stands at each table that it is for when this returns; which those are. Raises LineError,
    TooManyOrders, and then nothing new stands anywhere."""
    said = []
    for table in tables:
        ours = [order for order in orders if table.is_there and is_for(order, table.address.levels)]
        said += [(table.address, with_another(table, order, now_s)) for order in ours]
    _publish(line, [ordering(address, texts) for address, texts in said])
    return [address for address, _ in said]


def give_roster(line: BrokerLine, data: bytes, tables: Iterable[Table]) -> list[Address]:
    """The file stands at each of these tables when this returns. Raises LineError, ValueError."""
    there = [table.address for table in tables if table.is_there]
    _publish(line, [message for address in there for message in rostering(address, data)])
    return there


def _publish(line: BrokerLine, messages: Sequence[tuple[str, bytes]]) -> None:
    refused = line.publish_all(messages)
    for topic, reason in refused.items():
        why = f"refused {topic} and {len(refused) - 1} more, reason 0x{reason:02X}: see to its rights"
        raise LineError(f"the broker {why}")


def write(orders: Sequence[Order], folder: Path) -> Path:
    """For a stick: a file with a text a line. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{orders[0].n}{END}"
    replace_whole(file, "".join(f"{order.text}\n" for order in orders).encode("ascii"))
    return file


def draw(orders: Sequence[Order], folder: Path, done: Callable[[Path], None]) -> None:
    """A QR for each, to be shown to the staff's scanner. Raises OSError."""
    import qrcode

    folder.mkdir(parents=True, exist_ok=True)
    for order in orders:
        place = "-".join("all" if each == ANY else each for each in order.whom)
        file = folder / f"{order.n}-{place}.png"
        qrcode.make(order.text).save(file)
        done(file)
