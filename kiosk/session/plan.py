"""How this point works, from its configuration."""

from collections.abc import Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address
from kiosk.model import Role, TubeOrder, TubeSource


class Badges(StrEnum):
    """Whether staff act by name."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Plan:
    """Constant while the kiosk runs."""

    address: Address
    pool_size: int
    source: TubeSource
    order: TubeOrder
    printers: Mapping[Role, tuple[str, ...]]
    """Whose turn it is: the first that can print; the others are spares."""
    zone: ZoneInfo
    same_scan_ns: int = 5_000_000_000
    without_paper: bool = False
    building: str = ""
    open_limit_ms: int = 7_200_000
    """So long a tube may be open."""
    transport_limit_ms: int = 14_400_000
    """So long a tube may take from its opening to the driver."""
    bags: bool = False
    """Whether tubes go into bags within a box."""
    badges: Badges = Badges.OPTIONAL
    records: bool = False
    """Whether an authority is told who is in each tube."""
    closing_slip: bool = False
    suppliers: bool = False
    """Whether a supplier's barcode may open a tube."""
    scanners: tuple[str, ...] = ()
    """Nobody is asked to come before each of them was heard of."""
    tables: bool = False
    """Whether the tables of the point tell each other of their people."""
    mark: str = ""
    """By which round key they are known; it tells nothing of the key."""
    begun: int = 0
    """The number of the order that began a round here last; 0: none did. Only a later one begins another."""
    visits: bool = False
    """It goes from door to door: its list is of those who are visited."""
    call_at_percent: int | None = None
    """When so many of a unit have come the next one is called; None: only when staff say so."""
    label_ahead: int = 1
    """The next label is printed when the open tube has this many free places or fewer."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """What this table prints."""
        return (Role.VOUCHER, Role.LABEL) if self.source is TubeSource.PRINTED else (Role.VOUCHER,)
