"""The people of a tube are moved to another code: its label was lost, or the wrong barcode was scanned."""

from dataclasses import replace

from kiosk.credentials import tube_code
from kiosk.model import CopyReason, JobKind, Refusal, StaffAction, Tube, TubeSource, TubeState
from kiosk.model.changes import TubeMoved
from kiosk.model.queries import CopiesOf, Facts, TubeNumbered
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import TubePresented
from kiosk.session.passing import Proposed, ScanAwaited
from kiosk.session.printing.decide import queue
from kiosk.session.questions.state import OtherLabel
from kiosk.session.sampling.refusing import NOISE, tell_staff
from kiosk.session.sampling.taking_back import GONE
from kiosk.session.sampling.tubes import numbers_left
from kiosk.session.staff.state import Wanted

AT_THE_TABLE = (TubeState.OPEN, TubeState.SEALED)


def tube_shown(draft: Draft, event: TubePresented, known: Tube | None, wanted: Wanted, facts: Facts) -> None:
    """The tube that is left, or, if that was shown before or is the one in use, the code that its people get."""
    if known is not None:
        from_shown(draft, known, wanted.until_ns)
        return
    tube = draft.state.sampling.open if wanted.tube_id is None else facts[TubeNumbered(wanted.tube_id)]
    if not event.preprinted or tube is None or not _may_be_left(tube):
        tell_staff(draft, Refusal.UNKNOWN_CODE, event.code.encode())
        return
    draft.make(ScanAwaited(None))
    _move(draft, replace(tube, code=event.code, source=TubeSource.PREPRINTED), tube)


def from_shown(draft: Draft, tube: Tube | None, until_ns: int) -> None:
    """Whose people are moved: shown by the tube itself or by the voucher of somebody in it."""
    if tube is None or not _may_be_left(tube):
        tell_staff(draft, Refusal.NOT_SAMPLED if tube is None else GONE.get(tube.state, Refusal.NOT_SAMPLED), NOISE)
    elif tube.source is TubeSource.PRINTED:
        draft.make(ScanAwaited(None))
        draft.make(Proposed(OtherLabel(tube)))
    else:
        draft.make(ScanAwaited(Wanted(StaffAction.MOVE, until_ns, tube.id)))
        draft.tell("move-to", Signal.NOTED, tube=tube.code or "-", filled=str(tube.filled))


def label_confirmed(draft: Draft, proposed: Tube, facts: Facts) -> None:
    """Another code of the lease, and its label."""
    tube = facts[TubeNumbered(proposed.id)]
    if tube is None or not _may_be_left(tube) or not numbers_left(draft, printed=True):
        tell_staff(draft, Refusal.NOTHING_TO_DO, NOISE)
        return
    counters = draft.state.counters
    moved = replace(tube, code=tube_code(counters.block, counters.next_tube_serial))
    _move(draft, moved, tube)
    copies = facts[CopiesOf.slip(JobKind.LABEL, tube)]
    queue(draft, JobKind.LABEL, moved, copies + 1, CopyReason.OTHER_CODE)


def _may_be_left(tube: Tube) -> bool:
    return tube.code is not None and tube.filled > 0 and tube.state in AT_THE_TABLE


def _move(draft: Draft, moved: Tube, left: Tube) -> None:
    draft.make(TubeMoved(moved, left.code or ""))
    values = {"tube": moved.code or "-", "left": left.code or "-", "filled": str(moved.filled)}
    draft.tell("tube-moved", Signal.NOTED, **values)
