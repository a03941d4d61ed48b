"""The whole behaviour of the table: what an event needs to know, and what follows from it.

The shape of the session
------------------------
`needs(state, event)` says as values what must be looked up; whoever holds the journal answers; `step(state, event,
facts)` gives an `Outcome`: the state afterwards, the changes and messages to be written as one transaction, the slips
to be printed and what people are shown. Both are pure. The engine writes first, and takes `after` and carries out the
rest only once that is on disk; so nothing is printed, shown or remembered that a pulled plug could take back.

A state is a plan and a slice for each concern. A slice has a room: `state` is the frozen value, `fold` its only writer,
`decide` the rules that bring changes about. Rules read the whole state and write none of it: they `make` changes in a
`Draft`, which folds each at once, so that the second of two people in one event gets the next place and the next
number. There are two kinds of change. Facts of the point (kiosk.model.changes) are written by the journal and folded by
the slices that it can restore: counters, sampling, printing, a pause, a loss that staff must know of. Passing ones
(`passing`) are so while the power is on: which devices are there, what was held up lately, who was sent away and is not
counted yet, what was said last. An event that brings about passing changes only is no commit: a hint, a refusal, a card
that still lies there, a line that flaps.

After the rules come the passes, once for each event and always in the same order: the next label before the tube is
full; waiting slips to whichever printer is free, as SENDING in this same commit; with what is written anyhow, or in a
quiet moment, those who were sent away; messages for what differs from what the broker was told; and the panel. What the
panel shows between people is a view of the state (`view`), shown when it differs from what was shown; only what happens
in passing (accepted, refused, noted) is told by a rule.

A new event, change, staff action, fault or question is a class or a member of an enum. Wherever a kind is told apart,
`match` ends in assert_never, so the type checker names each place that does not know it yet. Only the folds and `needs`
pass over what is not theirs; there the law of the journal stands in (tests/unit/journal/test_law.py), and what else a
new member needs tests/unit/test_said_once.py names. CONTRIBUTING.md walks a refusal and an action.
"""

from typing import assert_never

from kiosk.model import Person, StaffAction
from kiosk.model.queries import (
    ActsCounted,
    AskedFor,
    BesideOf,
    CopiesOf,
    ExemptionOf,
    Facts,
    OldestHere,
    PackedIn,
    PriorOf,
    Query,
    SampleBy,
    TakenBack,
    TubeBy,
    TubeNumbered,
    TubeOf,
    UndatedIn,
    WholeRoster,
)
from kiosk.session.draft import Draft
from kiosk.session.events import (
    BadgePresented,
    ClockTrusted,
    DeviceChanged,
    DiskChanged,
    Event,
    JobsEnded,
    JobsReturned,
    OrderGiven,
    PersonPresented,
    PrinterChanged,
    ReadingHindered,
    RecordsWanted,
    Rested,
    RosterOffered,
    ScanRejected,
    SealPresented,
    StaffPresented,
    Started,
    TableHeard,
    TubePresented,
    VoucherPresented,
)
from kiosk.session.handover import decide as handover
from kiosk.session.handover.ages import look_at_oldest
from kiosk.session.orders import decide as orders
from kiosk.session.outcome import Outcome
from kiosk.session.passes import finish
from kiosk.session.passing import DiskTold
from kiosk.session.presence import decide as presence
from kiosk.session.printing import decide as printing
from kiosk.session.questions.asked import proposed
from kiosk.session.recording import unrecorded
from kiosk.session.roster import decide as roster
from kiosk.session.sampling import barcodes, persons
from kiosk.session.staff import badges
from kiosk.session.staff.again import printed_again
from kiosk.session.staff.decide import act
from kiosk.session.starting import dated, started
from kiosk.session.state import State
from kiosk.session.tables import decide as tables


