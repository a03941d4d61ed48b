"""The questions that are open, in the order in which staff are asked."""

from collections.abc import Iterator

from kiosk.model import JobKind, PrintJob
from kiosk.session.questions.state import DidItComeOut, PrintThemNow, Question, TakeNote
from kiosk.session.state import State


def asked(state: State) -> tuple[Question, ...]:
    """The first one is on show. Ids stay while a question is open, and are never used for another."""
    return tuple(_asked(state))


def _asked(state: State) -> Iterator[Question]:
    if state.questions.loss is not None:
        yield TakeNote(state.questions.loss)
    yield from map(DidItComeOut, state.printing.doubtful)
    if waiting := withheld(state):
        yield PrintThemNow(waiting, state.questions.withheld_below)


def on_show(state: State) -> Question | None:
    return next(iter(asked(state)), None)


def withheld(state: State) -> tuple[PrintJob, ...]:
    """The vouchers that wait for an answer."""
    below = state.questions.withheld_below
    waiting = state.printing.queued if below else ()
    return tuple(job for job in waiting if job.kind is JobKind.VOUCHER and job.id < below)
