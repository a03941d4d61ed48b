"""What an act of staff would print again."""

from typing import assert_never

from kiosk.model import JobKind, StaffAction, Subject, Tube, TubeSource
from kiosk.session.questions.asked import on_show
from kiosk.session.questions.state import DidItComeOut
from kiosk.session.state import State

Slip = tuple[JobKind, Subject]


def printed_again(state: State, action: StaffAction) -> Slip | None:
    """The slip that this action would print a copy of, if any."""
    match action:
        case StaffAction.NO:
            question = on_show(state)
            return (question.job.kind, question.job.subject) if isinstance(question, DidItComeOut) else None
        case StaffAction.REPRINT:
            sample = state.scans.reprintable
            return None if sample is None else (JobKind.VOUCHER, sample)
        case StaffAction.REPRINT_LABEL:
            label = _label_in_hand(state)
            return None if label is None else (JobKind.LABEL, label)
        case (
            StaffAction.YES
            | StaffAction.SEAL
            | StaffAction.VOID_LAST
            | StaffAction.PAUSE
            | StaffAction.REPORT
            | StaffAction.TUBE
            | StaffAction.SINGLE
            | StaffAction.POOL_1
            | StaffAction.POOL_5
            | StaffAction.POOL_10
            | StaffAction.POOL_20
            | StaffAction.HOUSEHOLD
            | StaffAction.WITH_ME
            | StaffAction.EXEMPT_UNDER_AGE
            | StaffAction.EXEMPT_VACCINATED
            | StaffAction.EXEMPT_RECOVERED
            | StaffAction.EXEMPT_ELSEWHERE
            | StaffAction.EXEMPT_BEDRIDDEN
            | StaffAction.VOID
            | StaffAction.MOVE
            | StaffAction.BOX
            | StaffAction.BOX_OUT
            | StaffAction.BAG
            | StaffAction.BOX_SEAL
            | StaffAction.BOX_CLOSE
            | StaffAction.HAND_OVER
            | StaffAction.HAND_OVER_BACK
            | StaffAction.UNDO
            | StaffAction.AGAIN
            | StaffAction.SAME_PERSON
            | StaffAction.NEXT_UNIT
            | StaffAction.MISSING_HERE
            | StaffAction.MISSING
        ):
            return None
        case never:
            assert_never(never)


def _label_in_hand(state: State) -> Tube | None:
    """The printed tube that comes next, or the one in use: whichever got its label last."""
    tubes = (state.sampling.single, state.sampling.ready, state.sampling.open)
    return next((tube for tube in tubes if tube is not None and tube.source is TubeSource.PRINTED), None)
