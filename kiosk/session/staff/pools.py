"""How many go into a tube: chosen by staff for those to come, or one person alone."""

from dataclasses import replace

from kiosk.model import HOUSEHOLD, SINGLE, Pool, Purpose, Refusal, StaffAction, Tube, TubeSource, TubeState
from kiosk.model.changes import PoolChosen, TubePutAside, TubeResized
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.passing import ScanAwaited
from kiosk.session.printing.decide import abandon_stale
from kiosk.session.sampling.refusing import NOISE, tell_staff
from kiosk.session.sampling.tubes import allot_printed, numbers_left
from kiosk.session.staff.state import Wanted

POOLS = {
    StaffAction.POOL_1: Pool(1),
    StaffAction.POOL_5: Pool(5),
    StaffAction.POOL_10: Pool(10),
    StaffAction.POOL_20: Pool(20),
    StaffAction.HOUSEHOLD: HOUSEHOLD,
}


def choose(draft: Draft, pool: Pool) -> None:
    """For each tube from the next one on. A label that waits for its tube says another size: it goes to nobody, and
    another is printed."""
    if pool != draft.state.pool:
        draft.make(PoolChosen(pool))
    said = "single" if pool.capacity == 1 else pool.purpose
    draft.tell(f"pool-chosen.{said}", Signal.NOTED, capacity=str(pool.capacity))
    for tube in (draft.state.sampling.ready, draft.state.sampling.open):
        if tube is not None and tube.filled == 0 and tube.pool != pool:
            _resize(draft, tube, pool)


def _resize(draft: Draft, tube: Tube, pool: Pool) -> None:
    if tube.source is TubeSource.PREPRINTED:
        draft.make(TubeResized(replace(tube, capacity=pool.capacity, purpose=pool.purpose)))
    else:
        put_aside(draft, tube)


def put_aside(draft: Draft, tube: Tube) -> None:
    """A printed tube that nobody is in; whoever has its label throws it away."""
    draft.make(TubePutAside(replace(tube, state=TubeState.ASIDE)))
    abandon_stale(draft, draft.state.printing.about(tube))
    draft.tell("label-void", Signal.NOTED, tube=tube.code or "-")


def single(draft: Draft, until_ns: int) -> None:
    """A tube for the next person alone: its label at once, or the next tube that is scanned. Asked for again it is
    taken back."""
    waiting = draft.state.sampling.single
    if waiting is not None:
        _take_back(draft, waiting)
    elif draft.state.staff.awaits(StaffAction.SINGLE, draft.at.mono_ns):
        draft.make(ScanAwaited(None))
        draft.tell("single-taken-back", Signal.NOTED)
    elif draft.state.plan.source is TubeSource.PREPRINTED:
        draft.make(ScanAwaited(Wanted(StaffAction.SINGLE, until_ns)))
        draft.tell("tube-asked", Signal.NOTED)
    elif numbers_left(draft, printed=True):
        tube = allot_printed(draft, TubeState.READY, SINGLE)
        draft.tell("single-ready", Signal.NOTED, tube=tube.code or "-")
    else:
        tell_staff(draft, Refusal.BLOCK_USED_UP, NOISE)


def _take_back(draft: Draft, tube: Tube) -> None:
    if tube.source is TubeSource.PREPRINTED:
        draft.make(TubePutAside(replace(tube, state=TubeState.ASIDE, purpose=Purpose.POOL)))
        draft.tell("single-taken-back", Signal.NOTED)
    else:
        put_aside(draft, tube)
