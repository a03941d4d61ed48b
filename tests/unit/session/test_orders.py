"""What the centre orders of a table: heard once, done in a quiet moment, and answered."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.inbox import OrderRead
from kiosk.messages import Address
from kiosk.model import Hand, Instant
from kiosk.model.changes import OrderHeard, OrderSettled
from kiosk.model.orders import Became, BeginRound, Collect, Command, Order, Ordered, RenewCodes, Say, Withdraw
from kiosk.ports import Signal
from kiosk.session.orders.fold import fold
from kiosk.session.orders.state import Orders
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import signed
from table_bench import CENTRE, Bench, codes_of_turn

NOW_S = 1_653_000_000
NOW_MS = NOW_S * 1000
HERE = ("cn", "r1", "wy-0352", "a")
ROUND = BeginRound("r2", b"k" * 80)


@pytest.fixture
def table(make_bench) -> Bench:
    bench: Bench = make_bench()
    return bench.start()


def order(command: Command, n: int = NOW_MS, whom: tuple[str, str, str, str] = HERE, key: SigningKey = CENTRE) -> Order:
    return signed(n, whom, command, key)


def hear(table: Bench, *orders: Order) -> None:
    """By the broker, and a quiet moment for each."""
    for each in orders:
        table.engine.take(OrderRead(each.text))
    for _ in orders:
        table.engine.rest()


def alone(table: Bench) -> None:
    """Nobody has come for a while, and nothing is owed."""
    table.finish()
    table.seconds += 61
    table.engine.rest()


def became(table: Bench) -> list[Became | None]:
    return [each.became for each in table.state.orders.known]


def answered(table: Bench, round_id: str = "r1") -> list[tuple[int, str, str | None]]:
    """What the broker was told last."""
    said = [each for each in table.published if each.topic == f"sampling/v1/cn/{round_id}/wy-0352/a/ordered"]
    return [(each["n"], each["kind"], each["became"]) for each in json.loads(said[-1].payload)["orders"]]


def resting(table: Bench) -> str:
    assert table.state.told.resting is not None
    return table.state.told.resting.notice.key


def test_words_of_the_centre_are_shown_until_their_time_is_over(table):
    hear(table, order(Say("雨大，请到二号门排队", NOW_S + 600)))
    assert (Signal.NOTED, "order-say") in [(signal, notice.key) for signal, notice in table.shown]
    assert table.state.told.resting is not None
    assert table.state.told.resting.notice.values == (("text", "雨大，请到二号门排队"),)
    assert answered(table) == [(NOW_MS, "say", "done")]
    table.seconds += 700
    table.engine.rest()
    assert resting(table) == "ready"


def test_while_no_clock_is_right_they_stay_for_as_long_as_they_were_made_for(table):
    table.trusted = False
    hear(table, order(Say("请补采", NOW_S + 600)))
    assert resting(table) == "order-say"
    table.seconds += 590
    table.engine.rest()
    assert resting(table) == "order-say"
    table.seconds += 20
    table.engine.rest()
    assert resting(table) == "ready"


def test_when_boxes_are_fetched_is_said_by_the_clock_of_the_place(table):
    hear(table, order(Collect(NOW_S + 900)))
    assert table.state.told.resting is not None
    assert table.state.told.resting.notice.values == (("at", "06:55"),)
    table.seconds += 900 + 890
    table.engine.rest()
    assert resting(table) == "order-collect", "whoever fetches them may be late"


def test_of_two_words_the_later_is_shown_however_they_come(table):
    hear(table, order(Say("二", NOW_S + 600), NOW_MS + 2))
    hear(table, order(Say("一", NOW_S + 600), NOW_MS + 1))
    assert became(table) == [Became.OVERTAKEN, Became.DONE]
    assert table.state.told.resting is not None
    assert table.state.told.resting.notice.values == (("text", "二"),)


def test_one_that_is_out_of_date_is_not_done_and_that_is_answered(table):
    hear(table, order(Say("旧", NOW_S - 1), NOW_MS - 60_000))
    assert answered(table) == [(NOW_MS - 60_000, "say", "over")]
    assert resting(table) == "ready"


@pytest.mark.parametrize(
    "text",
    [
        order(RenewCodes(1), key=SigningKey(b"x" * 32)).text,
        order(RenewCodes(1)).text[:-1],
        order(RenewCodes(1), whom=("cn", "r1", "wy-0352", "b")).text,
        order(RenewCodes(1), whom=("cn", "r2", "+", "+")).text,
        "KO1:",
        "",
    ],
    ids=["another's", "torn", "another table's", "another round's", "nothing", "empty"],
)
def test_what_is_not_the_centres_word_for_this_table_changes_nothing(table, staff, text):
    before = table.state.counters.seq
    table.engine.take(OrderRead(text))
    table.engine.rest()
    assert became(table) == []
    assert table.state.counters.seq == before, "nor is it worth a write"
    assert table.scan(staff["pause"]) == (Signal.NOTED, "noted")


def test_the_same_order_again_does_nothing_whatever_was_done_since(table, staff):
    first, second = order(RenewCodes(1), NOW_MS), order(RenewCodes(2), NOW_MS + 1)
    hear(table, first, second)
    before = table.state.counters.seq
    for _ in range(3):
        hear(table, first, second)
    assert table.state.counters.seq == before
    assert table.state.orders.turn == 2


def test_the_old_codes_are_void_and_the_new_ones_act_also_after_a_power_cut(table, make_bench, staff):
    hear(table, order(RenewCodes(1)))
    new = {str(action): text for text, action in codes_of_turn(1).items()}
    assert table.scan(staff["pause"]) == (Signal.REFUSED, "refused.old-staff-code")
    assert table.scan(new["pause"]) == (Signal.NOTED, "noted")
    again = make_bench().start()
    assert again.scan(staff["pause"]) == (Signal.REFUSED, "refused.old-staff-code")
    assert again.scan(new["pause"]) == (Signal.NOTED, "noted")


def test_codes_are_not_renewed_while_staff_are_about_something(table, number, staff):
    table.scan(number(1))
    table.scan(staff["void"])
    hear(table, order(RenewCodes(1)))
    assert became(table) == [None]
    assert answered(table) == [(NOW_MS, "codes", None)]
    assert table.scan(number(1), wait_s=1)[1] == "question.void-person"
    table.engine.rest()
    assert became(table) == [None], "a question is open"
    table.seconds += 3
    table.engine.rest()
    table.scan(staff["no"], wait_s=1)
    table.engine.rest()
    assert became(table) == [Became.DONE]


def voucher_of(table: Bench, serial: str) -> str:
    table.scan(serial)
    table.finish()
    return table.sent[-1].subject.voucher  # type: ignore[union-attr]


def test_a_withdrawn_voucher_is_worth_nothing_here(table, number, staff):
    voucher = voucher_of(table, number(1))
    hear(table, order(Withdraw((voucher,))))
    assert table.scan(voucher) == (Signal.REFUSED, "refused.voucher-withdrawn")
    assert table.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    assert table.scan(staff["reprint"])[1] == "refused.voucher-withdrawn"


def test_each_order_withdraws_its_own_in_whatever_order_they_come(table, number):
    first, second = voucher_of(table, number(1)), voucher_of(table, number(2))
    hear(table, order(Withdraw((second,)), NOW_MS + 2), order(Withdraw((first,)), NOW_MS + 1))
    assert table.state.orders.withdrawn == {first, second}


def test_another_round_waits_until_nobody_comes_and_nothing_is_owed(table, number):
    table.scan(number(1))
    hear(table, order(ROUND))
    assert table.state.orders.next_round is None
    table.seconds += 61
    table.engine.rest()
    assert table.state.orders.next_round is None, "the printer has not ended yet"
    alone(table)
    assert table.state.orders.next_round == order(ROUND)
    assert answered(table) == [(NOW_MS, "round", "done")]


def test_a_round_whose_key_is_another_tables_is_not_begun(table):
    table.opens = False
    hear(table, order(ROUND))
    alone(table)
    assert (became(table), table.state.orders.next_round) == ([Became.NO_KEY], None)


def test_the_round_that_it_is_in_cannot_be_begun_again(table):
    hear(table, order(BeginRound("r1", b"k" * 80)))
    alone(table)
    assert table.state.orders.next_round is None


def test_an_order_from_before_this_round_began_is_not_told_as_done(table, make_bench):
    """The centre's clock was ahead when it ordered this round, and is right now."""
    bench = make_bench("r2", address=Address("cn", "r2", "wy-0352", "a"), begun=NOW_MS + 3_600_000).start()
    assert answered(bench, "r2") == [(NOW_MS + 3_600_000, "round", "done")], "so that the centre numbers the next later"
    hear(bench, order(BeginRound("r3", b"k" * 80), NOW_MS, ("cn", "r2", "+", "+")))
    alone(bench)
    assert bench.state.orders.next_round is None
    assert answered(bench, "r2")[-1] == (NOW_MS, "round", "overtaken")


