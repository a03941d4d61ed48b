"""What an act would be about now: whoever pressed it on a page saw that, or something that is not so any more."""

from kiosk.model import StaffAction
from kiosk.session.questions.asked import on_show
from kiosk.session.staff.again import printed_again
from kiosk.session.staff.state import Chosen, Exempted, Paused, Sealed, Undoable
from kiosk.session.state import State
from kiosk.session.view import number


def about(state: State, action: StaffAction) -> str:
    """Empty for what is about nothing, or about what is scanned next. Never an identity."""
    match action:
        case StaffAction.YES | StaffAction.NO:
            question = on_show(state)
            return "" if question is None else question.id
        case StaffAction.VOID_LAST:
            last = state.sampling.last
            return "" if last is None else last.voucher
        case StaffAction.UNDO:
            return _undoable(state)
        case StaffAction.SEAL:
            tube = state.sampling.open
            return "" if tube is None else str(tube.id)
        case StaffAction.REPRINT | StaffAction.REPRINT_LABEL:
            again = printed_again(state, action)
            return "" if again is None else number(again[1])
        case StaffAction.NEXT_UNIT:
            return state.roster.called or ""
        case _:
            return ""


def _undoable(state: State) -> str:
    staff = state.staff
    if state.questions.proposed is not None:
        return state.questions.proposed.id
    if staff.wanted is not None:
        return f"{staff.wanted.action}"
    return "" if staff.undoable is None else _named(staff.undoable)


def _named(undoable: Undoable) -> str:
    match undoable:
        case Paused(on):
            return f"pause-{on}"
        case Chosen(before):
            return f"pool-{before.capacity if before else 0}"
        case Exempted(exempt):
            return f"exempt-{exempt.at.mono_ns}"
        case Sealed(tube):
            return f"seal-{tube.id}"
