"""Tubes: allotted, opened, bound to a supplier's barcode, sealed."""

from dataclasses import replace

from kiosk.model import JobKind, Refusal, Tube, TubeOrder, TubeSource, TubeState
from kiosk.session.draft import Draft
from kiosk.session.effects import Effect, Notice
from kiosk.session.events import TubePresented
from kiosk.session.mood import steady
from kiosk.session.refusing import refuse
from kiosk.session.state import State


def for_next_person(draft: Draft) -> Tube | None:
    """The tube that the next person goes into, opened in the draft if need be; None if staff must scan one."""
    memory, plan = draft.memory, draft.state.plan
    if memory.open is not None:
        return memory.open
    if memory.ready is not None:
        return draft.open_tube(memory.ready)
    if plan.source is TubeSource.PRINTED:
        tube = draft.new_tube(TubeSource.PRINTED, TubeState.OPEN, None)
        draft.queue(JobKind.LABEL, tube)
        return tube
    if plan.order is TubeOrder.PERSONS_FIRST:
        return draft.new_tube(TubeSource.PREPRINTED, TubeState.OPEN, None)
    return None


def label(draft: Draft) -> None:
    """Allots the next tube and its label before the open one is full."""
    memory, plan = draft.memory, draft.state.plan
    if plan.source is not TubeSource.PRINTED or memory.ready is not None:
        return
    if memory.open is None or memory.open.room <= plan.label_ahead:
        draft.queue(JobKind.LABEL, draft.new_tube(TubeSource.PRINTED, TubeState.READY, None))


def presented(state: State, event: TubePresented) -> tuple[State, tuple[Effect, ...]]:
    """A tube's barcode: opens it, binds it to the persons who came first, or tells why not."""
    open_tube = state.memory.open
    if event.known is not None:
        return _known(state, event, event.known)
    if not event.preprinted:
        return refuse(state, Refusal.UNKNOWN_CODE, event.code.encode(), event.at)
    if open_tube is not None and open_tube.code is not None and not _may_be_put_aside(open_tube):
        return refuse(state, Refusal.TUBE_OPEN, event.code.encode(), event.at)
    draft = Draft(state, event.at)
    if _put_aside(draft):
        open_tube = None
    if open_tube is None:
        draft.new_tube(TubeSource.PREPRINTED, TubeState.OPEN, event.code)
        draft.show(steady(draft.state), Notice("tube-opened", (("tube", event.code),)))
    else:
        bound = replace(open_tube, code=event.code)
        if bound.room <= 0:
            draft.seal(bound)
        else:
            draft.save_tube(bound)
        draft.show(steady(draft.state), Notice("tube-bound", (("tube", event.code), ("filled", str(open_tube.filled)))))
    return draft.finish()


def _may_be_put_aside(tube: Tube) -> bool:
    """A supplier's tube that was scanned by mistake: nobody is in it, another takes its place."""
    return tube.source is TubeSource.PREPRINTED and tube.code is not None and tube.filled == 0


def _put_aside(draft: Draft) -> bool:
    """Whether the open tube was one that could be put aside; then it is."""
    tube = draft.memory.open
    if tube is None or not _may_be_put_aside(tube):
        return False
    draft.save_tube(replace(tube, state=TubeState.VOID))
    return True


def _known(state: State, event: TubePresented, tube: Tube) -> tuple[State, tuple[Effect, ...]]:
    """Scanning the label of the tube in hand is a check that it is the right one; any other is in use."""
    draft = Draft(state, event.at)
    if tube.state in (TubeState.OPEN, TubeState.READY):
        draft.show(
            steady(draft.state), Notice(f"tube-{tube.state}", (("tube", event.code), ("filled", str(tube.filled))))
        )
        return draft.finish()
    was_put_aside = tube.state is TubeState.VOID and _may_be_put_aside(tube)
    if was_put_aside and (state.memory.open is None or _put_aside(draft)):
        draft.save_tube(replace(tube, state=TubeState.OPEN))
        draft.show(steady(draft.state), Notice("tube-opened", (("tube", event.code),)))
        return draft.finish()
    return refuse(state, Refusal.TUBE_USED, event.code.encode(), event.at)
