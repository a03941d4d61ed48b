"""Sheets of people go out once the paper is out, or in a quiet moment; what others tell is written in one.

decisions: Tables as one"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kiosk.messages.people import corrected, people
from kiosk.model import Elsewhere, Person, Refusal, Sample, Sheet
from kiosk.model.changes import SheetHeard
from kiosk.model.local_time import minute
from kiosk.model.queries import ElsewhereOf, EverKnownHere, Facts, KnownOf, Query, SampledHere, SheetOf
from kiosk.ports import Message, Signal
from kiosk.session.draft import Draft
from kiosk.session.events import Event, JobsEnded, Rested, Started, TableHeard
from kiosk.session.passing import KeyCompared, PriorShown, SheetCame, SheetDropped, SheetsTold
from kiosk.session.sampling.refusing import refuse
from kiosk.session.state import State
from kiosk.session.tables.state import Compared

TOLD_AT_ONCE, WRITTEN_AT_ONCE = 4, 8
"""So many sheets are told, or written, in one quiet moment."""
MOST_HEARD, MOST_WAITING = 1024, 32_768
"""Sheets, and people on them, that wait to be written in memory: before another is heard, some are written."""
MOST_TABLES = 64
"""So many tables are told apart by their round keys: no point has as many."""


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


def to_write(state: State, event: Event) -> tuple[Sheet, ...]:
    """What was heard before and is written with this event: in a quiet moment, once the paper is out, or as no more can
    wait."""
    match event:
        case Rested() | JobsEnded():
            return tuple(state.tables.heard.values())[:WRITTEN_AT_ONCE]
        case TableHeard() if len(state.tables.heard) >= MOST_HEARD or state.tables.waiting >= MOST_WAITING:
            return tuple(state.tables.heard.values())[:WRITTEN_AT_ONCE]
        case _:
            return ()


def told(state: State, event: Event) -> tuple[Query, ...]:
    return tuple(map(SheetOf, may_tell(state, event)))


def wanted(state: State, event: Event) -> tuple[Query, ...]:
    """What is looked up to write them."""
    sheets = to_write(state, event)
    known = tuple(KnownOf(sheet.name) for sheet in sheets)
    own = (sheet for sheet in sheets if sheet.name.kiosk == state.plan.address.kiosk)
    kept = tuple(EverKnownHere(_keys(sheet)) for sheet in own)
    return (*known, *kept, SampledHere(_sampled(sheets))) if sheets else ()


def _keys(sheet: Sheet) -> tuple[bytes, ...]:
    return tuple(each.key for each in sheet.people)


def _sampled(sheets: tuple[Sheet, ...]) -> tuple[bytes, ...]:
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
    at = "?" if at_ms is None else minute(zone, at_ms)
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
    for sheet in to_write(draft.before, event):
        better = _as_known(draft.before, sheet, facts)
        if better.people != sheet.people:
            yield corrected(plan.address, counters, draft.at, better)


def heard(draft: Draft, event: TableHeard, facts: Facts) -> None:
    """Kept in memory until a quiet moment: a scan waits for nothing of it. Of one sheet the newest holds; what this
    table tells itself in this life comes back to it, too."""
    sheet, known = event.sheet, draft.state.tables.heard.get(event.sheet.name)
    mine = sheet.name.kiosk == draft.state.plan.address.kiosk and sheet.name.epoch == draft.state.counters.epoch
    if mine or (known is not None and known.seq >= sheet.seq):
        return
    if _is_of_another_key(draft, sheet):
        return
    write(draft, event, facts)
    draft.make(SheetCame(sheet))


def _is_of_another_key(draft: Draft, sheet: Sheet) -> bool:
    """Whoever copied the keys by hand is told: else both tables would accept everybody. A table's word is the last
    one, for one whose key was mended leaves sheets of before; so does this one itself."""
    kiosk, own, compared = sheet.name.kiosk, draft.state.plan, draft.state.tables.compared
    if not (own.mark and sheet.mark):
        return False
    differs, known, at_ms = sheet.mark != own.mark, compared.get(kiosk), sheet.at_ms or 0
    is_news = known is None or (known.at_ms <= at_ms and known != Compared(at_ms, differs))
    if kiosk != own.address.kiosk and is_news and (known is not None or len(compared) < MOST_TABLES):
        draft.make(KeyCompared(kiosk, Compared(at_ms, differs)))
    return differs


def write(draft: Draft, event: Event, facts: Facts) -> None:
    """What is due with this event."""
    sheets = to_write(draft.before, event)
    here = facts[SampledHere(_sampled(sheets))] if sheets else {}
    for said in sheets:
        sheet = _as_known(draft.before, said, facts)
        seq, before = facts[KnownOf(sheet.name)]
        now = {each.key: each for each in sheet.people}
        fresh = tuple(each for each in now.values() if before.get(each.key) != each)
        gone = tuple(before.keys() - now.keys())
        if sheet.seq <= seq or not (fresh or gone):
            draft.make(SheetDropped(sheet.name))
            continue
        draft.make(SheetHeard(sheet.name, sheet.seq, fresh, gone))
        _tell_clashes(draft, sheet, {each.key for each in fresh} - before.keys(), here)


def _as_known(state: State, sheet: Sheet, facts: Facts) -> Sheet:
    """Of an earlier life of this table's own journal only what is lost: what this one has kept, its own sheets say,
    whatever became of it since."""
    if sheet.name.kiosk != state.plan.address.kiosk:
        return sheet
    kept = facts[EverKnownHere(_keys(sheet))]
    lost = tuple(each for each in sheet.people if (each.key, each.n) not in kept)
    return sheet if lost == sheet.people else replace(sheet, seq=sheet.seq + 1, people=lost)


def _tell_clashes(draft: Draft, sheet: Sheet, new: set[bytes], here: Mapping[bytes, Sample]) -> None:
    """Whoever has been sampled here as well is in two tubes: staff are told, and neither is changed."""
    for told in sheet.people:
        sample = here.get(told.key)
        if told.key in new and told.reason is None and sample is not None:
            draft.tell("sampled-at-both", Signal.NOTED, number=sample.person.number, table=sheet.name.kiosk)
