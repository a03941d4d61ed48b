"""What stands at tables of the centre's orders: the next takes the place of what it overtakes, and of what is over."""

import pytest

from kiosk.messages import Address
from kiosk.messages.orders import MOST, PART_BYTES, Parts, ordering, orders, orders_in, rostering
from kiosk.messages.status import State, status
from kiosk.model import Counters, Instant
from kiosk.model.orders import Became, Collect, Command, Order, Ordered, RenewCodes, Say, Withdraw
from kiosk.office.orders.standing import Standing, Table, TooManyOrders, next_number, with_another
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import signed

KEY, OTHER = SigningKey(b"c" * 32), SigningKey(b"x" * 32)
A, B = Address("cn", "r1", "wy-0001", "a"), Address("cn", "r1", "wy-0002", "a")
WHOM = ("cn", "r1", "+", "+")
NOW_S = 1_653_000_000
AT = Instant("b", 0, NOW_S * 1000, True)
VOUCHERS = ("V0352000000158",), ("V0352000000255",)


def order(command: Command, n: int = NOW_S * 1000, key: SigningKey = KEY) -> Order:
    return signed(n, WHOM, command, key)


def test_a_later_order_takes_the_place_of_one_of_its_kind_and_of_what_is_over():
    given = (
        order(RenewCodes(1), 1),
        order(Say("旧", NOW_S - 1), 2),
        order(Collect(NOW_S + 60), 3),
        order(Withdraw(VOUCHERS[0]), 4),
    )
    newest = order(RenewCodes(2), 9)
    assert with_another(Table(A, given=given), newest, NOW_S) == tuple(each.text for each in (*given[2:], newest))
    again = order(Withdraw(VOUCHERS[1]), 10)
    assert len(with_another(Table(A, given=given), again, NOW_S)) == 4, "vouchers are withdrawn by each for itself"


def test_the_next_order_is_later_than_one_that_was_made_by_a_clock_ahead():
    ahead = NOW_S * 1000 + 86_400_000
    tables = [Table(A, given=(order(RenewCodes(1), 5),)), Table(B, became={ahead: "done"})]
    assert next_number(tables, NOW_S * 1000) == ahead + 1
    assert next_number(tables[:1], NOW_S * 1000) == NOW_S * 1000


def test_no_table_is_given_more_than_a_message_takes():
    given = tuple(order(Withdraw(VOUCHERS[0]), n) for n in range(1, MOST + 1))
    with pytest.raises(TooManyOrders, match="wy-0001"):
        with_another(Table(A, given=given), order(RenewCodes(1)), NOW_S)


def stated(address: Address, state: State) -> tuple[str, bytes]:
    said = status(address, state, Counters("e", "0001", 1), AT, 1)
    return said.topic, said.payload


def test_tables_that_were_taken_out_are_told_nothing_and_what_others_signed_is_passed_over():
    standing = Standing(WHOM, KEY.public_key)
    standing.take(*stated(A, "online"))
    standing.take(*stated(B, "retired"))
    mine, forged = order(RenewCodes(1)), order(RenewCodes(9), key=OTHER)
    standing.take(*ordering(A, [forged.text, "nonsense", mine.text]))
    known = (Ordered(mine, AT, Became.DONE),)
    said = orders(A, Counters("e", "0001", 1), AT, known)
    standing.take(said.topic, said.payload)
    there, gone = standing.tables()
    assert (there.address, there.is_there, there.given, there.became) == (A, True, (mine,), {mine.n: "done"})
    assert (gone.address, gone.is_there) == (B, False)


def test_a_table_that_is_named_may_be_told_before_it_was_ever_heard():
    assert [table.address for table in Standing(("cn", "r1", "wy-0001", "a")).tables()] == [A]
    assert Standing(WHOM).tables() == []


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[]", b'{"orders":7}', b'{"orders":[7,{}]}', b"\xff" * 9, b"[" * 99_999]
)
def test_nonsense_that_stands_there_is_no_order(payload):
    assert orders_in(payload) == ()


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_a_file_comes_whole_from_its_parts_in_any_order(size):
    data, parts = bytes(n % 251 for n in range(size)), Parts()
    said = rostering(A, data)
    assert all(len(payload) <= 131_072 for _, payload in said)
    whole = [found for _, payload in reversed(said) if (found := parts.put(payload)) is not None]
    assert whole == ([data] if size else [])


def test_parts_of_two_files_and_nonsense_make_no_file():
    first, second = (rostering(A, bytes([n]) * (PART_BYTES + 9)) for n in (1, 2))
    parts = Parts()
    for payload in (
        first[0][1],
        second[1][1],
        b"",
        b"[]\n",
        b'{"file":"x","part":0,"of":1}\nx',
        b"{" * 999,
        first[1][1],
    ):
        assert parts.put(payload) is None
    with pytest.raises(ValueError, match="larger than"):
        rostering(A, bytes(96 * PART_BYTES + 1))
