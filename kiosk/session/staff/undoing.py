"""The last act is taken back, where that can be done truly; otherwise staff are told what to do instead."""

from dataclasses import replace

from kiosk.model import Pool, Refusal, TubeState
from kiosk.model.changes import ExemptionTakenBack, ServicePaused, TubeReopened
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.passing import Proposed, ScanAwaited
from kiosk.session.printing.decide import abandon_stale
from kiosk.session.sampling.refusing import NOISE, tell_staff
from kiosk.session.staff.pools import choose
from kiosk.session.staff.state import Chosen, Exempted, Paused, Sealed


def undo(draft: Draft) -> None:
    """What still waits for a scan or an answer first; then what was done last, once."""
    staff = draft.state.staff
    if draft.state.questions.proposed is not None or staff.wanted is not None:
        draft.make(Proposed(None))
        draft.make(ScanAwaited(None))
        draft.tell("undone", Signal.NOTED)
        return
    match staff.undoable:
        case Paused(on):
            draft.make(ServicePaused(on))
            draft.tell("undone", Signal.NOTED)
        case Chosen(before):
            choose(draft, before or Pool(draft.state.plan.pool_size))
        case Exempted(exempt):
            draft.make(ExemptionTakenBack(exempt))
            draft.tell("exemption-undone", Signal.NOTED, number=exempt.person.number)
        case Sealed(tube) if draft.state.sampling.open is None:
            reopened = replace(tube, state=TubeState.OPEN)
            draft.make(TubeReopened(reopened))
            abandon_stale(draft, draft.state.printing.about(reopened))
            draft.tell("tube-reopened", Signal.NOTED, tube=tube.code or "-", filled=str(tube.filled))
        case _:
            tell_staff(draft, Refusal.CANNOT_UNDO, NOISE)
