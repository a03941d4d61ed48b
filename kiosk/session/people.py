"""A person, a voucher or an unknown code is held up."""

from dataclasses import replace

from kiosk.model import JobKind, Refusal, Role, Tube, TubeSource
from kiosk.ports import Signal
from kiosk.session import tubes
from kiosk.session.draft import Draft
from kiosk.session.effects import Effect, Notice
from kiosk.session.events import PersonPresented, ReadingHindered, ScanRejected, VoucherPresented
from kiosk.session.mood import mood
from kiosk.session.refusing import refuse
from kiosk.session.rules import Accept, Refuse, decide
from kiosk.session.state import State


def person(state: State, event: PersonPresented) -> tuple[State, tuple[Effect, ...]]:
    """Sampled, refused with the reason, or ignored because the card still lies there."""
    key, now = event.person.key, event.at.mono_ns
    seen = state.seen_lately(key, now)
    if seen is not None and seen.refused is None:
        return state.with_seen(key, now, None), ()
    draft = Draft(state, event.at)
    tube = tubes.for_next_person(draft)
    fault = None if state.plan.without_paper else state.fault(*_needed(draft, tube))
    decision = decide(event.prior, tube, fault.reason if fault else None, paused=state.paused)
    match decision:
        case Accept():
            assert tube is not None  # noqa: S101 - Accept means that there is one
            return _accept(draft, event, tube)
        case Refuse(reason, prior):
            return refuse(state, reason, key, event.at, prior, fault.printer if fault else "")


def _needed(draft: Draft, tube: Tube | None) -> tuple[Role, ...]:
    """A label only where the tube still waits for it: nine more may come while the label printer is mended."""
    labels = [job.subject for job in draft.memory.queued if job.kind is JobKind.LABEL]
    waits = tube is not None and any(isinstance(subject, Tube) and subject.id == tube.id for subject in labels)
    return (Role.VOUCHER, Role.LABEL) if waits else (Role.VOUCHER,)


def _accept(draft: Draft, event: PersonPresented, tube: Tube) -> tuple[State, tuple[Effect, ...]]:
    sample = draft.take_sample(event.person, tube)
    tubes.label(draft)
    draft.state = replace(draft.state.with_seen(event.person.key, event.at.mono_ns, None), reprintable=sample)
    place = (("number", event.person.number), ("position", str(sample.position)), ("capacity", str(tube.capacity)))
    draft.show(Signal.ACCEPTED, Notice("accepted", (*place, ("tube", tube.code or "-"))))
    if tube.room == 1 and tube.source is TubeSource.PREPRINTED:
        draft.show(Signal.ATTENTION, Notice("tube-wanted"))
    return draft.finish()


def rejected(state: State, event: ScanRejected) -> tuple[State, tuple[Effect, ...]]:
    return refuse(state, event.reason, event.trace, event.at)


def hindered(state: State, event: ReadingHindered) -> tuple[State, tuple[Effect, ...]]:
    """Says how to hold it, unless staff are asked for something; lamps stay as they are, and nothing is counted."""
    signal, _ = mood(state)
    if signal is not Signal.READY:
        return state, ()
    draft = Draft(state, event.at)
    draft.show(signal, Notice(f"hint.{event.hint}"))
    return draft.finish()


def voucher(state: State, event: VoucherPresented) -> tuple[State, tuple[Effect, ...]]:
    """A voucher is no credential: its holder has been sampled, or it is not of this kiosk."""
    if event.sample is None:
        return refuse(state, Refusal.UNKNOWN_CODE, event.number.encode(), event.at)
    return refuse(state, Refusal.ALREADY_SAMPLED, event.sample.person.key, event.at, event.sample)
