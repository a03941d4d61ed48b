"""How long the tube in use has been open: told before the point's limit is reached."""

from kiosk.session.draft import Draft
from kiosk.session.passing import TubeAged
from kiosk.session.sampling.state import Age

SOON = 0.75
"""Of the limit; then there is still time to seal it in peace."""


def look_at_age(draft: Draft) -> None:
    """In a quiet moment. A tube that nobody is in has no age, and one from before a power cut none until the clock is
    right."""
    tube = draft.state.sampling.open
    open_ms = None if tube is None or tube.filled == 0 else draft.at.since_ms(tube.at)
    age = age_of(open_ms or 0, draft.state.plan.open_limit_ms)
    if age is not draft.state.scans.age:
        draft.make(TubeAged(age))


def age_of(open_ms: int, limit_ms: int) -> Age:
    """Against the point's limit."""
    if open_ms >= limit_ms:
        return Age.TOO_OLD
    return Age.OLD if open_ms >= SOON * limit_ms else Age.YOUNG
