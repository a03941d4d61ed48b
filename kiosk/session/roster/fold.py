"""The only writer of what is known of units."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from kiosk.model.changes import (
    Change,
    ExemptionTakenBack,
    ListChanged,
    PersonExempted,
    PersonLinked,
    RosterTaken,
    SampleTaken,
    SampleVoided,
    SheetHeard,
    UnitCalled,
)
from kiosk.model.expected import UNFINISHED
from kiosk.session.passing import Passing, RosterComing, UnitsCounted, UnitsSaid
from kiosk.session.roster.state import Units

MOST_TOUCHED = 64
"""With more it costs less to count all."""


def fold(units: Units, change: Change | Passing) -> Units:
    match change:
        case SampleVoided():
            # It may be that of somebody who was listed under another credential.
            return replace(units, touched=(), uncounted=units.head is not None)
        case RosterComing(coming):
            return replace(units, coming=coming)
        case ListChanged(people, gone):
            return _fewer(_unfinished(units), len(people), len(gone))
        case RosterTaken(head):
            return replace(units, head=head, coming=None, touched=(), uncounted=True)
        case UnitCalled(unit):
            return replace(units, calls=(*units.calls, unit))
        case UnitsSaid(figures):
            return replace(units, said=figures)
        case UnitsCounted():
            return _counted(units, change)
        case _:
            return reduce(_touched, _keys(change), units)


def _keys(change: Change | Passing) -> Iterable[bytes]:
    """Of those whose standing may be another."""
    match change:
        case SampleTaken(sample):
            yield sample.person.key
        case PersonLinked(key):
            yield key
        case PersonExempted(exempt) | ExemptionTakenBack(exempt):
            yield exempt.person.key
        case SheetHeard(people=people, gone=gone):
            yield from (each.key for each in people)
            yield from gone


def _touched(units: Units, key: bytes) -> Units:
    if units.head is None or units.uncounted:
        return units
    if len(units.touched) == MOST_TOUCHED:
        return replace(units, touched=(), uncounted=True)
    return replace(units, touched=(*units.touched, key))


def _unfinished(units: Units) -> Units:
    return units if units.head is None else replace(units, head=replace(units.head, made_s=UNFINISHED))


def _fewer(units: Units, people: int, gone: int) -> Units:
    coming = units.coming
    if coming is None:
        return units
    return replace(units, coming=replace(coming, people=coming.people[people:], gone=coming.gone[gone:]))


def _counted(units: Units, change: UnitsCounted) -> Units:
    found = {each.unit: each for each in change.progress}
    if change.all:
        return replace(units, progress=found, touched=(), uncounted=False)
    return replace(units, progress={**units.progress, **found}, touched=units.touched[change.looked_at :])
