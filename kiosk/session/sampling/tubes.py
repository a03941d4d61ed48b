"""Tubes: allotted, opened, filled, sealed, emptied."""

from dataclasses import replace

from kiosk.credentials import LAST_TUBE, LAST_VOUCHER, tube_code, voucher_number
from kiosk.model import JobKind, Person, Sample, Tube, TubeOrder, TubeSource, TubeState
from kiosk.model.changes import SampleTaken, SampleVoided, TubeAllotted, TubeOpened, TubeSealed
from kiosk.session.draft import Draft
from kiosk.session.printing.decide import abandon_stale, queue


def for_next_person(draft: Draft) -> Tube | None:
    """The tube that the next person goes into, opened in the draft if need be; None if staff must scan one."""
    sampling, plan = draft.state.sampling, draft.state.plan
    if sampling.open is not None:
        return sampling.open
    if sampling.ready is not None:
        opened = replace(sampling.ready, state=TubeState.OPEN, at=draft.at)
        draft.make(TubeOpened(opened))
        return opened
    if plan.source is TubeSource.PRINTED:
        return allot_printed(draft, TubeState.OPEN)
    if plan.order is TubeOrder.PERSONS_FIRST:
        return allot(draft, TubeSource.PREPRINTED, TubeState.OPEN, None)
    return None


def numbers_left(draft: Draft, printed: bool) -> bool:
    """Whether the block has a voucher number for the next person and, if a tube is to be printed, a code for it."""
    counters = draft.state.counters
    return counters.next_voucher_serial <= LAST_VOUCHER and not (printed and counters.next_tube_serial > LAST_TUBE)


def allot_printed(draft: Draft, state: TubeState) -> Tube:
    """The next code of the lease, and its label."""
    counters = draft.state.counters
    tube = allot(draft, TubeSource.PRINTED, state, tube_code(counters.block, counters.next_tube_serial))
    queue(draft, JobKind.LABEL, tube)
    return tube


def allot(draft: Draft, source: TubeSource, state: TubeState, code: str | None) -> Tube:
    """A tube that has not existed before."""
    plan = draft.state.plan
    number = draft.state.counters.next_tube_id
    tube = Tube(number, code, source, plan.pool_size, state, 0, draft.at, plan.building)
    draft.make(TubeAllotted(tube))
    return tube


def take(draft: Draft, person: Person, tube: Tube) -> Sample:
    """Puts the person into the tube's next place and queues the voucher; a full tube is sealed at once."""
    counters = draft.state.counters
    number = voucher_number(counters.block, counters.next_voucher_serial)
    filled = replace(tube, filled=tube.filled + 1)
    sample = Sample(counters.next_sample_seq, person, tube.id, tube.capacity, filled.filled, number, draft.at)
    draft.make(SampleTaken(sample, filled))
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
    """Takes the last person out of the tube again; the place is free, the voucher number is not."""
    emptied = replace(tube, filled=tube.filled - 1, state=TubeState.OPEN)
    draft.make(SampleVoided(replace(sample, void=True), emptied))
    printing = draft.state.printing
    abandon_stale(draft, (*printing.about(sample), *printing.about(emptied)))


def label_ahead(draft: Draft) -> None:
    """Allots the next tube and its label before the open one is full."""
    open_tube, plan = draft.state.sampling.open, draft.state.plan
    if plan.source is not TubeSource.PRINTED or draft.state.sampling.ready is not None:
        return
    if (open_tube is None or open_tube.free <= plan.label_ahead) and numbers_left(draft, printed=True):
        allot_printed(draft, TubeState.READY)
