"""Whose acts these are, and what their role may do."""

from typing import assert_never

from kiosk.model import Badge, Hand, Refusal, StaffAction, StaffRole
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.events import BadgePresented
from kiosk.session.passing import BadgeShown, PackingUntil, ScanAwaited
from kiosk.session.plan import Badges
from kiosk.session.questions.asked import asked_for
from kiosk.session.sampling.refusing import SHOWING_NS, hold, is_one_showing, refuse
from kiosk.session.staff.state import Exempted
from kiosk.session.state import State

_ORDER = tuple(StaffRole)


def shown(draft: Draft, event: BadgePresented) -> None:
    """The last one that was shown is who acts; shown again, nobody does. Never at a residents' scanner."""
    badge, key = event.badge, f"badge:{event.badge.name}".encode()
    if event.hand is Hand.RESIDENTS or draft.state.plan.badges is Badges.OFF:
        refuse(draft, Refusal.NOT_AT_THIS_SCANNER, key)
        return
    if not is_one_showing(draft, key, SHOWING_NS, event.read_ns):
        _change(draft, badge)
    hold(draft, key, None, event.read_ns)


def _change(draft: Draft, badge: Badge) -> None:
    """What still waits for a scan is called off: nobody completes in their name what another was allowed."""
    draft.make(ScanAwaited(None))
    draft.make(PackingUntil(0))
    if draft.state.staff.badge == badge:
        draft.make(BadgeShown(None))
        draft.tell("badge-away", Signal.NOTED, badge=badge.name)
    else:
        draft.make(BadgeShown(badge))
        draft.tell("badge-shown", Signal.NOTED, badge=badge.name, role=badge.role)


def why_not(state: State, action: StaffAction) -> Refusal | None:
    """Why whoever acts here may not do this: nor confirm it, nor take it back when another did it. Where badges are
    optional, nobody's name is nobody's role."""
    badge = state.staff.badge
    if state.plan.badges is Badges.OFF:
        return None
    if badge is None:
        return Refusal.BADGE_FIRST if state.plan.badges is Badges.REQUIRED else None
    may = _ORDER.index(badge.role) >= _ORDER.index(least_role(_comes_to(state, action)))
    return None if may else Refusal.ROLE_MAY_NOT


def _comes_to(state: State, action: StaffAction) -> StaffAction:
    """A no, and calling off what waits, change nothing: anybody may."""
    if action is StaffAction.YES:
        return asked_for(state) or action
    waits = state.questions.proposed is not None or state.staff.wanted is not None
    if action is StaffAction.UNDO and not waits and isinstance(state.staff.undoable, Exempted):
        return StaffAction(f"exempt-{state.staff.undoable.exempt.reason}")
    return action


def least_role(action: StaffAction) -> StaffRole:
    """Who may do this, and whoever stands above them."""
    match action:
        case (
            StaffAction.YES
            | StaffAction.NO
            | StaffAction.SEAL
            | StaffAction.REPRINT_LABEL
            | StaffAction.VOID_LAST
            | StaffAction.PAUSE
            | StaffAction.TUBE
            | StaffAction.SINGLE
            | StaffAction.POOL_1
            | StaffAction.POOL_5
            | StaffAction.POOL_10
            | StaffAction.POOL_20
            | StaffAction.HOUSEHOLD
            | StaffAction.WITH_ME
            | StaffAction.UNDO
        ):
            return StaffRole.SAMPLER
        case (
            StaffAction.REPRINT
            | StaffAction.REPORT
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
            | StaffAction.AGAIN
            | StaffAction.SAME_PERSON
            | StaffAction.NEXT_UNIT
            | StaffAction.MISSING_HERE
            | StaffAction.MISSING
        ):
            return StaffRole.CLERK
        case StaffAction.HAND_OVER_BACK:
            return StaffRole.LEAD
        case never:
            assert_never(never)
