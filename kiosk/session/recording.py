"""The authority is told of a tube that nobody goes into any more: with what is written anyhow, or in a long pause."""

from kiosk.model.changes import TubeRecorded
from kiosk.model.queries import Facts, Query, Unrecorded
from kiosk.model.records import Record
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
    draft.make(TubeRecorded(record.tube.id))
    return record


def _pauses(draft: Draft) -> bool:
    last = draft.state.sampling.last
    return last is None or last.at.boot != draft.at.boot or draft.at.mono_ns - last.at.mono_ns > PAUSE_NS
