"""A roster is taken, units are counted and called, and who has not come is listed.

decisions: The roster"""

from collections.abc import Mapping

from kiosk.model import Expected, JobKind, MissingList, Person, Progress, Refusal, Roster, StaffAction, Standing
from kiosk.model.changes import ListChanged, MissingListed, RosterTaken, UnitCalled
from kiosk.model.expected import SAMPLED
from kiosk.model.queries import ExpectedBy, Facts, MissingOf, ProgressAround, ProgressOfAll, Query, WholeRoster
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import RosterOffered
from kiosk.session.passing import RosterComing, UnitsCounted
from kiosk.session.printing.decide import queue
from kiosk.session.roster.state import Coming, Units
from kiosk.session.sampling.refusing import NOISE, tell_staff
from kiosk.session.state import State

ROWS = 512
"""So many are written in one quiet moment: a scan waits for no more."""
LOOKED_AT = 8
"""So many of those who came are looked up in one."""
LONGEST_LIST = 400
"""People on one slip, of two metres."""


def offered(draft: Draft, event: RosterOffered, facts: Facts) -> None:
    """A later one than that at hand is taken, as far as it differs, and in quiet moments."""
    newest = draft.state.roster.newest
    if is_later(draft.state, event.roster):
        draft.make(RosterComing(_difference(event.roster, facts[WholeRoster()])))
    elif newest is not None and event.roster.head.made_s < newest.made_s:
        draft.tell("roster-older", Signal.NOTED)


def is_later(state: State, roster: Roster) -> bool:
    """Of this round and point, and not the one at hand, the one that is being taken, or one before these."""
    address, newest = state.plan.address, state.roster.newest
    is_ours = (roster.round, roster.point) == (address.round, address.point)
    return is_ours and (newest is None or newest.made_s < roster.head.made_s)


def _difference(roster: Roster, known: Mapping[bytes, Expected]) -> Coming:
    people = tuple(person for person in roster.people if known.get(person.key) != person)
    gone = tuple(known.keys() - {person.key for person in roster.people})
    return Coming(roster.head, people, gone)


def wanted(units: Units) -> tuple[Query, ...]:
    """What is looked up in a quiet moment."""
    if units.coming is not None or units.head is None:
        return ()
    return (ProgressOfAll(),) if units.uncounted else around(units)


def around(units: Units) -> tuple[Query, ...]:
    """What is looked up once the paper is out: a few units, and never all."""
    if units.coming is not None or units.uncounted:
        return ()
    return tuple(ProgressAround(key) for key in dict.fromkeys(units.touched[:LOOKED_AT]))


def look(draft: Draft, facts: Facts) -> None:
    """In a quiet moment: takes the next rows of a roster, or counts and calls."""
    units = draft.state.roster
    if units.coming is not None:
        _take(draft, units.coming)
    elif units.uncounted:
        draft.make(UnitsCounted(facts[ProgressOfAll()], 0, all=True))
        _call_when_due(draft)
    else:
        look_around(draft, facts)


def look_around(draft: Draft, facts: Facts) -> None:
    """Counts the units of those who came since."""
    looked_at = draft.before.roster.touched[:LOOKED_AT]
    if looked_at and around(draft.before.roster):
        found = (each for key in dict.fromkeys(looked_at) for each in facts[ProgressAround(key)])
        draft.make(UnitsCounted(tuple(found), len(looked_at)))
        _call_when_due(draft)


def _take(draft: Draft, coming: Coming) -> None:
    """Whoever is not listed any more goes last: a list that is cut off has too many rather than too few."""
    people = coming.people[:ROWS]
    gone = coming.gone[: ROWS - len(people)]
    if people or gone:
        draft.make(ListChanged(people, gone))
    if len(coming.people) + len(coming.gone) <= ROWS:
        draft.make(RosterTaken(coming.head))
        draft.tell("roster-taken", Signal.NOTED, units=str(len(coming.head.units)))


def _call_when_due(draft: Draft) -> None:
    """The first unit with the first who comes; each next one when enough of the last have come."""
    units, percent = draft.state.roster, draft.state.plan.call_at_percent
    if percent is None:
        return
    last = None if units.called is None else units.progress.get(units.called)
    has_begun = any(each.sampled for each in units.progress.values())
    if has_begun if units.called is None else last is None or last.reaches(percent):
        _call(draft)


def call_next(draft: Draft) -> None:
    """At staff's word."""
    if not _call(draft):
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)


def _call(draft: Draft) -> bool:
    """Whether there is one of whom somebody is missing."""
    units = draft.state.roster
    unit = next((unit for unit in units.left if _is_awaited(units.progress.get(unit))), None)
    if unit is None:
        return False
    draft.make(UnitCalled(unit, draft.at))
    draft.tell("unit-called", Signal.NOTED, unit=unit)
    return True


def _is_awaited(progress: Progress | None) -> bool:
    return progress is None or progress.missing > 0


def listed(state: State, person: Person) -> tuple[Query, ...]:
    """Where there is a roster, how it has the person."""
    return () if state.roster.head is None else (ExpectedBy(person.key),)


def missing_unit(state: State, action: StaffAction) -> str | None:
    """Of which unit this asks who has not come, empty for all; None if it asks for no such."""
    match action:
        case StaffAction.MISSING:
            return ""
        case StaffAction.MISSING_HERE:
            return state.roster.called
        case _:
            return None


def asked_for_missing(state: State, unit: str | None) -> tuple[Query, ...]:
    """For the list of a unit, of all where it is empty; None: there is no such unit."""
    return () if unit is None else (_missing_of(state, unit), ProgressOfAll())


def _missing_of(state: State, unit: str) -> MissingOf:
    """At a door those are missing who are to be visited."""
    return MissingOf(unit, Standing.HOME_VISIT if state.plan.visits else Standing.MISSING)


def list_missing(draft: Draft, unit: str | None, facts: Facts) -> None:
    """Prints who has not come of a unit, of all where it is empty."""
    if unit is None or draft.state.roster.head is None:
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
        return
    absent = facts[_missing_of(draft.state, unit)]
    if len(absent) > LONGEST_LIST:
        tell_staff(draft, Refusal.LIST_TOO_LONG, NOISE)
    elif not absent:
        draft.tell("nobody-missing", Signal.NOTED)
    else:
        counted = [each for each in facts[ProgressOfAll()] if unit in ("", each.unit)]
        sampled = sum(_sum(counted, each) for each in SAMPLED)
        expected = sampled + _sum(counted, Standing.EXEMPT) + len(absent)
        number = draft.state.counters.next_job_id
        missing = MissingList(number, unit, expected, sampled, _sum(counted, Standing.EXEMPT), absent, draft.at)
        draft.make(MissingListed(missing))
        queue(draft, JobKind.MISSING, missing)
        draft.tell("listing-missing", Signal.NOTED, n=str(len(absent)))


def _sum(counted: list[Progress], standing: Standing) -> int:
    return sum(each.counts.get(standing, 0) for each in counted)
