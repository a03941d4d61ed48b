"""What is done once after each event, in this order: the label ahead, slips to printers, those who were sent away,
messages, what people see."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kiosk.messages.asks import answer
from kiosk.messages.counts import counts
from kiosk.messages.health import health
from kiosk.messages.orders import orders
from kiosk.messages.stamp import Address
from kiosk.messages.status import status
from kiosk.messages.tubes import tube
from kiosk.messages.units import units
from kiosk.model import Counters, Figures, Instant, Role
from kiosk.model.changes import OrderHeard, OrderSettled, SampleChange, TubeChange
from kiosk.model.queries import Facts
from kiosk.model.records import Answered, Record
from kiosk.ports import Message, Signal
from kiosk.session import acts
from kiosk.session.draft import Draft
from kiosk.session.events import Event, RecordsWanted, Rested, Started
from kiosk.session.folding import committed
from kiosk.session.notice import Show
from kiosk.session.outcome import Outcome
from kiosk.session.passing import HealthSaid, RestingShown, ScanAwaited, UnitsSaid
from kiosk.session.plan import Plan
from kiosk.session.printing.decide import dispatch
from kiosk.session.recording import asked_again, emptied, recorded
from kiosk.session.sampling.ages import look_at_age
from kiosk.session.sampling.refusing import count_sent_away
from kiosk.session.sampling.tubes import label_ahead
from kiosk.session.tables.decide import tell as tell_sheets
from kiosk.session.view import question_shown, resting

Say = Callable[[Counters, Instant], Message]


def finish(draft: Draft, event: Event, facts: Facts) -> Outcome:
    """The outcome of an event, of which `draft` holds what was decided."""
    wanted = draft.state.staff.wanted
    if wanted is not None and draft.at.mono_ns >= wanted.until_ns:
        draft.make(ScanAwaited(None))
    acts.note(draft, event)
    if _tubes_changed(draft) or draft.state.printer_of(Role.LABEL) is not None:
        label_ahead(draft)
    if isinstance(event, Rested) or _tubes_changed(draft):
        look_at_age(draft)
    prints = dispatch(draft)
    if draft.changes or isinstance(event, Rested):
        count_sent_away(draft)
    record = recorded(draft, facts)
    records = (*emptied(draft), *(() if record is None else (record,)))
    answers = asked_again(draft, event.ask, facts) if isinstance(event, RecordsWanted) else ()
    told = (*(_saying_tube(_place_of(draft, each), each) for each in records), *map(_answering(draft), answers))
    due = (*_due(draft, event), *told)
    if draft.changes or due:
        draft.state = committed(draft.state)
    messages = tuple(say(draft.state.counters, draft.at) for say in due)
    unkept = tuple(_unkept(draft, event, facts))
    shows = tuple(_shows(draft))
    return Outcome(draft.state, tuple(draft.changes), messages, unkept, prints, shows)


def _tubes_changed(draft: Draft) -> bool:
    return any(isinstance(change, TubeChange | SampleChange) for change in draft.changes)


def _due(draft: Draft, event: Event) -> Iterator[Say]:
    """At a start every topic of the round is said again, and where the kiosk is no more. What is not worth a commit
    of its own waits for the next, or for a quiet moment: a device that comes and goes must not wear out the card."""
    plan, everything = draft.state.plan, isinstance(event, Started)
    if everything:
        yield lambda counters, at: status(plan.address, "online", counters, at)
        places = (Address.of(said.topic) for said in draft.before.left_over.said)
        yield from (_closing(place) for place in places if place is not None and place != plan.address)
    if everything or draft.before.counters.totals != draft.state.counters.totals:
        yield lambda counters, at: counts(plan.address, counters, at)
    known = draft.state.orders.known
    news = everything and (known or plan.begun)
    if news or any(isinstance(change, OrderHeard | OrderSettled) for change in draft.changes):
        yield lambda counters, at: orders(plan.address, counters, at, known, plan.begun)
    condition = draft.state.condition
    if condition != draft.state.told.condition and (everything or draft.changes or isinstance(event, Rested)):
        draft.make(HealthSaid(condition))
        yield _saying_health(plan, draft)


def _unkept(draft: Draft, event: Event, facts: Facts) -> Iterator[Message]:
    """What follows from the journal, so that a start says it anew: who is registered here, and how far units are."""
    yield from tell_sheets(draft, event, facts)
    known, totals = draft.state.roster, draft.state.counters.totals
    figures = Figures(known.progress, known.called, totals.samples - totals.voided)
    if known.head is not None and known.settled and figures != known.said:
        draft.make(UnitsSaid(figures))
        yield units(draft.state.plan.address, draft.state.counters, draft.at, known.head, figures)


def _saying_tube(address: Address, record: Record) -> Say:
    return lambda counters, at: tube(address, counters, at, record)


def _answering(draft: Draft) -> Callable[[Answered], Say]:
    address = draft.state.plan.address
    return lambda answered: lambda counters, at: answer(address, counters, at, answered)


def _place_of(draft: Draft, record: Record) -> Address:
    """Where its round was held: the kiosk may stand elsewhere since, and what was sealed there opens as of there."""
    if record.place:
        return Address.at(record.place)
    return replace(draft.state.plan.address, round=record.round)


def _closing(address: Address) -> Say:
    return lambda counters, at: status(address, "closed", counters, at)


def _saying_health(plan: Plan, draft: Draft) -> Say:
    condition = draft.state.condition
    return lambda counters, at: health(plan.address, counters, at, condition)


def _shows(draft: Draft) -> Iterator[Show]:
    """What the event told, with the lamp that is on then; and what the panel shows between people, if that differs from
    what it showed."""
    rest = resting(draft.state)
    question = question_shown(draft.state, rest.notice)
    for signal, notice in draft.told:
        yield Show(signal or rest.signal, notice)
    if (rest, question) == (draft.state.told.resting, draft.state.told.question):
        return
    # What was told with the lamp that is on now needs no second word, unless staff are asked for something else.
    told = [notice for signal, notice in draft.told if signal is None]
    if not told or (rest.signal is not Signal.READY and rest.notice not in told):
        yield rest
    draft.make(RestingShown(rest, draft.at.mono_ns, question))
