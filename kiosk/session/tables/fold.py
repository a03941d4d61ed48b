"""The only writer of what is told and heard."""

from dataclasses import replace

from kiosk.model.changes import (
    Change,
    ClockSet,
    ExemptionTakenBack,
    PersonExempted,
    PersonLinked,
    SampleTaken,
    SampleVoided,
    SheetHeard,
    TubeBound,
    TubeMoved,
)
from kiosk.model.tables import EXEMPT, PEOPLE, every_sheet
from kiosk.session.passing import KeyCompared, Passing, SheetCame, SheetDropped, SheetsTold
from kiosk.session.tables.state import Tables

LATELY = 2 * PEOPLE
"""Samples within which the people of the tube in use are, singles among them."""


def fold(tables: Tables, change: Change | Passing) -> Tables:
    match change:
        case SampleTaken(sample):
            return _untold(_reaching(tables, sample.seq), sample.seq // PEOPLE)
        case SampleVoided(sample) | PersonLinked(sample=sample):
            return _untold(tables, sample.seq // PEOPLE)
        case PersonExempted() | ExemptionTakenBack():
            return _untold(tables, EXEMPT)
        case TubeBound():
            return _untold(tables, *every_sheet(max(tables.first, tables.last - LATELY), tables.last))
        case TubeMoved() | ClockSet():
            return _untold(tables, *every_sheet(tables.first, tables.last))
        case SheetsTold(numbers):
            return replace(tables, untold=tuple(each for each in tables.untold if each not in numbers))
        case SheetCame(sheet):
            people = {each.key: each for each in sheet.people if each.reason is None}
            heard, sampled = {**tables.heard, sheet.name: sheet}, {**tables.sampled, sheet.name: people}
            return replace(tables, heard=heard, sampled=sampled)
        case KeyCompared(kiosk, word):
            return replace(tables, compared={**tables.compared, kiosk: word})
        case SheetHeard(name) | SheetDropped(name):
            heard = {each: sheet for each, sheet in tables.heard.items() if each != name}
            return replace(tables, heard=heard, sampled={each: tables.sampled[each] for each in heard})
        case _:
            return tables


def _reaching(tables: Tables, seq: int) -> Tables:
    first = tables.first if tables.last else seq
    return replace(tables, first=first, last=max(tables.last, seq))


def _untold(tables: Tables, *numbers: int) -> Tables:
    return replace(tables, untold=tuple(dict.fromkeys((*tables.untold, *numbers))))
