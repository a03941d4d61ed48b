"""What changes and is true only while the power is on: folded as facts of the point are, and never written."""

from kiosk.frozen import dataclass
from kiosk.messages.health import Condition
from kiosk.model import Badge, Figures, Progress, Refusal, Sample, Sheet, SheetName, Tube
from kiosk.model.orders import Order
from kiosk.ports import PrinterState
from kiosk.session.notice import Show
from kiosk.session.questions.state import Proposal
from kiosk.session.roster.state import Coming
from kiosk.session.sampling.state import Age, Believed, Seen
from kiosk.session.staff.state import Undoable, Wanted
from kiosk.session.tables.state import Compared


@dataclass(frozen=True, slots=True)
class PrinterTold:
    """A printer's word of itself; None when it is gone, another has it (`held`) or it hangs (`stuck`)."""

    printer: str
    state: PrinterState | None
    held: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class DeviceTold:
    device: str
    up: bool
    held: bool
    stuck: bool
    deaf: bool
    refusing: bool


@dataclass(frozen=True, slots=True)
class DiskTold:
    """Whether too little space is left to register anybody."""

    full: bool


@dataclass(frozen=True, slots=True)
class HeldUp:
    """A code was held up and what came of it: None if it was accepted. What was seen before `since_ns` is forgotten."""

    key: bytes
    seen: Seen
    since_ns: int


@dataclass(frozen=True, slots=True)
class PriorShown:
    """The sample whose voucher staff may print again: of the person who showed a card or code of their own just now."""

    sample: Sample | None


@dataclass(frozen=True, slots=True)
class SentAway:
    """A resident was refused; counted in memory until something is written."""

    reason: Refusal


@dataclass(frozen=True, slots=True)
class TubeAged:
    """How old the tube in use is."""

    age: Age


@dataclass(frozen=True, slots=True)
class PackingUntil:
    """Scanned tubes go into the open box until then; 0: no more."""

    until_ns: int


@dataclass(frozen=True, slots=True)
class OldestLooked:
    """Which sealed tube has waited longest, and how old it is."""

    tube: Tube | None
    age: Age


@dataclass(frozen=True, slots=True)
class ScanAwaited:
    """An act of staff waits for what it is to be done with; None: no more."""

    wanted: Wanted | None


@dataclass(frozen=True, slots=True)
class BadgeShown:
    """Whose acts follow; None: nobody's."""

    badge: Badge | None


@dataclass(frozen=True, slots=True)
class UndoableNoted:
    """What was done last and can be taken back; None: nothing."""

    undoable: Undoable | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """Staff are asked whether they mean it; None: no more."""

    question: Proposal | None


@dataclass(frozen=True, slots=True)
class VouchersWithheld:
    """Those with a lower job id waited in such a number that staff are asked; 0 withholds none."""

    below: int


@dataclass(frozen=True, slots=True)
class RestingShown:
    """What the panel shows between people, since when, and the id of the question that it is, if it is one."""

    show: Show
    since_ns: int
    question: str | None


@dataclass(frozen=True, slots=True)
class HealthSaid:
    """What the broker was last told of the table's condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class SheetsTold:
    """These sheets of people are said as they are."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SheetCame:
    """Another table told a sheet of its people: written in a quiet moment."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class SheetDropped:
    """Nothing of it is new."""

    name: SheetName


@dataclass(frozen=True, slots=True)
class KeyCompared:
    """Whether a table knows its people by another round key than this one."""

    kiosk: str
    word: Compared


@dataclass(frozen=True, slots=True)
class VoucherBelieved:
    """A genuine voucher of another table was shown; None: its card was, too."""

    believed: Believed | None


@dataclass(frozen=True, slots=True)
class RosterComing:
    """Another roster is to be taken, row by row."""

    coming: Coming


@dataclass(frozen=True, slots=True)
class UnitsCounted:
    """How far these units are; `looked_at` of those who were touched are in it, or `all` are."""

    progress: tuple[Progress, ...]
    looked_at: int
    all: bool = False


@dataclass(frozen=True, slots=True)
class OrdersShown:
    """Of what the centre says, what staff are told now."""

    shown: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class UnitsSaid:
    """What the broker was told of units."""

    figures: Figures


Passing = (
    PrinterTold
    | DeviceTold
    | DiskTold
    | HeldUp
    | PriorShown
    | SentAway
    | TubeAged
    | PackingUntil
    | OldestLooked
    | ScanAwaited
    | BadgeShown
    | UndoableNoted
    | Proposed
    | VouchersWithheld
    | RestingShown
    | HealthSaid
    | SheetsTold
    | SheetCame
    | SheetDropped
    | KeyCompared
    | VoucherBelieved
    | RosterComing
    | UnitsCounted
    | UnitsSaid
    | OrdersShown
)