def test_many_words_of_the_centre_keep_no_other_order_from_being_done(table):
    for n in range(300):
        table.engine.take(OrderRead(order(Say(f"第{n}句", NOW_S + 600), NOW_MS + 1000 + n).text))
    hear(table, order(RenewCodes(1)), order(ROUND, NOW_MS + 1))
    alone(table)
    while table.state.orders.waiting:
        table.engine.rest()
    assert table.state.orders.turn == 1
    assert table.state.orders.next_round == order(ROUND, NOW_MS + 1)
    told = answered(table)
    assert len(told) == 32
    assert told[:2] == [(NOW_MS, "codes", "done"), (NOW_MS + 1, "round", "done")]


def test_a_power_cut_loses_no_order_that_was_shown_to_a_scanner(table, make_bench):
    said = order(Say("请补采", NOW_S + 600))
    assert table.scan(said.text, hand=Hand.STAFF) == (Signal.NOTED, "order-given")
    again = make_bench()
    again.seconds = table.seconds
    again.start()
    again.engine.rest()
    assert again.state.orders.shown == (said,)


def test_staff_are_told_what_becomes_of_a_code_of_the_centre(table):
    good = order(RenewCodes(1), NOW_MS + 5)
    assert table.scan(good.text, hand=Hand.STAFF)[1] == "order-given"
    table.engine.rest()
    assert table.scan(good.text, hand=Hand.STAFF)[1] == "order-known"
    assert table.scan(order(RenewCodes(3)).text, hand=Hand.STAFF)[1] == "refused.order-over"
    other = order(RenewCodes(3), NOW_MS + 9, ("cn", "r1", "wy-0353", "+"))
    assert table.scan(other.text, hand=Hand.STAFF)[1] == "refused.order-not-for-here"
    forged = order(RenewCodes(3), NOW_MS + 9, key=SigningKey(b"x" * 32))
    assert table.scan(forged.text, hand=Hand.STAFF)[1] == "refused.order-not-genuine"
    table.opens = False
    assert table.scan(order(ROUND, NOW_MS + 9).text, hand=Hand.STAFF)[1] == "refused.order-without-key"


