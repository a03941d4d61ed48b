"""The authority is told of a tube that nobody goes into any more: with what is written anyhow, or in a long pause."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.model import Tube, TubeState
from kiosk.model.changes import RecordsAsked, SampleVoided, TubeMoved, TubeRecorded
from kiosk.model.queries import AskedFor, Facts, Query, Unrecorded
from kiosk.model.records import Answered, Ask, Record, RecordName
from kiosk.session.draft import Draft
from kiosk.session.state import State

PAUSE_NS = 10_000_000_000
"""So long after the last person a commit of its own wears the card out no more than people would."""


def unrecorded(state: State) -> tuple[Query, ...]:
    """Looked up with a person and in a quiet moment."""
    return (Unrecorded(),) if state.plan.records else ()


def recorded(draft: Draft, facts: Facts) -> Record | None:
    """What is told now, if anything is to be told."""
    record = facts.get(Unrecorded())
    if record is None or not (draft.changes or _pauses(draft)):
        return None
    if record.name is not None or record.round != draft.state.plan.address.round:
        # Of an earlier round no count tells any more how many there are.
        draft.make(TubeRecorded(record.tube.id))
        return record
    counters = draft.state.counters
    name = RecordName(counters.epoch, counters.totals.since(counters.begun).records + 1)
    draft.make(TubeRecorded(record.tube.id, name))
    return replace(record, name=name)


def asked_again(draft: Draft, ask: Ask, facts: Facts) -> Iterator[Answered]:
    """The collector lacks some: they are told again, and it is answered how many of them are known here."""
    known = facts.get(AskedFor(ask))
    if known is not None and draft.state.plan.records:
        draft.make(RecordsAsked(ask))
        yield Answered(ask, known)


def emptied(draft: Draft) -> Iterator[Record]:
    """What may have been told and names people who are not there any more is said to be empty in the same commit: a
    code whose people have another, which may yet be on another table's tube, and a tube that the last one left."""
    if draft.state.plan.records:
        for change in draft.changes:
            match change:
                case TubeMoved(tube, left):
                    yield _empty(draft, replace(tube, code=left, state=TubeState.VOID))
                case SampleVoided(tube=Tube(code=str(), state=TubeState.OPEN, filled=0) as tube, with_tube=False):
                    yield _empty(draft, tube)


def _empty(draft: Draft, tube: Tube) -> Record:
    return Record(draft.state.plan.address.round, tube, ())


def _pauses(draft: Draft) -> bool:
    last = draft.state.sampling.last
    return last is None or last.at.boot != draft.at.boot or draft.at.mono_ns - last.at.mono_ns > PAUSE_NS
