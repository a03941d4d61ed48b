"""Each act of staff that changed something has a row, in the same commit: told by what it changed.

decisions: Staff by name"""

from collections.abc import Iterator, Sequence

from kiosk.model import StaffAction
from kiosk.model.acts import Act
from kiosk.model.changes import (
    ActDone,
    BoxChanged,
    BoxHandedOver,
    BoxOpened,
    Change,
    ExemptionTakenBack,
    HandoverTakenBack,
    JobMoved,
    JobQueued,
    MissingListed,
    PersonExempted,
    PersonLinked,
    PoolChosen,
    SampleTaken,
    SampleVoided,
    ServicePaused,
    ShiftReported,
    TubeAllotted,
    TubeBound,
    TubeBoxed,
    TubeMoved,
    TubeReopened,
    TubeSealed,
    TubeTakenUp,
    TubeUnboxed,
    TubeVoided,
    UnitCalled,
)
from kiosk.session.draft import Draft
from kiosk.session.events import Event, StaffPresented, TubePresented
from kiosk.session.passing import UndoableNoted
from kiosk.session.questions.asked import asked_for
from kiosk.session.staff.state import Chosen, Exempted, Paused, Sealed, Undoable


def note(draft: Draft, event: Event) -> None:
    """Before anything else is made of the event: what staff asked for, or what completes it."""
    action = _action(draft, event)
    if action is not None and draft.changes:
        badge = draft.state.staff.badge
        about = next(_about(draft.changes), "")
        undoable = _undoable(draft, action)
        draft.make(ActDone(Act(action, about, "" if badge is None else badge.name, draft.at)))
        draft.make(UndoableNoted(undoable))


def _undoable(draft: Draft, action: StaffAction) -> Undoable | None:
    """What could be taken back truly: an undo itself cannot."""
    if action is StaffAction.UNDO:
        return None
    match draft.changes[0]:
        case ServicePaused(on):
            return Paused(not on)
        case PoolChosen():
            return Chosen(draft.before.staff.pool)
        case PersonExempted(exempt, first=True):
            return Exempted(exempt)
        case TubeSealed(tube) if action is StaffAction.SEAL:
            return Sealed(tube)
        case _:
            return None


def _action(draft: Draft, event: Event) -> StaffAction | None:
    before = draft.before
    if isinstance(event, StaffPresented):
        is_answer = event.action in (StaffAction.YES, StaffAction.NO)
        return (asked_for(before) if is_answer else None) or event.action
    if isinstance(event, TubePresented) and before.packing.takes(event.at.mono_ns):
        return _completed(draft) or StaffAction.BOX
    return _completed(draft)


def _completed(draft: Draft) -> StaffAction | None:
    """What waited for this scan and waits no more. A slip that ends meanwhile completes nothing, nor does whoever comes
    after the minute."""
    wanted = draft.before.staff.wanted
    if wanted is None or draft.at.mono_ns >= wanted.until_ns or draft.state.staff.wanted == wanted:
        return None
    return wanted.action


def _about(changes: Sequence[Change]) -> Iterator[str]:  # noqa: C901 - one arm a change
    """The last word on it: a tube that was taken back before each of its people."""
    for change in reversed(changes):
        match change:
            case TubeVoided(tube) | TubeSealed(tube) | TubeReopened(tube) | TubeBound(tube) | TubeTakenUp(tube):
                yield tube.code or ""
            case TubeMoved(tube, left):
                yield f"{left}>{tube.code}"
            case SampleVoided(sample) | SampleTaken(sample) | PersonLinked(sample=sample):
                yield sample.voucher
            case PersonExempted(exempt) | ExemptionTakenBack(exempt):
                yield str(exempt.reason)
            case TubeBoxed(packed):
                yield packed.tube.code or ""
            case TubeUnboxed(tube):
                yield tube.code or ""
            case BoxOpened(box) | BoxChanged(box):
                yield box.number
            case BoxHandedOver(handover) | HandoverTakenBack(handover):
                yield handover.box.number
            case PoolChosen(pool):
                yield str(pool.capacity)
            case ServicePaused(on):
                yield "on" if on else "off"
            case UnitCalled(unit):
                yield unit
            case MissingListed(missing):
                yield missing.unit
            case ShiftReported(shift):
                yield str(shift.id)
    yield from (change.tube.code or "" for change in changes if isinstance(change, TubeAllotted))
    yield from (str(change.job.id) for change in changes if isinstance(change, JobQueued | JobMoved))
