"""What a scan can mean."""

from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Badge, Refusal, StaffAction
from kiosk.model.orders import Order
from kiosk.vouchers.token import Claims

LONGEST_PLAIN = 512
"""Characters of what has no signature and no structure."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's credential in clear: canonical form and name. Never stored; repr shows nothing.

    `shown` is the masked number where the canonical's own mask would tell the wrong thing, such as a birthday."""

    canonical: str = field(repr=False)
    name: str = field(repr=False)
    shown: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TubeCode:
    """A tube's barcode: a supplier's (`preprinted`) or one of ours."""

    code: str
    preprinted: bool


@dataclass(frozen=True, slots=True)
class VoucherCode:
    """`claims`: what it says, if a kiosk that the point trusts has signed it."""

    number: str
    claims: Claims | None = None


@dataclass(frozen=True, slots=True)
class StaffCode:
    action: StaffAction


@dataclass(frozen=True, slots=True)
class BadgeCode:
    badge: Badge


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not a credential that the kiosk takes; the reason says which rule it broke."""

    reason: Refusal


@dataclass(frozen=True, slots=True)
class OrderCode:
    """What the centre orders, genuine."""

    order: Order


Credential = Identity | TubeCode | VoucherCode | StaffCode | BadgeCode | OrderCode


class NotTaken(Exception):  # noqa: N818 - it ends the reading of a scan, it is no fault
    """Raised by the layers of a signed form; says the rule and nothing of what was read."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(str(reason))
        self.reason = reason
