"""The only writer of what was ordered."""

from dataclasses import replace

from kiosk.model.changes import Change, OrderHeard, OrderSettled
from kiosk.session.orders.state import Orders
from kiosk.session.passing import OrdersShown, Passing


def fold(orders: Orders, change: Change | Passing) -> Orders:
    match change:
        case OrderHeard(ordered):
            others = (each for each in orders.known if each.order.n != ordered.order.n)
            known = sorted((*others, ordered), key=lambda each: each.order.n)
            return replace(Orders.of(tuple(known)), shown=orders.shown)
        case OrderSettled(n, became):
            settled = tuple(replace(each, became=became) if each.order.n == n else each for each in orders.known)
            return replace(Orders.of(settled), shown=orders.shown)
        case OrdersShown(shown):
            return replace(orders, shown=shown)
        case _:
            return orders
