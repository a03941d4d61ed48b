"""What can happen at the table, already understood: no raw scan and no identity in clear comes this far."""

from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Badge, Hand, Instant, Person, Refusal, Roster, Sheet, StaffAction
from kiosk.model.orders import Order
from kiosk.model.records import Ask
from kiosk.ports import Hint, PrinterState, PrintOutcome
from kiosk.vouchers.token import Claims


@dataclass(frozen=True, slots=True)
class Started:
    """The journal was read: what was being sent when the plug was pulled is in doubt now."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Rested:
    """A quiet moment, or a second of none: what may wait is said now."""

    at: Instant


@dataclass(frozen=True, slots=True)
class ClockTrusted:
    """From now on the wall clock is right, and `at` is by it."""

    at: Instant


@dataclass(frozen=True, slots=True)
class RosterOffered:
    """A list of who is expected lies there, genuine and whole; perhaps the one that is at hand already."""

    roster: Roster
    at: Instant


@dataclass(frozen=True, slots=True)
class TableHeard:
    """Another table of the point, or this one in an earlier life, tells whom it has registered."""

    sheet: Sheet
    at: Instant


@dataclass(frozen=True, slots=True)
class RecordsWanted:
    """Who collects records asks for some again."""

    ask: Ask
    at: Instant


@dataclass(frozen=True, slots=True)
class OrderGiven:
    """The centre's, genuine; by a scanner in that hand, or None. `usable`: whether what is sealed in it opens here."""

    order: Order
    hand: Hand | None
    at: Instant
    usable: bool = True


@dataclass(frozen=True, slots=True)
class PersonPresented:
    """A person's credential."""

    person: Person
    at: Instant
    sealed: bytes = field(default=b"", repr=False)
    """Who it is, for the authority alone; empty where the point has none."""


@dataclass(frozen=True, slots=True)
class TubePresented:
    """A tube's barcode; `preprinted` if it has the form of a supplier's."""

    code: str
    preprinted: bool
    hand: Hand
    at: Instant


@dataclass(frozen=True, slots=True)
class VoucherPresented:
    """A voucher's code; `claims`: what it says, if it is genuine by the keys that the point trusts."""

    number: str
    hand: Hand
    at: Instant
    claims: Claims | None = None


@dataclass(frozen=True, slots=True)
class SealPresented:
    """The number on a box's seal, which staff have asked for."""

    code: str
    at: Instant


@dataclass(frozen=True, slots=True)
class StaffPresented:
    """A staff code at somebody's scanner, or a button, which is in nobody's hand."""

    action: StaffAction
    hand: Hand | None
    at: Instant
    read_ns: int
    """When it was shown or pressed, monotonic: `at` is when the engine came to it."""
    about: str = ""
    """What it is about, where that was read on a page; empty: what is so now."""


@dataclass(frozen=True, slots=True)
class BadgePresented:
    """A staff member's own card."""

    badge: Badge
    hand: Hand
    at: Instant
    read_ns: int


@dataclass(frozen=True, slots=True)
class ScanRejected:
    """A scan that is no credential. `fingerprint` tells the same code held still from a second one; empty for noise."""

    reason: Refusal
    fingerprint: bytes
    hand: Hand
    at: Instant


@dataclass(frozen=True, slots=True)
class ReadingHindered:
    """Something is held up to a scanner that cannot read it, and why; no scan, so never a refusal."""

    hint: Hint
    at: Instant


@dataclass(frozen=True, slots=True)
class PrinterChanged:
    """What a printer says of itself now; None when it is gone, another has it (`held`) or it hangs (`stuck`)."""

    printer: str
    state: PrinterState | None
    held: bool
    at: Instant
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A scanner, the panel or the broker came or went. `held`: another has it; `stuck`: it hangs in a call; `deaf`: a
    broker that lets us tell and not hear; `refusing`: one that does not take all that we tell."""

    device: str
    up: bool
    held: bool
    at: Instant
    stuck: bool = False
    deaf: bool = False
    refusing: bool = False


@dataclass(frozen=True, slots=True)
class DiskChanged:
    """Too little space is left to register anybody, or there is enough again."""

    full: bool
    at: Instant


@dataclass(frozen=True, slots=True)
class JobsEnded:
    """What became of the slips that were sent to a printer, by job id."""

    printer: str
    outcomes: tuple[tuple[int, PrintOutcome], ...]
    at: Instant


@dataclass(frozen=True, slots=True)
class JobsReturned:
    """Nothing of these was printed: they wait for the printer."""

    printer: str
    jobs: tuple[int, ...]
    at: Instant


Event = (
    Started
    | Rested
    | ClockTrusted
    | RosterOffered
    | TableHeard
    | RecordsWanted
    | OrderGiven
    | PersonPresented
    | TubePresented
    | VoucherPresented
    | SealPresented
    | StaffPresented
    | BadgePresented
    | ScanRejected
    | ReadingHindered
    | PrinterChanged
    | DeviceChanged
    | DiskChanged
    | JobsEnded
    | JobsReturned
)
