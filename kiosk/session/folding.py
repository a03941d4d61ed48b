"""The state after a change: each slice has one writer, and a change may concern several."""

from dataclasses import replace

from kiosk.model.changes import Change
from kiosk.session import counting
from kiosk.session.handover.fold import fold as fold_packing
from kiosk.session.orders.fold import fold as fold_orders
from kiosk.session.passing import HealthSaid, Passing, RestingShown
from kiosk.session.presence.fold import fold as fold_presence
from kiosk.session.printing.fold import fold as fold_printing
from kiosk.session.questions.fold import fold as fold_questions
from kiosk.session.roster.fold import fold as fold_roster
from kiosk.session.sampling.fold import fold as fold_sampling
from kiosk.session.sampling.fold import fold_scans
from kiosk.session.staff.fold import fold as fold_staff
from kiosk.session.state import State, Told
from kiosk.session.tables.fold import fold as fold_tables


def fold(state: State, change: Change | Passing) -> State:
    scans = fold_scans(state.scans, change)
    staff = fold_staff(state.staff, change)
    questions = fold_questions(state.questions, change)
    packing = fold_packing(state.packing, change)
    roster = fold_roster(state.roster, change)
    tables = fold_tables(state.tables, change)
    orders = fold_orders(state.orders, change)
    if isinstance(change, Passing):
        return replace(
            state,
            scans=scans,
            staff=staff,
            questions=questions,
            packing=packing,
            roster=roster,
            tables=tables,
            orders=orders,
            presence=fold_presence(state.presence, change),
            told=_fold_told(state.told, change),
        )
    return replace(
        state,
        scans=scans,
        staff=staff,
        questions=questions,
        packing=packing,
        roster=roster,
        tables=tables,
        orders=orders,
        counters=counting.fold(state.counters, change),
        sampling=fold_sampling(state.sampling, change),
        printing=fold_printing(state.printing, change),
    )


def committed(state: State) -> State:
    """One commit more: what is written next has the next sequence number."""
    return replace(state, counters=replace(state.counters, seq=state.counters.seq + 1))


def _fold_told(told: Told, change: Passing) -> Told:
    match change:
        case RestingShown(show, since_ns, question):
            return replace(told, resting=show, resting_since_ns=since_ns, question=question)
        case HealthSaid(condition):
            return replace(told, condition=condition)
        case _:
            return told
