"""What staff did: who, when, and what it was about."""

from kiosk.frozen import dataclass
from kiosk.model.instants import Instant
from kiosk.model.staff import StaffAction


@dataclass(frozen=True, slots=True)
class Act:
    """`about` is a tube's code, a voucher, a box or a figure, never an identity; `badge` is empty where nobody showed
    one. An answer bears the name of what it confirmed."""

    action: StaffAction
    about: str
    badge: str
    at: Instant
