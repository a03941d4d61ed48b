"""The questions that are open, in the order in which staff are asked."""

from collections.abc import Iterator
from itertools import islice

from kiosk.model import JobKind, PrintJob
from kiosk.session.questions.state import DidItComeOut, PrintThemNow, Question, TakeNote
from kiosk.session.state import State


def asked(state: State) -> Iterator[Question]:
    """The first one is on show. Ids stay while a question is open, and are never used for another."""
    if state.questions.loss is not None:
        yield TakeNote(state.questions.loss)
    yield from map(DidItComeOut, state.printing.doubtful)
    below = state.questions.withheld_below
    if waiting := state.printing.waiting[JobKind.VOUCHER].count_below(below):
        yield PrintThemNow(waiting, below)


def on_show(state: State) -> Question | None:
    return next(asked(state), None)


def withheld(state: State) -> tuple[PrintJob, ...]:
    """The vouchers that wait for an answer."""
    vouchers, below = state.printing.waiting[JobKind.VOUCHER], state.questions.withheld_below
    return tuple(islice(vouchers, vouchers.count_below(below)))
