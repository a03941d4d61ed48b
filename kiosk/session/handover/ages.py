"""How old the sealed tubes are that have not been handed over: told before the point's limit is reached."""

from kiosk.model import Instant, Tube
from kiosk.model.queries import Facts, OldestHere
from kiosk.session.draft import Draft
from kiosk.session.passing import OldestLooked
from kiosk.session.sampling.ages import age_of
from kiosk.session.sampling.state import Age


def is_late(tube: Tube, at: Instant, limit_ms: int) -> bool:
    """Unknown is not late: a tube from before a power cut, while no clock is right."""
    return (at.since_ms(tube.at) or 0) >= limit_ms


def look_at_oldest(draft: Draft, facts: Facts) -> None:
    """In a quiet moment."""
    tube = facts[OldestHere()]
    age = Age.YOUNG if tube is None else age_of(draft.at.since_ms(tube.at) or 0, draft.state.plan.transport_limit_ms)
    packing = draft.state.packing
    if (tube and tube.id, age) != (packing.oldest and packing.oldest.id, packing.age):
        draft.make(OldestLooked(tube, age))
