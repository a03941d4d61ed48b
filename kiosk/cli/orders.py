"""order: what the centre orders of tables, and what became of it."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli import orders_taken
from kiosk.cli.brokers import broker_of, with_broker
from kiosk.cli.options import Commands, level, positive
from kiosk.cli.signing import add_key
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NOTHING_HEARD, EXIT_UNAVAILABLE, EXIT_UNTOLD
from kiosk.config import ConfigError, Mistake
from kiosk.model.orders import ANY, Collect, Command, Order, RenewCodes, Say, Whom, Withdraw, kind_of

if TYPE_CHECKING:
    from kiosk.messages import Address
    from kiosk.office.orders.standing import Table
    from kiosk.vouchers.envelope import SigningKey

CLIENT = "centre"


def add(commands: Commands) -> None:
    order = commands.add_parser("order", help="order something of tables: the centre's signed word").add_subparsers(
        required=True, metavar="COMMAND"
    )
    add_key(order, "orders", "order", "give orders to every table")
    say = order.add_parser("say", help="words for the staff, on lamp, panel and page")
    say.add_argument("text", help="one line of at most 80 characters; never a name or an identity number")
    say.add_argument("--for", dest="minutes", type=_minutes, default=60, metavar="MIN", help="default 60")
    _for_making(say, _say)
    collect = order.add_parser("collect", help="the boxes are fetched in so many minutes")
    collect.add_argument("minutes", type=_minutes, metavar="MIN")
    _for_making(collect, _collect)
    withdraw = order.add_parser("withdraw", help="these vouchers are worth nothing any more")
    withdraw.add_argument("vouchers", nargs="+", type=_voucher, metavar="VOUCHER", help="V and 13 digits, at most 64")
    _for_making(withdraw, _withdraw)
    codes = order.add_parser("codes", help="renew the staff codes: print them before, with `staff-codes --turn`")
    codes.add_argument("turn", type=_turn, help="1 for the first renewal of the round, then 2, and so on")
    _for_making(codes, _codes)
    begins = order.add_parser("round", help="begin the next round, each table when nobody has come for a minute")
    begins.add_argument("round", type=level, metavar="ROUND", help="its name")
    begins.add_argument("--round-key", type=Path, required=True, metavar="FILE", help="the next round's key")
    named = "the guards' file, each key with its table's name behind it: point/kiosk"
    begins.add_argument("--voucher-keys", type=Path, required=True, metavar="FILE", help=named)
    _for_making(begins, _round)
    roster = order.add_parser("roster", help="send the file of who is expected to the tables of its point")
    roster.add_argument("file", type=Path, metavar="FILE", help="what `kiosk roster make` wrote")
    roster.add_argument("--to", type=_whom, required=True, metavar="PLACE", help=_PLACE)
    with_broker(roster)
    roster.add_argument("--dry-run", action="store_true", help="say to which tables, and send nothing")
    roster.add_argument("--json", action="store_true", help="for programs")
    roster.set_defaults(command=_roster)
    status = order.add_parser("status", help="what became of the orders that stand at tables")
    status.add_argument("--to", type=_whom, required=True, metavar="PLACE", help=_PLACE)
    with_broker(status)
    status.add_argument("--json", action="store_true", help="for programs: a list of objects")
    status.set_defaults(command=_status)
    orders_taken.add(order)


_PLACE = "region/round/point/kiosk of the tables that are meant; + for any, as in wuyuan/r01/+/+"


def _for_making(parser: argparse.ArgumentParser, command: object) -> None:
    parser.add_argument("--to", type=_whom, required=True, metavar="PLACE", help=_PLACE)
    parser.add_argument("--signing-key", type=Path, required=True, metavar="FILE", help="what `kiosk order key` wrote")
    with_broker(parser, required=False)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write it here, for a stick: `kiosk order take`")
    parser.add_argument("--qr", type=Path, metavar="DIR", help="draw it here, for a staff's scanner")
    parser.add_argument("--dry-run", action="store_true", help="say for which tables, and give nothing")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(command=command)


def _whom(text: str) -> Whom:
    levels = text.split("/")
    if len(levels) != 4:
        raise argparse.ArgumentTypeError("must be region/round/point/kiosk, with + for any, as in wuyuan/r01/+/+")
    region, round_id, point, kiosk = (each if each == ANY else level(each) for each in levels)
    if ANY in (region, round_id):
        raise argparse.ArgumentTypeError("must name the region and the round: an order is of one round")
    return region, round_id, point, kiosk


def _minutes(text: str) -> int:
    minutes = positive(text)
    if minutes > 24 * 60:
        raise argparse.ArgumentTypeError("must be at most a day: 1440")
    return minutes


def _voucher(text: str) -> str:
    from kiosk.vouchers.order import is_voucher

    number = text.strip().upper()
    if not is_voucher(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no voucher's number: V and 13 digits, of which the last two fit")
    return number


def _turn(text: str) -> int:
    from kiosk.vouchers.order import LAST_TURN

    turn = positive(text)
    if turn > LAST_TURN:
        raise argparse.ArgumentTypeError(f"must be at most {LAST_TURN}")
    return turn


def _say(options: argparse.Namespace) -> int:
    return _one(options, Say(options.text.strip(), int(time.time()) + options.minutes * 60))


def _collect(options: argparse.Namespace) -> int:
    return _one(options, Collect(int(time.time()) + options.minutes * 60))


def _withdraw(options: argparse.Namespace) -> int:
    return _one(options, Withdraw(tuple(dict.fromkeys(options.vouchers))))


def _codes(options: argparse.Namespace) -> int:
    return _one(options, RenewCodes(options.turn))


def _one(options: argparse.Namespace, command: Command) -> int:
    from kiosk.vouchers.order import signed

    key = _signing_key(options.signing_key)

    def made(n: int) -> list[Order]:
        return [signed(n, options.to, command, key)]

    try:
        made(_now_ms())
    except ValueError as error:
        print(f"This {error}. Nothing was ordered.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    return _give(options, made, key)


def _round(options: argparse.Namespace) -> int:
    from kiosk.office.orders.giving import to_begin

    key, named = _signing_key(options.signing_key), _voucher_keys(options.voucher_keys)
    if options.round == options.to[1]:
        print(f"{options.round} is the round that these tables are in. Nothing was ordered.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    try:
        round_key = options.round_key.read_bytes().strip()
        orders = to_begin(_now_ms(), options.to, options.round, round_key, named, key)
    except OSError as error:
        print(f"{options.round_key}: {error.strerror}. Nothing was ordered.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except ValueError as error:
        print(f"{options.round_key}: {error}. Nothing was ordered.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    if not orders:
        print(f"{options.voucher_keys} names no table of {'/'.join(options.to)}. Nothing was ordered.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    return _give(options, lambda n: to_begin(n, options.to, options.round, round_key, named, key), key)


def _voucher_keys(file: Path) -> dict[str, bytes]:
    """By what stands behind them. Raises ConfigError."""
    fix = "Write what `kiosk public-key --name point/kiosk` prints at each table"
    try:
        lines = [line.partition("#")[0].split() for line in file.read_text(encoding="utf-8-sig").splitlines()]
        return {line[1]: bytes.fromhex(line[0]) for line in lines if len(line) > 1}
    except OSError as error:
        raise ConfigError(str(file), [Mistake("file", str(error.strerror), fix)]) from error
    except ValueError as error:
        raise ConfigError(str(file), [Mistake("file", "holds a line that is no key", fix)]) from error


def _signing_key(file: Path) -> "SigningKey":
    """Raises ConfigError."""
    from kiosk.office.authority_keys import KeyFileError
    from kiosk.office.signing_keys import read

    fix = "Name the file that `kiosk order key` wrote"
    try:
        return read(file)
    except OSError as error:
        raise ConfigError(str(file), [Mistake("file", str(error.strerror), fix)]) from error
    except KeyFileError as error:
        raise ConfigError(str(file), [Mistake("file", "is not 64 hex digits", fix)]) from error


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _give(options: argparse.Namespace, made: Callable[[int], list[Order]], key: "SigningKey") -> int:
    """`made` signs what is ordered, by its number."""
    from kiosk.office.broker_line import LineError
    from kiosk.office.orders.giving import draw, give, line_to, tables_at, write
    from kiosk.office.orders.standing import TooManyOrders, next_number
    from kiosk.vouchers.order import is_for

    files: list[Path] = []
    stands: list[Address] = []
    gone: list[Address] = []
    orders, has_begun = made(_now_ms()), False
    try:
        if options.host is not None:
            with line_to(broker_of(options, CLIENT), options.to) as line:
                tables = tables_at(line, options.to, key.public_key)
                orders = made(next_number(tables, _now_ms()))
                meant = [each for each in tables if any(is_for(order, each.address.levels) for order in orders)]
                gone = [*_left_out(tables, meant), *_unheard(orders, tables)]
                has_begun = not options.dry_run
                given = give(line, orders, meant, time.time()) if has_begun else []
                stands = [each.address for each in meant if each.is_there] if options.dry_run else given
        if options.out is not None and not options.dry_run:
            files.append(write(orders, options.out))
        if options.qr is not None and not options.dry_run:
            draw(orders, options.qr, files.append)
    except TooManyOrders as error:
        print(f"{error}. Nothing was ordered over the broker.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except LineError as error:
        some = "Some tables may have it: `kiosk order status` tells, and to order it again does no harm"
        print(f"{error}. {some if has_begun else 'Nothing was ordered over the broker'}.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. Over the broker {len(stands)} tables have it.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    return _tell(options, orders, stands, gone, files)


def _left_out(tables: list["Table"], meant: list["Table"]) -> list["Address"]:
    return [each.address for each in tables if each not in meant or not each.is_there]


def _unheard(orders: list[Order], tables: list["Table"]) -> list["Address"]:
    """Tables that are meant by their names and have not said yet that they are in this round."""
    from kiosk.messages import Address

    heard = {each.address for each in tables}
    named = [Address(*order.whom) for order in orders if ANY not in order.whom]
    return [each for each in named if each not in heard]


def _tell(
    options: argparse.Namespace, orders: list[Order], stands: list["Address"], gone: list["Address"], files: list[Path]
) -> int:
    left = sorted(each.place for each in gone)
    if options.json:
        said = {
            "n": orders[0].n,
            "kind": kind_of(orders[0].command),
            "texts": [order.text for order in orders],
            "tables": [each.place for each in stands],
            "left_out": left,
            "files": list(map(str, files)),
        }
        print(json.dumps(said, ensure_ascii=False))
    else:
        _tell_people(options, orders, stands, left, files)
    if options.host is None:
        return 0
    return (EXIT_UNTOLD if left else 0) if stands else EXIT_NOTHING_HEARD


def _tell_people(
    options: argparse.Namespace, orders: list[Order], stands: list["Address"], left: list[str], files: list[Path]
) -> None:
    for file in files:
        print(file)
    if options.host is not None:
        would = "would stand" if options.dry_run else "stands"
        print(f"Order {orders[0].n} ({kind_of(orders[0].command)}) {would} at {len(stands)} tables")
        print("`kiosk order status` tells what became of it")
        for place in left:
            why = "taken out, not heard in this round, or no key is named for it: it is told nothing"
            print(f"{place}: {why}", file=sys.stderr)
        if not stands:
            print(f"No table of {'/'.join(options.to)} was ever heard at this broker", file=sys.stderr)
    elif not files:
        for order in orders:
            print(order.text)


def _roster(options: argparse.Namespace) -> int:
    from kiosk.office.broker_line import LineError
    from kiosk.office.orders.giving import give_roster, line_to, tables_at

    try:
        data = options.file.read_bytes()
        with line_to(broker_of(options, CLIENT), options.to) as line:
            tables = tables_at(line, options.to)
            there = [each.address for each in tables if each.is_there]
            stands = there if options.dry_run else give_roster(line, data, tables)
    except OSError as error:
        print(f"{options.file}: {error.strerror}. Nothing was sent.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except ValueError as error:
        print(f"{options.file} {error}. Nothing was sent.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except LineError as error:
        print(f"{error}. Nothing, or not all of it, was sent: run it again.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    if options.json:
        print(json.dumps({"tables": [each.place for each in stands], "bytes": len(data)}))
    else:
        would = "would stand" if options.dry_run else "stands"
        print(
            f"{options.file} ({len(data)} bytes) {would} at {len(stands)} tables; their `units` tell when it is taken"
        )
    return 0 if stands else EXIT_NOTHING_HEARD


def _status(options: argparse.Namespace) -> int:
    from kiosk.office.broker_line import LineError
    from kiosk.office.orders.giving import line_to, tables_at

    try:
        with line_to(broker_of(options, CLIENT), options.to) as to_broker:
            tables = tables_at(to_broker, options.to)
    except LineError as error:
        print(f"{error}.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    found = [line for table in tables for line in _lines(table)]
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for line in found:
            print(f"{line['table']}  {line['n']}  {line['kind']}  {line['became'] or 'waits'}")
        if not found:
            print("No order stands at these tables", file=sys.stderr)
    return EXIT_UNTOLD if any(line["became"] in (None, "unheard") for line in found) else 0


def _lines(table: "Table") -> list[dict[str, object]]:
    """`unheard`: the table has not said yet that it knows of it."""
    return [
        {
            "table": table.address.place,
            "n": order.n,
            "kind": str(kind_of(order.command)),
            "became": table.became.get(order.n, "unheard"),
        }
        for order in table.given
    ]
