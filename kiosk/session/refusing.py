"""A refusal: counted, shown, and not repeated while the same code is held still."""

from dataclasses import replace

from kiosk.local_time import local_time
from kiosk.model import Instant, Refusal, Sample
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.effects import Effect, Notice
from kiosk.session.state import State

ANYONE = b""
"""The trace of noise: two torn frames are two refusals."""


def refuse(
    state: State, reason: Refusal, key: bytes, at: Instant, prior: Sample | None = None, printer: str = ""
) -> tuple[State, tuple[Effect, ...]]:
    """Counts and shows a refusal; the same one again from a code held still is shown and counted once."""
    seen = state.seen_lately(key, at.mono_ns) if key != ANYONE else None
    if seen is not None and seen.refused is reason:
        return state.with_seen(key, at.mono_ns, reason), ()
    draft = Draft(state, at)
    draft.refused(reason)
    if key != ANYONE:
        draft.state = draft.state.with_seen(key, at.mono_ns, reason)
    values: tuple[tuple[str, str], ...] = (("printer", printer),) if printer else ()
    if prior is not None:
        draft.state = replace(draft.state, reprintable=prior)
        values = (("number", prior.person.number), ("at", local_time(state.plan.zone, prior.at)))
    draft.show(Signal.REFUSED, Notice(f"refused.{reason}", values))
    return draft.finish()
