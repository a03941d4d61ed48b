"""What the centre orders, in the envelope of what is signed: one text, for the broker, a stick or a QR alike. Pure."""

import re
from collections.abc import Collection
from typing import assert_never

import cbor2

from kiosk.encodings.check_digits import is_mod_97_10
from kiosk.model.orders import (
    ANY,
    BeginRound,
    Collect,
    Command,
    Order,
    OrderKind,
    RenewCodes,
    Say,
    Whom,
    Withdraw,
    are_meant,
    kind_of,
)
from kiosk.vouchers.envelope import Form, NotOurs, SigningKey, check, decoded, payload_of
from kiosk.vouchers.token import shown

PREFIX = "KO1:"
LONGEST = 2000
"""Characters: a QR holds them, and a scanner reads it."""
LONGEST_SAID = 80
MOST_VOUCHERS = 64
LAST_TURN = 999
_LATEST_MS = 2**32 * 1000
_LATEST_S = 2**32
_SEALED = range(64, 177)
"""Bytes; HPKE: an encapsulated key of 32 bytes, the round's of 16 to 128, a tag of 16."""
_LEVEL = re.compile(r"[a-z0-9-]{1,40}")
_KINDS = tuple(OrderKind)
_FORM = Form(PREFIX, LONGEST)


class _Key:
    """Of the map that is signed."""

    N, WHOM, KIND, WHAT = 1, 2, 3, 4


def signed(n: int, whom: Whom, command: Command, key: SigningKey) -> Order:
    """Raises ValueError for what no table would take: says which part."""
    payload = _payload(n, whom, command)
    text = key.signed(_FORM, payload)
    if len(text) > LONGEST:
        raise ValueError("is too long for a QR: order less at once")
    order = _order(payload, text)
    if order is None:
        raise ValueError("is no order that a table would take")
    return order


def verify(text: str, keys: Collection[bytes]) -> Order:
    """What one of these public keys ordered. Raises NotOurs, UnknownKey, WrongSignature."""
    order = read(text)
    check(_FORM, text, keys)
    return order


def read(text: str) -> Order:
    """Whoever signed it. Raises NotOurs."""
    payload = payload_of(_FORM, text)
    order = _order(payload, text)
    if order is None or _payload(order.n, order.whom, order.command) != payload:
        raise NotOurs("no order that this release knows")
    return order


def is_for(order: Order, levels: tuple[str, str, str, str]) -> bool:
    """Whether the table of this region, round, point and kiosk is meant."""
    return are_meant(order.whom, levels)


def _payload(n: int, whom: Whom, command: Command) -> bytes:
    kind = _KINDS.index(kind_of(command))
    said = {_Key.N: n, _Key.WHOM: list(whom), _Key.KIND: kind, _Key.WHAT: _what(command)}
    return cbor2.dumps(said, canonical=True)


def _what(command: Command) -> list[object]:
    match command:
        case Say(text, until_s):
            return [text, until_s]
        case Collect(at_s):
            return [at_s]
        case Withdraw(vouchers):
            return [int(number[1:]) for number in vouchers]
        case RenewCodes(turn):
            return [turn]
        case BeginRound(name, key):
            return [name, key]
        case never:
            assert_never(never)


def _order(payload: bytes, text: str) -> Order | None:
    match decoded(payload):
        case {
            _Key.N: int(n),
            _Key.WHOM: [str(region), str(round_id), str(point), str(kiosk)],
            _Key.KIND: int(kind),
            _Key.WHAT: [*what],
        } if 0 < n < _LATEST_MS and 0 <= kind < len(_KINDS):
            whom = region, round_id, point, kiosk
            command = _command(_KINDS[kind], what)
            if command is not None and all(each == ANY or _LEVEL.fullmatch(each) for each in whom):
                return Order(n, whom, command, text)
    return None


def _command(kind: OrderKind, what: list[object]) -> Command | None:
    match kind, what:
        case OrderKind.SAY, [str(text), int(until_s)] if _is_time(until_s) and is_sayable(text):
            return Say(text, until_s)
        case OrderKind.COLLECT, [int(at_s)] if _is_time(at_s):
            return Collect(at_s)
        case OrderKind.WITHDRAW, [*numbers] if 0 < len(numbers) <= MOST_VOUCHERS:
            vouchers = tuple(f"V{number:013d}" for number in numbers if isinstance(number, int) and number >= 0)
            return Withdraw(vouchers) if len(vouchers) == len(numbers) and all(map(is_voucher, vouchers)) else None
        case OrderKind.CODES, [int(turn)] if 0 < turn <= LAST_TURN:
            return RenewCodes(turn)
        case OrderKind.ROUND, [str(name), bytes(key)] if _LEVEL.fullmatch(name) and len(key) in _SEALED:
            return BeginRound(name, key)
    return None


def is_voucher(number: str) -> bool:
    return len(number) == 14 and number[1:].isdigit() and is_mod_97_10(number[1:])


def is_sayable(text: str) -> bool:
    """One line that a panel and a page can show."""
    return 0 < len(text) <= LONGEST_SAID and all(shown(each) == each for each in text)


def _is_time(s: int) -> bool:
    return 0 < s < _LATEST_S
