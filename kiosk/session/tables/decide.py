"""Sheets of people go out once the paper is out, or in a quiet moment; what others tell is written in one.

decisions: Tables as one"""

from collections.abc import Iterator

from kiosk.messages.people import corrected, people
from kiosk.model import Elsewhere, Person, Refusal, Sheet
from kiosk.model.changes import SheetHeard
from kiosk.model.local_time import moment
from kiosk.model.queries import ElsewhereOf, EverSampledHere, Facts, KnownOf, Query, SampledHere, SheetOf
from kiosk.ports import Message, Signal
from kiosk.session.draft import Draft
from kiosk.session.events import Event, JobsEnded, Rested, Started, TableHeard
from kiosk.session.passing import KeyCompared, PriorShown, SheetCame, SheetDropped, SheetsTold
from kiosk.session.sampling.refusing import refuse
from kiosk.session.state import State

TOLD_AT_ONCE, WRITTEN_AT_ONCE = 4, 8
"""So many sheets are told, or written, in one quiet moment."""
MOST_HEARD = 1024
"""Sheets that wait to be written; more come only from somebody who means harm."""


def may_tell(state: State, event: Event) -> tuple[int, ...]:
    """The sheets that are told with this event: all at a start, for a broker may have forgotten them."""
    if not state.plan.tables:
        return ()
    match event:
        case Started():
            return state.tables.untold
        case Rested() | JobsEnded():
            return state.tables.untold[:TOLD_AT_ONCE]
        case _:
            return ()


def to_write(state: State) -> tuple[Sheet, ...]:
    """What was heard and is written in this quiet moment."""
    return tuple(state.tables.heard.values())[:WRITTEN_AT_ONCE]


def told(state: State, event: Event) -> tuple[Query, ...]:
    return tuple(map(SheetOf, may_tell(state, event)))


def wanted(state: State) -> tuple[Query, ...]:
    """What is looked up in a quiet moment."""
    sheets = to_write(state)
    known = tuple(KnownOf(sheet.name) for sheet in sheets)
    own = (sheet for sheet in sheets if sheet.name.kiosk == state.plan.address.kiosk)
    kept = tuple(EverSampledHere(_keys((sheet,))) for sheet in own)
    return (*known, *kept, SampledHere(_keys(sheets))) if sheets else ()


def _keys(sheets: tuple[Sheet, ...]) -> tuple[bytes, ...]:
    return tuple(each.key for sheet in sheets for each in sheet.people if each.reason is None)


def asked_of(state: State, person: Person) -> tuple[Query, ...]:
    """With each person."""
    return (ElsewhereOf(person.key),) if state.plan.tables else ()


def elsewhere(state: State, person: Person, facts: Facts) -> Elsewhere | None:
    """Where another table has sampled the person."""
    return state.tables.elsewhere(person.key) or facts.get(ElsewhereOf(person.key))


def refuse_elsewhere(draft: Draft, person: Person, there: Elsewhere) -> None:
    """With the table that has the voucher, and when."""
    zone, at_ms = draft.state.plan.zone, there.told.at_ms
    at = "?" if at_ms is None else f"{moment(zone, at_ms / 1000):%H:%M}"
    refuse(draft, Refusal.SAMPLED_AT_TABLE, person.key, about={"table": there.kiosk, "at": at, "number": person.number})
    draft.make(PriorShown(None))


def tell(draft: Draft, event: Event, facts: Facts) -> Iterator[Message]:
    """Sheets of this life, and those of an earlier one in which stands what this journal knows better."""
    plan, counters = draft.state.plan, draft.state.counters
    numbers = may_tell(draft.before, event)
    for number in numbers:
        yield people(plan.address, counters, draft.at, number, facts[SheetOf(number)], plan.mark)
    if numbers:
        draft.make(SheetsTold(numbers))
    if isinstance(event, Rested | JobsEnded):
        for sheet in to_write(draft.before):
            better = _as_known(draft.before, sheet, facts)
            if better.people != sheet.people:
                yield corrected(plan.address, counters, draft.at, better)


def heard(draft: Draft, event: TableHeard) -> None:
    """Kept in memory until a quiet moment: a scan waits for nothing of it. Of one sheet the newest holds; what this
    table tells itself in this life comes back to it, too."""
    sheet, known = event.sheet, draft.state.tables.heard.get(event.sheet.name)
    mine = sheet.name.kiosk == draft.state.plan.address.kiosk and sheet.name.epoch == draft.state.counters.epoch
    if mine or (known is not None and known.seq >= sheet.seq):
        return
    if known is None and len(draft.state.tables.heard) >= MOST_HEARD:
        return
    if not _is_of_another_key(draft, sheet):
        draft.make(SheetCame(sheet))


def _is_of_another_key(draft: Draft, sheet: Sheet) -> bool:
    """Whoever copied the keys by hand is told: else both tables would accept everybody."""
    kiosk, own = sheet.name.kiosk, draft.state.plan.mark
    differs = bool(own and sheet.mark) and sheet.mark != own
    if differs is not (kiosk in draft.state.tables.strangers):
        draft.make(KeyCompared(kiosk, differs))
    return differs


def write(draft: Draft, facts: Facts) -> None:
    """With what is written anyhow once the paper is out, or in a quiet moment."""
    for said in to_write(draft.state):
        sheet = _as_known(draft.before, said, facts)
        seq, before = facts[KnownOf(sheet.name)]
        now = {each.key: each for each in sheet.people}
        fresh = tuple(each for each in now.values() if before.get(each.key) != each)
        gone = tuple(before.keys() - now.keys())
        if sheet.seq <= seq or not (fresh or gone):
            draft.make(SheetDropped(sheet.name))
            continue
        draft.make(SheetHeard(sheet.name, sheet.seq, fresh, gone))
        _tell_clashes(draft, sheet, {each.key for each in fresh} - before.keys(), facts)


def _as_known(state: State, sheet: Sheet, facts: Facts) -> Sheet:
    """Of an earlier life of this table's own journal only what is lost: what this one has kept, its own sheets say,
    whatever became of it since."""
    if sheet.name.kiosk != state.plan.address.kiosk:
        return sheet
    kept = facts[EverSampledHere(_keys((sheet,)))]
    lost = tuple(each for each in sheet.people if each.n is None or (each.key, each.n) not in kept)
    return sheet if lost == sheet.people else Sheet(sheet.name, sheet.seq + 1, lost, sheet.mark)


def _tell_clashes(draft: Draft, sheet: Sheet, new: set[bytes], facts: Facts) -> None:
    """Whoever has been sampled here as well is in two tubes: staff are told, and neither is changed."""
    here = facts[SampledHere(_keys(to_write(draft.before)))]
    for told in sheet.people:
        sample = here.get(told.key)
        if told.key in new and told.reason is None and sample is not None:
            draft.tell("sampled-at-both", Signal.NOTED, number=sample.person.number, table=sheet.name.kiosk)