def needs(state: State, event: Event) -> tuple[Query, ...]:  # noqa: C901 - one arm an event
    """What `step` must be told to answer this event."""
    match event:
        case PersonPresented(person):
            if state.staff.wanted is None and state.scans.believed is None:
                return (PriorOf(person.key), *_beyond(state, person))
            return (*_of(person), *_beyond(state, person))
        case TubePresented(code):
            box = state.packing.takes(event.at.mono_ns)
            packed = () if box is None else (PackedIn(box.id),)
            wanted = state.staff.wanted
            left = () if wanted is None or wanted.tube_id is None else (TubeNumbered(wanted.tube_id),)
            return (TubeBy(code), *packed, *left)
        case VoucherPresented(number):
            moves = state.staff.wanted is not None and state.staff.wanted.action is StaffAction.MOVE
            return (SampleBy(number), TubeOf(number)) if moves else (SampleBy(number),)
        case StaffPresented(action):
            again = printed_again(state, action)
            slip = (CopiesOf.slip(*again),) if again else ()
            counted = (ActsCounted(), TakenBack()) if action is StaffAction.REPORT else ()
            missing = roster.asked_for_missing(state, roster.missing_unit(state, action))
            return (*proposed(state), *handover.compared_with(state, action), *counted, *slip, *missing)
        case Rested():
            seldom = (*roster.wanted(state.roster), *tables.wanted(state, event))
            return (OldestHere(), *seldom, *tables.told(state, event), *unrecorded(state))
        case Started() | JobsEnded():
            return _with_the_paper(state, event)
        case TableHeard():
            return tables.wanted(state, event)
        case RecordsWanted(ask):
            return (AskedFor(ask),)
        case RosterOffered(offered):
            return (WholeRoster(),) if roster.is_later(state, offered) else ()
        case ClockTrusted(at):
            return (UndatedIn(at.boot),)
        case _:
            return ()


def _with_the_paper(state: State, event: Event) -> tuple[Query, ...]:
    """What could wait until it is out."""
    return (*roster.around(state.roster), *tables.wanted(state, event), *tables.told(state, event))


def _beyond(state: State, person: Person) -> tuple[Query, ...]:
    """What the list and other tables say of somebody, and a record that may go with the commit."""
    return (*roster.listed(state, person), *tables.asked_of(state, person), *unrecorded(state))


def _of(person: Person) -> tuple[Query, ...]:
    return PriorOf(person.key), BesideOf(person.key), ExemptionOf(person.key)


def step(state: State, event: Event, facts: Facts) -> Outcome:
    """What follows. `facts` answers `needs(state, event)`."""
    draft = Draft(state, event.at)
    _decide(draft, event, facts)
    return finish(draft, event, facts)


def _decide(draft: Draft, event: Event, facts: Facts) -> None:  # noqa: C901 - one arm an event
    match event:
        case PersonPresented():
            persons.person(draft, event, facts)
        case ScanRejected():
            persons.rejected(draft, event)
        case ReadingHindered():
            persons.hindered(draft, event)
        case VoucherPresented():
            persons.voucher(draft, event, facts)
        case SealPresented(code):
            handover.sealed_with(draft, code)
        case TubePresented():
            barcodes.tube(draft, event, facts)
        case BadgePresented():
            badges.shown(draft, event)
        case StaffPresented():
            act(draft, event, facts)
        case JobsEnded():
            printing.ended(draft, event)
            roster.look_around(draft, facts)
            tables.write(draft, event, facts)
        case JobsReturned():
            printing.returned(draft, event)
        case PrinterChanged():
            presence.printer(draft, event)
        case DeviceChanged():
            presence.device(draft, event)
        case DiskChanged(full):
            draft.make(DiskTold(full))
        case Started():
            started(draft)
        case ClockTrusted():
            dated(draft, facts)
        case TableHeard():
            tables.heard(draft, event, facts)
        case RecordsWanted():
            """A pass answers it."""
        case OrderGiven():
            orders.given(draft, event)
        case RosterOffered():
            roster.offered(draft, event, facts)
        case Rested():
            look_at_oldest(draft, facts)
            roster.look(draft, facts)
            orders.look(draft)
            tables.write(draft, event, facts)
        case never:
            assert_never(never)
