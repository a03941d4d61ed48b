"""An order is heard at once and done in a quiet moment. decisions: Orders"""

from kiosk.model import Hand, Instant, Refusal
from kiosk.model.changes import OrderHeard, OrderSettled
from kiosk.model.orders import Became, BeginRound, Collect, Order, Ordered, RenewCodes, Say, kind_of
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import OrderGiven
from kiosk.session.orders.saying import said
from kiosk.session.orders.state import Orders, ends_s
from kiosk.session.passing import OrdersShown
from kiosk.session.sampling.refusing import NOISE, refuse, tell_staff
from kiosk.session.state import State
from kiosk.vouchers.order import is_for

ALONE_NS = 60_000_000_000
"""So long nobody has come when another round begins."""
MOST = 256
"""Orders of a round and kind that are known apart: many words must not keep the next round from beginning."""


def given(draft: Draft, event: OrderGiven) -> None:
    """By the broker or a stick, or at a scanner (`hand`): there staff are told what becomes of it."""
    order, hand = event.order, event.hand
    if hand is Hand.RESIDENTS:
        refuse(draft, Refusal.NOT_AT_THIS_SCANNER, order.text.encode())
        return
    if not is_for(order, draft.state.plan.address.levels):
        _told(draft, hand, Refusal.ORDER_NOT_FOR_HERE)
        return
    if draft.state.orders.knows(order.n):
        if hand is not None:
            draft.tell("order-known", Signal.NOTED)
        return
    if draft.state.orders.count(kind_of(order.command)) >= MOST:
        _told(draft, hand, Refusal.NOTHING_TO_DO)
        return
    why = _why_not(draft, order, event.usable)
    if why is None:
        draft.make(OrderHeard(Ordered(order, draft.at)))
        if hand is not None:
            draft.tell("order-given", Signal.NOTED)
        return
    _told(draft, hand, Refusal.ORDER_WITHOUT_KEY if why is Became.NO_KEY else Refusal.ORDER_OVER)
    draft.make(OrderHeard(Ordered(order, draft.at, why)))


def _told(draft: Draft, hand: Hand | None, reason: Refusal) -> None:
    if hand is not None:
        tell_staff(draft, reason, NOISE)


def _why_not(draft: Draft, order: Order, usable: bool) -> Became | None:
    if _is_overtaken(draft, order):
        return Became.OVERTAKEN
    is_here = isinstance(order.command, BeginRound) and order.command.round == draft.state.plan.address.round
    if is_here or is_over(order, draft.at, None):
        return Became.OVER
    return None if usable else Became.NO_KEY


def _is_overtaken(draft: Draft, order: Order) -> bool:
    """Also by the order that began this round, which may have been made by a clock ahead."""
    begins_late = isinstance(order.command, BeginRound) and order.n <= draft.state.plan.begun
    return begins_late or draft.state.orders.overtakes(order)


def look(draft: Draft) -> None:
    """In a quiet moment: does what waits, one order at a time, and shows no more what is over."""
    ready = next((each for each in draft.state.orders.waiting if _is_quiet(draft, each.order)), None)
    if ready is not None:
        _settle(draft, ready)
    shown = tuple(_to_show(draft.state.orders, draft.at))
    if shown != draft.state.orders.shown:
        draft.make(OrdersShown(shown))


def _settle(draft: Draft, ordered: Ordered) -> None:
    order = ordered.order
    over = Became.OVERTAKEN if _is_overtaken(draft, order) else None
    over = over or (Became.OVER if is_over(order, draft.at, ordered.at) else None)
    draft.make(OrderSettled(order.n, over or Became.DONE))
    if over is None:
        draft.told.append((Signal.NOTED, said(order.command, draft.state.plan.zone)))


def _to_show(orders: Orders, at: Instant) -> list[Order]:
    """The last of each kind that is not over."""
    latest = {
        kind_of(each.order.command): each
        for each in orders.known
        if each.became is Became.DONE and isinstance(each.order.command, Say | Collect)
    }
    return [each.order for each in latest.values() if not is_over(each.order, at, each.at)]


def is_over(order: Order, at: Instant, since: Instant | None) -> bool:
    """By the clock; while that is not trusted it stays for as long as it was made for, from when it was heard (`since`)
    or from the boot after that."""
    end_s = ends_s(order)
    if end_s is None:
        return False
    if at.known_s is not None:
        return at.known_s >= end_s
    lasts_ns = max(0, end_s * 1000 - order.n) * 1_000_000
    began_ns = since.mono_ns if since is not None and since.boot == at.boot else 0
    return since is not None and at.mono_ns - began_ns > lasts_ns


def _is_quiet(draft: Draft, order: Order) -> bool:
    """What changes what staff have in their hands waits until they are about nothing."""
    match order.command:
        case RenewCodes():
            return _is_idle(draft.state)
        case BeginRound():
            return _is_idle(draft.state) and _nobody_comes(draft.state, draft.at) and _nothing_is_owed(draft.state)
        case _:
            return True


def _is_idle(state: State) -> bool:
    return state.staff.wanted is None and state.questions.proposed is None


def _nobody_comes(state: State, at: Instant) -> bool:
    last = state.sampling.last
    return last is None or last.at.boot != at.boot or at.mono_ns - last.at.mono_ns > ALONE_NS


def _nothing_is_owed(state: State) -> bool:
    return next(iter(state.printing), None) is None
