"""Staff act: answer, seal, reprint, void, pause, report."""

from typing import assert_never

from kiosk.model import CopyReason, Hand, JobKind, Purpose, Refusal, Sample, Shift, StaffAction, Tube, TubeState
from kiosk.model.changes import ServicePaused, ShiftReported
from kiosk.model.queries import ActsCounted, CopiesOf, Facts, TakenBack
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import StaffPresented
from kiosk.session.handover import decide as handover
from kiosk.session.handover import packing
from kiosk.session.passing import ScanAwaited
from kiosk.session.printing.decide import abandon, queue
from kiosk.session.questions.asked import on_show
from kiosk.session.questions.decide import answer
from kiosk.session.roster import decide as roster
from kiosk.session.sampling.refusing import (
    NOISE,
    SHOWING_NS,
    count_sent_away,
    hold,
    is_one_showing,
    refuse,
    tell_staff,
)
from kiosk.session.sampling.tubes import seal, void
from kiosk.session.staff import badges
from kiosk.session.staff.about import about
from kiosk.session.staff.again import printed_again
from kiosk.session.staff.pools import POOLS, choose, single
from kiosk.session.staff.state import Wanted
from kiosk.session.staff.undoing import undo
from kiosk.session.view import number

PRESS_NS = 250_000_000
"""A button that is pressed again within this is still the same press."""
READ_NS = 1_000_000_000
"""Nobody has read a question that was shown for less."""
SCAN_NS = 60_000_000_000
"""So long it may take to scan what an act is to be done with."""


def act(draft: Draft, event: StaffPresented, facts: Facts) -> None:
    """One showing, one act. What residents hold up at their scanner never acts."""
    key = f"staff:{event.action}".encode()
    if event.hand is Hand.RESIDENTS:
        refuse(draft, Refusal.NOT_AT_THIS_SCANNER, key)
        return
    window_ns = PRESS_NS if event.hand is None else SHOWING_NS
    if not is_one_showing(draft, key, window_ns, event.read_ns):
        why = badges.why_not(draft.state, event.action) or _too_late(draft, event)
        if why is None:
            _act(draft, event, facts)
        else:
            tell_staff(draft, why, NOISE)
    hold(draft, key, None, event.read_ns)


def _too_late(draft: Draft, event: StaffPresented) -> Refusal | None:
    """A page may be a second behind, and its line slow: what was pressed is done to what was seen, or not at all."""
    return None if event.about in ("", about(draft.state, event.action)) else Refusal.SEEN_TOO_LATE


def _act(draft: Draft, event: StaffPresented, facts: Facts) -> None:  # noqa: C901 - one arm an act
    match event.action:
        case StaffAction.YES:
            _answer(draft, True, event.read_ns, facts)
        case StaffAction.NO:
            _answer(draft, False, event.read_ns, facts)
        case StaffAction.SEAL:
            _seal(draft)
        case StaffAction.REPRINT | StaffAction.REPRINT_LABEL:
            _reprint(draft, event.action, facts)
        case StaffAction.VOID_LAST:
            _void_last(draft)
        case StaffAction.PAUSE:
            draft.make(ServicePaused(not draft.state.staff.paused))
            _noted(draft, "noted")
        case StaffAction.REPORT:
            _report(draft, facts)
        case StaffAction.TUBE:
            _await(draft, event.action)
            _noted(draft, "tube-asked")
        case StaffAction.WITH_ME:
            _await(draft, event.action)
            _noted(draft, "with-me-asked")
        case (
            StaffAction.EXEMPT_UNDER_AGE
            | StaffAction.EXEMPT_VACCINATED
            | StaffAction.EXEMPT_RECOVERED
            | StaffAction.EXEMPT_ELSEWHERE
            | StaffAction.EXEMPT_BEDRIDDEN
        ):
            _await(draft, event.action)
            _noted(draft, "exempt-asked")
        case StaffAction.VOID:
            _await(draft, event.action)
            _noted(draft, "void-asked")
        case StaffAction.MOVE:
            _await(draft, event.action)
            _noted(draft, "move-asked")
        case StaffAction.BOX:
            packing.start_or_stop(draft)
        case StaffAction.BOX_OUT:
            if _await_box(draft, event.action):
                _noted(draft, "box-out-asked")
        case StaffAction.BOX_SEAL:
            if _await_box(draft, event.action):
                _noted(draft, "box-seal-asked")
        case StaffAction.BAG:
            handover.next_bag(draft)
        case StaffAction.BOX_CLOSE:
            handover.close(draft, facts)
        case StaffAction.HAND_OVER:
            handover.pass_on(draft)
        case StaffAction.HAND_OVER_BACK:
            handover.take_back(draft)
        case StaffAction.UNDO:
            undo(draft)
        case StaffAction.AGAIN:
            _await(draft, event.action)
            _noted(draft, "again-asked")
        case StaffAction.SAME_PERSON:
            _await(draft, event.action)
            _noted(draft, "same-person-asked")
        case StaffAction.NEXT_UNIT:
            roster.call_next(draft)
        case StaffAction.MISSING | StaffAction.MISSING_HERE:
            roster.list_missing(draft, roster.missing_unit(draft.state, event.action), facts)
        case StaffAction.SINGLE:
            single(draft, draft.at.mono_ns + SCAN_NS)
        case (
            StaffAction.POOL_1 | StaffAction.POOL_5 | StaffAction.POOL_10 | StaffAction.POOL_20 | StaffAction.HOUSEHOLD
        ):
            choose(draft, POOLS[event.action])
        case never:
            assert_never(never)


