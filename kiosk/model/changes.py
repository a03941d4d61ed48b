"""Facts of the point, each named for what happened and holding what is so since.

The journal writes them as rows, the session folds them into memory: one source, two readers. So what a start reads back
is the fold of all that was ever committed.
"""

from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model.acts import Act
from kiosk.model.boxes import Box, Handover, Packed, Tally
from kiosk.model.counts import Counters, Loss
from kiosk.model.expected import Expected, MissingList, RosterHead
from kiosk.model.instants import Instant
from kiosk.model.orders import Became, Ordered
from kiosk.model.people import Exempt, Sample
from kiosk.model.records import Ask, RecordName
from kiosk.model.slips import PrintJob, Shift
from kiosk.model.staff import Refusal
from kiosk.model.tables import SheetName, Told
from kiosk.model.tubes import Pool, Tube
from kiosk.ports import Message


@dataclass(frozen=True, slots=True)
class TubeAllotted:
    """A tube that has not existed before, ready or open at once."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeOpened:
    """The ready tube is taken into use."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubePutAside:
    """Nobody is in it and nobody will be: a supplier's that was scanned by mistake, a label of another size."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeTakenUp:
    """One that was put aside is wanted after all."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeBound:
    """Persons came first; now the tube has its barcode."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeResized:
    """A supplier's tube in which nobody is yet takes another number of persons."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeMoved:
    """Its people are in a tube of another code; the one that they `left` is never used again."""

    tube: Tube
    left: str


@dataclass(frozen=True, slots=True)
class TubeVoided:
    """Taken back; all its people were before."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeSealed:
    """Nobody goes into it any more."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class TubeReopened:
    """It was sealed too soon, and nothing has come of that."""

    tube: Tube


@dataclass(frozen=True, slots=True)
class SampleTaken:
    """One person in the next place of `tube`, which is as it is since."""

    sample: Sample
    tube: Tube
    sealed: bytes = field(default=b"", repr=False)
    """Who it was, for the authority alone."""


@dataclass(frozen=True, slots=True)
class SampleVoided:
    """A person of `tube` was taken out again; a full tube may be open again. `with_tube`: with all the others."""

    sample: Sample
    tube: Tube
    with_tube: bool = False


@dataclass(frozen=True, slots=True)
class PersonExempted:
    """Recorded without a tube; not `first`: with another reason than before."""

    exempt: Exempt
    first: bool
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class BoxOpened:
    """A box that has not existed before."""

    box: Box


@dataclass(frozen=True, slots=True)
class BoxChanged:
    """Its bag, its seal, its strays or its state is another; no tube went in or out."""

    box: Box


@dataclass(frozen=True, slots=True)
class TubeBoxed:
    """A sealed tube lies in the box, which is as it is since."""

    packed: Packed
    box: Box


@dataclass(frozen=True, slots=True)
class TubeUnboxed:
    """It was taken out again."""

    tube: Tube
    box: Box


@dataclass(frozen=True, slots=True)
class BoxTallied:
    """What did not agree when the box was to be closed."""

    tally: Tally


@dataclass(frozen=True, slots=True)
class BoxHandedOver:
    """The driver has it; its tubes are changed by nobody here."""

    handover: Handover


@dataclass(frozen=True, slots=True)
class HandoverTakenBack:
    """It is here again, closed; its manifest is worth nothing."""

    handover: Handover


@dataclass(frozen=True, slots=True)
class TubeRecorded:
    """The authority is told of this tube as it is now; for the first time under that name."""

    tube_id: int
    first: RecordName | None = None


@dataclass(frozen=True, slots=True)
class RecordsAsked:
    """Some records are to be told again; in quiet moments, one by one."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class OrderHeard:
    """The centre orders something: it waits for a quiet moment, and is heard once only."""

    ordered: Ordered


@dataclass(frozen=True, slots=True)
class OrderSettled:
    """What became of it."""

    n: int
    became: Became


@dataclass(frozen=True, slots=True)
class ActDone:
    """What staff did just now."""

    act: Act


@dataclass(frozen=True, slots=True)
class ExemptionTakenBack:
    """The person is not recorded any more, and may be sampled or recorded anew."""

    exempt: Exempt


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A slip is owed."""

    job: PrintJob
    at: Instant


@dataclass(frozen=True, slots=True)
class JobMoved:
    """A slip's printer, state or settlement is another."""

    job: PrintJob


