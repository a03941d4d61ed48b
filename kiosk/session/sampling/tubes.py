"""Tubes: allotted, opened, filled, sealed, emptied."""

from dataclasses import replace

from kiosk.credentials import LAST_TUBE, LAST_VOUCHER, tube_code, voucher_number
from kiosk.model import Beside, JobKind, Person, Pool, Purpose, Sample, Tube, TubeOrder, TubeSource, TubeState
from kiosk.model.changes import SampleTaken, SampleVoided, TubeAllotted, TubeOpened, TubeSealed
from kiosk.session.draft import Draft
from kiosk.session.printing.decide import abandon_stale, queue


def for_next_person(draft: Draft) -> Tube | None:
    """The tube that the next person goes into, opened in the draft if need be; None if staff must scan one."""
    sampling, plan = draft.state.sampling, draft.state.plan
    if sampling.single is not None:
        return _open(draft, sampling.single)
    if sampling.open is not None:
        return sampling.open
    if sampling.ready is not None:
        return _open(draft, sampling.ready)
    if plan.source is TubeSource.PRINTED:
        return allot_printed(draft, TubeState.OPEN)
    if plan.order is TubeOrder.PERSONS_FIRST:
        return allot(draft, TubeSource.PREPRINTED, TubeState.OPEN, None)
    return None


def _open(draft: Draft, ready: Tube) -> Tube:
    opened = replace(ready, state=TubeState.OPEN, at=draft.at)
    draft.make(TubeOpened(opened))
    return opened


def numbers_left(draft: Draft, printed: bool) -> bool:
    """Whether the block has a voucher number for the next person and, if a tube is to be printed, a code for it."""
    counters = draft.state.counters
    return counters.next_voucher_serial <= LAST_VOUCHER and not (printed and counters.next_tube_serial > LAST_TUBE)


def allot_printed(draft: Draft, state: TubeState, pool: Pool | None = None) -> Tube:
    """The next code of the lease, and its label."""
    counters = draft.state.counters
    tube = allot(draft, TubeSource.PRINTED, state, tube_code(counters.block, counters.next_tube_serial), pool)
    queue(draft, JobKind.LABEL, tube)
    return tube


def allot(draft: Draft, source: TubeSource, state: TubeState, code: str | None, pool: Pool | None = None) -> Tube:
    """A tube that has not existed before, of the size that the table works with unless another is given."""
    pool, building = pool or draft.state.pool, draft.state.plan.building
    number = draft.state.counters.next_tube_id
    tube = Tube(number, code, source, pool.capacity, state, 0, draft.at, building, pool.purpose)
    draft.make(TubeAllotted(tube))
    return tube


def take(draft: Draft, person: Person, tube: Tube, sealed: bytes, beside: Beside | None = None) -> Sample:
    """Puts the person into the tube's next place and queues the voucher; a full tube is sealed at once."""
    counters = draft.state.counters
    number = voucher_number(counters.block, counters.next_voucher_serial)
    filled, place = tube.with_one_more(), tube.next_place
    where = (tube.id, tube.capacity, place)
    sample = Sample(counters.next_sample_seq, person, *where, number, draft.at, tube.purpose, beside, tube=tube.code)
    draft.make(SampleTaken(sample, filled, sealed))
    queue(draft, JobKind.VOUCHER, sample)
    if filled.free <= 0 and filled.code is not None:
        seal(draft, filled)
    return sample


def seal(draft: Draft, tube: Tube) -> None:
    """Nobody goes into it any more; its closing slip is printed where the point wants one."""
    sealed = replace(tube, state=TubeState.SEALED)
    draft.make(TubeSealed(sealed))
    if draft.state.plan.closing_slip:
        queue(draft, JobKind.CLOSING, sealed)


def void(draft: Draft, sample: Sample, tube: Tube) -> None:
    """Takes a person out of the tube again; the place is free, the voucher number is not. A tube of their own goes to
    nobody else."""
    emptied = tube.without(sample.position)
    emptied = replace(emptied, state=_state_without(draft, sample, emptied))
    draft.make(SampleVoided(replace(sample, void=True), emptied))
    printing = draft.state.printing
    abandon_stale(draft, (*printing.about(sample), *printing.about(emptied)))


def _state_without(draft: Draft, sample: Sample, emptied: Tube) -> TubeState:
    """Taken back at once, the last person leaves the tube open; later it stays closed, and an empty one goes to
    nobody."""
    sampling = draft.state.sampling
    is_last = sampling.last is not None and sampling.last.seq == sample.seq
    if emptied.purpose is not Purpose.SINGLE and is_last and sampling.open is None:
        return TubeState.OPEN
    return TubeState.VOID if emptied.state is TubeState.SEALED and emptied.filled == 0 else emptied.state


def label_ahead(draft: Draft) -> None:
    """Allots the next tube and its label before the open one is full."""
    open_tube, plan = draft.state.sampling.open, draft.state.plan
    if plan.source is not TubeSource.PRINTED or draft.state.sampling.ready is not None:
        return
    if (open_tube is None or open_tube.free <= plan.label_ahead) and numbers_left(draft, printed=True):
        allot_printed(draft, TubeState.READY)
