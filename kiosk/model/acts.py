"""What staff did: who, when, and what it was about."""

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant
from kiosk.model.staff import StaffAction

TAKING_BACK = (
    StaffAction.VOID_LAST,
    StaffAction.VOID,
    StaffAction.MOVE,
    StaffAction.HAND_OVER_BACK,
    StaffAction.UNDO,
)
"""What they do is told one by one."""


GROUPS: tuple[tuple[str, tuple[StaffAction, ...]], ...] = (
    ("answers", (StaffAction.YES, StaffAction.NO, StaffAction.UNDO)),
    (
        "tubes",
        (
            StaffAction.TUBE,
            StaffAction.SEAL,
            StaffAction.SINGLE,
            StaffAction.HOUSEHOLD,
            StaffAction.POOL_1,
            StaffAction.POOL_5,
            StaffAction.POOL_10,
            StaffAction.POOL_20,
        ),
    ),
    (
        "people",
        (
            StaffAction.WITH_ME,
            StaffAction.EXEMPT_UNDER_AGE,
            StaffAction.EXEMPT_VACCINATED,
            StaffAction.EXEMPT_RECOVERED,
            StaffAction.EXEMPT_ELSEWHERE,
            StaffAction.EXEMPT_BEDRIDDEN,
            StaffAction.AGAIN,
            StaffAction.SAME_PERSON,
            StaffAction.NEXT_UNIT,
            StaffAction.MISSING_HERE,
            StaffAction.MISSING,
        ),
    ),
    (
        "trouble",
        (
            StaffAction.REPRINT,
            StaffAction.REPRINT_LABEL,
            StaffAction.VOID_LAST,
            StaffAction.VOID,
            StaffAction.MOVE,
            StaffAction.PAUSE,
        ),
    ),
    (
        "leaving",
        (
            StaffAction.BOX,
            StaffAction.BOX_OUT,
            StaffAction.BAG,
            StaffAction.BOX_SEAL,
            StaffAction.BOX_CLOSE,
            StaffAction.HAND_OVER,
            StaffAction.HAND_OVER_BACK,
            StaffAction.REPORT,
        ),
    ),
)
"""By what is done when; each action stands in one."""


@dataclass(frozen=True, slots=True)
class Act:
    """`about` is a tube's code, a voucher, a box or a figure, never an identity; `badge` is empty where nobody showed
    one. An answer bears the name of what it confirmed."""

    action: StaffAction
    about: str
    badge: str
    at: Instant
