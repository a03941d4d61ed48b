"""The orders of this round, and what of them holds."""

from dataclasses import replace
from typing import Self

from kiosk.frozen import dataclass
from kiosk.model.orders import (
    Became,
    BeginRound,
    Collect,
    Order,
    Ordered,
    OrderKind,
    RenewCodes,
    Say,
    Withdraw,
    kind_of,
)

STAYS_S = 900
"""So long after its time whoever collects may still be on the way."""


@dataclass(frozen=True, slots=True)
class Orders:
    """`known` by their numbers; `waiting` of them for a quiet moment. Of those that were done: `withdrawn` vouchers,
    the `turn` of the staff codes (0: those that the round began with) and the `next_round`, which begins with the next
    start. `shown` are those that staff are told of now."""

    known: tuple[Ordered, ...] = ()
    waiting: tuple[Ordered, ...] = ()
    withdrawn: frozenset[str] = frozenset()
    turn: int = 0
    next_round: Order | None = None
    shown: tuple[Order, ...] = ()

    @classmethod
    def of(cls, known: tuple[Ordered, ...]) -> Self:
        """As they follow from what is known; nothing of it is shown yet."""
        orders = cls(known, tuple(each for each in known if each.became is None))
        for each in known:
            if each.became is Became.DONE:
                orders = orders._with(each.order)
        return orders

    def _with(self, order: Order) -> Self:
        match order.command:
            case Withdraw(vouchers):
                return replace(self, withdrawn=self.withdrawn.union(vouchers))
            case RenewCodes(turn):
                return replace(self, turn=turn)
            case BeginRound():
                return replace(self, next_round=order)
            case _:
                return self

    def knows(self, n: int) -> bool:
        return any(each.order.n == n for each in self.known)

    def count(self, kind: OrderKind) -> int:
        """How many of that kind are known."""
        return sum(kind_of(each.order.command) is kind for each in self.known)

    def overtakes(self, order: Order) -> bool:
        """Whether a later one of its kind was done. Vouchers are withdrawn by each for itself."""
        kind = type(order.command)
        later = (each for each in self.known if each.became is Became.DONE and each.order.n > order.n)
        return kind is not Withdraw and any(type(each.order.command) is kind for each in later)


def ends_s(order: Order) -> int | None:
    """When it is over, in seconds since 1970 UTC; None for what holds."""
    match order.command:
        case Say(_, until_s):
            return until_s
        case Collect(at_s):
            return at_s + STAYS_S
        case _:
            return None
