"""However the centre's orders come, and whatever happens between, those that hold in the end are the same."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.credentials import staff_codes, voucher_number
from kiosk.engine.inbox import OrderRead
from kiosk.model import Hand
from kiosk.model.orders import Became, BeginRound, Collect, Command, Order, RenewCodes, Say, Withdraw
from kiosk.vouchers.order import signed
from table_bench import CENTRE, STAFF_KEY, Bench, codes_of_turn, plan_of, resident_number

NOW_S = 1_653_000_000
COMMANDS: tuple[Command, ...] = (
    Say("一", NOW_S + 86_400),
    RenewCodes(3),
    Withdraw((voucher_number("0352", 1),)),
    BeginRound("r2", b"k" * 80),
    Say("二", NOW_S + 86_400),
    Collect(NOW_S + 86_400),
    RenewCodes(1),
    BeginRound("r3", b"k" * 80),
    Withdraw((voucher_number("0352", 2), voucher_number("0352", 3))),
    Say("旧", NOW_S - 60),
)
ORDERS = tuple(signed(NOW_S * 1000 + n, ("cn", "r1", "+", "+"), each, CENTRE) for n, each in enumerate(COMMANDS))
LATEST_SAID, LATEST_COLLECTION = ORDERS[4], ORDERS[5]

comes = st.tuples(st.sampled_from(ORDERS), st.sampled_from([None, Hand.STAFF, Hand.SHARED, Hand.RESIDENTS]))
happens = st.sampled_from(["rest", "minute", "person", "printed", "power cut", "clock lost", "clock right"])


class Table:
    """One journal over any number of lives."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._people = folder, 0
        self.bench = Bench(folder / "journal.sqlite", plan_of()).start()
        self.began: list[Order] = []

    def comes(self, order: Order, hand: Hand | None) -> None:
        if hand is None:
            self.bench.engine.take(OrderRead(order.text))
        else:
            self.bench.scan(order.text, hand=hand)
        self._look()

    def happens(self, what: str) -> None:
        match what:
            case "minute":
                self.bench.seconds += 61
            case "person":
                self._people += 1
                self.bench.scan(resident_number(self._people))
            case "printed":
                self.bench.finish()
            case "power cut":
                self._cut()
            case "clock lost" | "clock right":
                self.bench.trusted = what == "clock right"
        self.bench.engine.rest()
        self._look()

    def _cut(self) -> None:
        before, seconds, trusted = self.bench.state.orders, self.bench.seconds, self.bench.trusted
        self.bench.journal.abandon()
        self.bench = Bench(self._folder / "journal.sqlite", plan_of(), seconds=seconds, trusted=trusted).start()
        after = self.bench.state.orders
        assert (after.known, after.waiting, after.withdrawn, after.turn, after.next_round) == (
            before.known,
            before.waiting,
            before.withdrawn,
            before.turn,
            before.next_round,
        )

    def _look(self) -> None:
        """The round that would begin now."""
        order = self.bench.state.orders.next_round
        if order is not None and order not in self.began:
            self.began.append(order)

    def settles(self) -> None:
        """The broker tells all that stands there; nobody comes, and each slip is answered for."""
        self.bench.trusted = True
        for order in ORDERS:
            self.comes(order, None)
        for _ in range(40):
            self.bench.finish()
            question = self.bench.state.told.question
            if question is not None:
                self.bench.scan(_code(self.bench, "yes"))
            self.happens("minute")


def _code(bench: Bench, action: str) -> str:
    turn = bench.state.orders.turn
    codes = codes_of_turn(turn) if turn else staff_codes(STAFF_KEY)
    return next(text for text, act in codes.items() if str(act) == action)


@settings(max_examples=40, deadline=None)
@given(st.lists(comes | happens, max_size=30))
def test_in_the_end_the_same_holds_however_they_came(history):
    with tempfile.TemporaryDirectory() as folder:
        table = Table(Path(folder))
        for each in history:
            table.comes(*each) if isinstance(each, tuple) else table.happens(each)
        table.settles()
        orders = table.bench.state.orders
        assert orders.waiting == ()
        assert [each.order for each in orders.known] == list(ORDERS), "each once"
        assert orders.turn == 1
        assert orders.withdrawn == {voucher_number("0352", n) for n in (1, 2, 3)}
        assert orders.next_round == ORDERS[7]
        assert set(orders.shown) == {LATEST_SAID, LATEST_COLLECTION}
        assert [each.n for each in table.began] == sorted({each.n for each in table.began}), "none after a later one"
        assert {each.became for each in orders.known} <= {Became.DONE, Became.OVERTAKEN, Became.OVER}
        table.bench.journal.close()