@dataclass(frozen=True, slots=True)
class ShiftReported:
    """The counts as they were when a report was asked for."""

    shift: Shift


@dataclass(frozen=True, slots=True)
class ScansRefused:
    """Residents who were sent away since this was last said, and why: what many strangers cause is written together."""

    counts: tuple[tuple[Refusal, int], ...]


@dataclass(frozen=True, slots=True)
class ServicePaused:
    """Staff let nobody be accepted, or go on."""

    on: bool


@dataclass(frozen=True, slots=True)
class PoolChosen:
    """How many go into each tube from the next one on."""

    pool: Pool


@dataclass(frozen=True, slots=True)
class LossNoted:
    """Staff know that something of an earlier life of the journal was lost."""


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The clock has become trusted: what happened in this boot before was `offset_ms` after its monotonic zero."""

    boot: str
    offset_ms: int


@dataclass(frozen=True, slots=True)
class PersonLinked:
    """Whoever has this key is the one of the sample, who was sampled by another credential."""

    key: bytes
    sample: Sample


@dataclass(frozen=True, slots=True)
class ListChanged:
    """People of the roster who are new or stand otherwise, and the keys of those who are not in it any more."""

    people: tuple[Expected, ...]
    gone: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RosterTaken:
    """All that changed in it is written; from now on it is this one."""

    head: RosterHead


@dataclass(frozen=True, slots=True)
class UnitCalled:
    """Its people may come down."""

    unit: str
    at: Instant


@dataclass(frozen=True, slots=True)
class MissingListed:
    """Who has not come, as it was when staff asked."""

    missing: MissingList


TubeChange = (
    TubeAllotted
    | TubeOpened
    | TubePutAside
    | TubeTakenUp
    | TubeBound
    | TubeResized
    | TubeMoved
    | TubeVoided
    | TubeSealed
    | TubeReopened
)
SampleChange = SampleTaken | SampleVoided


@dataclass(frozen=True, slots=True)
class SheetHeard:
    """What another table tells of a stretch of its people differs: who is new or stands otherwise, and who is gone."""

    name: SheetName
    seq: int
    people: tuple[Told, ...]
    gone: tuple[bytes, ...]


RosterChange = PersonLinked | ListChanged | RosterTaken | UnitCalled | MissingListed
BoxChange = BoxOpened | BoxChanged | TubeBoxed | TubeUnboxed | BoxTallied | BoxHandedOver | HandoverTakenBack
Change = (
    TubeChange
    | SampleChange
    | PersonExempted
    | BoxChange
    | TubeRecorded
    | RecordsAsked
    | OrderHeard
    | OrderSettled
    | ActDone
    | ExemptionTakenBack
    | JobQueued
    | JobMoved
    | ShiftReported
    | ScansRefused
    | ServicePaused
    | PoolChosen
    | LossNoted
    | ClockSet
    | RosterChange
    | SheetHeard
)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an earlier round left behind: tubes that are open or ready, slips that are not done with. `said`: the last
    status wherever the broker still believes this kiosk to be, this round included."""

    tubes: tuple[Tube, ...] = ()
    jobs: tuple[PrintJob, ...] = ()
    said: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """All that decisions need of the journal at a start. Jobs are in the order of their ids."""

    counters: Counters
    open: Tube | None = None
    ready: Tube | None = None
    single: Tube | None = None
    last: Sample | None = None
    """Who may be taken back: the last one, unless that happened already."""
    last_tube: Tube | None = None
    """The tube that `last` went into, as it is now."""
    queued: tuple[PrintJob, ...] = ()
    sending: tuple[PrintJob, ...] = ()
    doubtful: tuple[PrintJob, ...] = ()
    paused: bool = False
    pool: Pool | None = None
    """What staff have chosen in this round."""
    boxes: tuple[Box, ...] = ()
    """Those that are here, in the order in which they were opened; the last may be open."""
    handover: Handover | None = None
    """The last one, unless it was taken back."""
    loss: Loss | None = None
    roster: RosterHead | None = None
    calls: tuple[str, ...] = ()
    """The unit that was called last."""
    orders: tuple[Ordered, ...] = ()
    """Of the centre, for this round, by their numbers."""
    first_sample: int | None = None
    """The lowest number of a sample of the round."""
    left_over: LeftOver = field(default_factory=LeftOver)