def test_a_resident_orders_nothing(table):
    text = order(RenewCodes(1)).text
    assert table.scan(text, hand=Hand.RESIDENTS) == (Signal.REFUSED, "refused.not-at-this-scanner")
    table.engine.rest()
    assert became(table) == []


def test_a_person_waits_for_no_order(table, number):
    for n in range(20):
        table.engine.take(OrderRead(order(Say(f"第{n}句", NOW_S + 600), NOW_MS + n).text))
    before = table.state.counters.seq
    table.scan(number(1))
    assert table.state.counters.seq == before + 1


def test_a_start_says_again_what_became_of_orders(table, make_bench):
    hear(table, order(RenewCodes(1)))
    assert answered(make_bench().start()) == [(NOW_MS, "codes", "done")]


def test_orders_of_one_round_are_none_of_the_next(table, make_bench):
    hear(table, order(RenewCodes(1)))
    assert make_bench("r2").start().state.orders.known == ()


@given(st.permutations([1, 2, 3, 4]))
def test_whatever_order_they_come_in_the_latest_of_a_kind_holds(numbers):
    orders, at = Orders(), Instant("b", 0, 0, False)
    for n in numbers:
        given_order = order(RenewCodes(n), NOW_MS + n)
        if not orders.overtakes(given_order):
            orders = fold(orders, OrderHeard(Ordered(given_order, at)))
            orders = fold(orders, OrderSettled(given_order.n, Became.DONE))
    assert orders.turn == 4
