"""A person or a tube is taken back: staff ask for it, show whom, and say yes. What destroys is asked twice."""

from dataclasses import replace

from kiosk.model import JobKind, Refusal, Roll, Sample, Tube, TubeState
from kiosk.model.changes import SampleVoided, TubeVoided
from kiosk.model.queries import Facts, MembersOf, SampleBy, TubeNumbered
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.passing import Proposed, ScanAwaited
from kiosk.session.printing.decide import abandon_stale, queue
from kiosk.session.questions.state import TakeBack, TakeBackTube
from kiosk.session.sampling.refusing import hold, tell_staff
from kiosk.session.sampling.tubes import void

HERE = (TubeState.READY, TubeState.OPEN, TubeState.SEALED)
"""Of a tube that is still at the table."""


GONE = {TubeState.HANDED_OVER: Refusal.HANDED_OVER, TubeState.BOXED: Refusal.IN_A_BOX}


def person_shown(draft: Draft, key: bytes, sample: Sample | None) -> None:
    """The card or voucher of the one who is to be taken back."""
    if sample is None:
        tell_staff(draft, Refusal.NOT_SAMPLED, key)
        return
    draft.make(ScanAwaited(None))
    # Held on the reader, the card must not be refused as that of somebody who has been sampled.
    hold(draft, key, None)
    draft.make(Proposed(TakeBack(sample)))


def tube_shown(draft: Draft, code: str, tube: Tube | None) -> None:
    """The tube that is to be taken back, with all its people."""
    if tube is None or tube.state not in HERE:
        tell_staff(draft, Refusal.NOT_SAMPLED if tube is None else _gone(tube), code.encode())
        return
    draft.make(ScanAwaited(None))
    draft.make(Proposed(TakeBackTube(tube)))


def confirmed(draft: Draft, proposed: Sample, facts: Facts) -> None:
    sample, tube = facts[SampleBy(proposed.voucher)], facts[TubeNumbered(proposed.tube_id)]
    if sample is None or tube is None or tube.state not in HERE:
        tell_staff(draft, Refusal.NOT_SAMPLED if tube is None or sample is None else _gone(tube), b"")
        return
    void(draft, sample, tube)
    hold(draft, sample.person.key, None)
    draft.tell("voided", Signal.NOTED, number=sample.person.number)


def tube_confirmed(draft: Draft, proposed: Tube, facts: Facts) -> None:
    tube, people = facts[TubeNumbered(proposed.id)], facts[MembersOf(proposed.id)]
    if tube is None or tube.state not in HERE:
        tell_staff(draft, Refusal.NOT_SAMPLED if tube is None else _gone(tube), b"")
        return
    _void_tube(draft, tube, people)
    draft.tell("tube-voided", Signal.NOTED, tube=tube.code or "-", filled=str(len(people)))


def _void_tube(draft: Draft, tube: Tube, people: tuple[Sample, ...]) -> None:
    """Everybody in it may be registered anew; a list says who must be told."""
    left = tube
    for sample in people:
        left = left.without(sample.position)
        draft.make(SampleVoided(replace(sample, void=True), left, with_tube=True))
        abandon_stale(draft, draft.state.printing.about(sample))
    gone = replace(left, state=TubeState.VOID)
    draft.make(TubeVoided(gone))
    abandon_stale(draft, draft.state.printing.about(gone))
    if people:
        queue(draft, JobKind.CALL_BACK, Roll(gone, tuple(replace(each, void=True) for each in people)))


def _gone(tube: Tube) -> Refusal:
    return GONE.get(tube.state, Refusal.TUBE_USED)