def _await(draft: Draft, action: StaffAction) -> None:
    draft.make(ScanAwaited(Wanted(action, draft.at.mono_ns + SCAN_NS)))


def _await_box(draft: Draft, action: StaffAction) -> bool:
    """Whether there is a box that it could be about."""
    if draft.state.packing.boxes:
        _await(draft, action)
        return True
    _nothing(draft)
    return False


def _nothing(draft: Draft, reason: Refusal = Refusal.NOTHING_TO_DO) -> None:
    tell_staff(draft, reason, NOISE)


def _noted(draft: Draft, key: str, **values: str) -> None:
    draft.tell(key, Signal.NOTED, **values)


def _answer(draft: Draft, yes: bool, read_ns: int, facts: Facts) -> None:
    """To the question that is on show and can have been read: not to one that a fault of the printer hides, nor to one
    that came up when the answer had been given and waited for the engine."""
    question, told = on_show(draft.state), draft.state.told
    if question is None or told.question != question.id:
        _nothing(draft)
    elif read_ns - told.resting_since_ns < READ_NS:
        _nothing(draft, Refusal.READ_FIRST)
    else:
        answer(draft, question.id, yes, facts)
        if not draft.told:
            _noted(draft, "noted")


def _seal(draft: Draft) -> None:
    """Closes the open tube before it is full; one that still lacks its barcode must be scanned first."""
    tube = draft.state.sampling.open
    if tube is None or tube.filled == 0:
        _nothing(draft)
    elif tube.code is None:
        _nothing(draft, Refusal.NO_TUBE)
    else:
        seal(draft, tube)
        _noted(draft, "tube-sealed", tube=tube.code, filled=str(tube.filled))


def _reprint(draft: Draft, action: StaffAction, facts: Facts) -> None:
    """Prints the voucher of the last person shown, or the label in hand, once more, marked."""
    again = printed_again(draft.state, action)
    if again is None:
        _nothing(draft)
        return
    kind, subject = again
    if isinstance(subject, Sample) and subject.voucher in draft.state.orders.withdrawn:
        _nothing(draft, Refusal.VOUCHER_WITHDRAWN)
        return
    queue(draft, kind, subject, facts[CopiesOf.slip(kind, subject)] + 1, CopyReason.ASKED)
    shown = subject.person.number if isinstance(subject, Sample) else number(subject)
    _noted(draft, f"reprinted.{kind}", number=shown)


def _void_last(draft: Draft) -> None:
    """Takes back the last sample, for a person who was not swabbed after all; a full tube opens again."""
    sample, tube = draft.state.sampling.last, draft.state.sampling.last_tube
    if sample is None or tube is None or not _may_take_back(draft, tube):
        is_boxed = tube is not None and tube.state is TubeState.BOXED
        _nothing(draft, Refusal.IN_A_BOX if is_boxed else Refusal.NOTHING_TO_DO)
        return
    void(draft, sample, tube)
    # A card that still lies on the reader must not bring the person back; once lifted for a while it may.
    hold(draft, sample.person.key, None)
    _noted(draft, "voided", number=sample.person.number)


def _may_take_back(draft: Draft, tube: Tube) -> bool:
    in_hand, is_single = draft.state.sampling.open, tube.purpose is Purpose.SINGLE
    return (is_single or in_hand is None or in_hand.id == tube.id) and tube.state in (TubeState.OPEN, TubeState.SEALED)


def _report(draft: Draft, facts: Facts) -> None:
    """Prints the counts of the round so far, in place of a report that nobody has seen yet."""
    for job in draft.state.printing.waiting[JobKind.REPORT]:
        abandon(draft, job)
    count_sent_away(draft)
    counters = draft.state.counters
    so_far = counters.totals, draft.state.sampling.open, draft.at
    shift = Shift(counters.next_job_id, *so_far, facts[ActsCounted()], facts[TakenBack()])
    draft.make(ShiftReported(shift))
    queue(draft, JobKind.REPORT, shift)
    _noted(draft, "reporting")
