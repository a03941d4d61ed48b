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


@dataclass(frozen=True, slots=True)
class Act:
    """`about` is a tube's code, a voucher, a box or a figure, never an identity; `badge` is empty where nobody showed
    one. An answer bears the name of what it confirmed."""

    action: StaffAction
    about: str
    badge: str
    at: Instant
