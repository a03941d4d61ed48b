"""The vocabulary: round, person, tube, sample, voucher, print job. Frozen values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened: the boot, its monotonic clock, and the wall clock with how far it is trusted."""

    boot: str
    mono_ns: int
    wall_ms: int
    trusted: bool

    @property
    def known_s(self) -> float | None:
        """Seconds since 1970 UTC; None while the wall clock is not trusted."""
        return self.wall_ms / 1000 if self.trusted else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who came, as far as the kiosk may know: a keyed hash and what may be shown."""

    key: bytes
    name: str
    number: str


class TubeSource(StrEnum):
    PRINTED = "printed"
    PREPRINTED = "preprinted"


class TubeOrder(StrEnum):
    TUBE_FIRST = "tube-first"
    PERSONS_FIRST = "persons-first"


class TubeState(StrEnum):
    READY = "ready"
    """Allotted and labelled, nobody in it yet."""
    OPEN = "open"
    SEALED = "sealed"
    HANDED_OVER = "handed-over"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Tube:
    """One specimen tube. `code` is None while persons come first and the tube is still to be scanned."""

    id: int
    code: str | None
    source: TubeSource
    capacity: int
    state: TubeState
    filled: int
    at: Instant
    """When it was allotted; from its opening on, when it was opened."""
    building: str = ""
    """Whose people go into it, as the point calls them."""

    @property
    def room(self) -> int:
        return self.capacity - self.filled


@dataclass(frozen=True, slots=True)
class Sample:
    """One person in one place of one tube, whose capacity was given when it was allotted."""

    seq: int
    person: Person
    tube_id: int
    capacity: int
    position: int
    voucher: str
    at: Instant
    void: bool = False
    """Taken back: the person was not swabbed after all."""


class JobKind(StrEnum):
    LABEL = "label"
    VOUCHER = "voucher"
    CLOSING = "closing"
    REPORT = "report"


class Role(StrEnum):
    """What a printer is there for."""

    LABEL = "label"
    VOUCHER = "voucher"


ROLES = {
    JobKind.LABEL: Role.LABEL,
    JobKind.VOUCHER: Role.VOUCHER,
    JobKind.CLOSING: Role.VOUCHER,
    JobKind.REPORT: Role.VOUCHER,
}
"""Which printers print which slips."""


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


class Settlement(StrEnum):
    """How an UNCONFIRMED job was closed."""

    CAME_OUT = "came-out"
    DID_NOT = "did-not"
    BY_DESIGN = "by-design"
    VOIDED = "voided"
    """What it is about was taken back: nobody is asked, and it is never printed again."""


class CopyReason(StrEnum):
    """Why a slip was printed again."""

    DID_NOT_COME_OUT = "did-not-come-out"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip on its way to paper; `copy` 0 is the original, n > 0 is 补打 COPY n."""

    id: int
    kind: JobKind
    printer: str
    state: JobState
    subject: "Subject"
    copy: int = 0
    reason: CopyReason | None = None
    settlement: Settlement | None = None


def is_stale(job: PrintJob) -> bool:
    """What the slip says holds no more: a voucher of a sample, or the closing of a tube, that was taken back."""
    match job.subject:
        case Sample():
            return job.subject.void
        case Tube():
            return job.kind is JobKind.CLOSING and job.subject.state in (TubeState.READY, TubeState.OPEN)
        case _:
            return False


class StaffAction(StrEnum):
    """What staff can ask for by a staff code or a button."""

    YES = "yes"
    NO = "no"
    SEAL = "seal"
    REPRINT = "reprint"
    REPRINT_LABEL = "reprint-label"
    VOID_LAST = "void-last"
    PAUSE = "pause"
    REPORT = "report"


class Refusal(StrEnum):
    """Why a scan was not accepted; each has its words in the translation catalogues."""

    ALREADY_SAMPLED = "already-sampled"
    WRONG_CHECK_DIGIT = "wrong-check-digit"
    WRONG_BIRTH_DATE = "wrong-birth-date"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    CONTROL_BYTES = "control-bytes"
    UNKNOWN_CODE = "unknown-code"
    EXPIRED = "expired"
    """Not valid at this time: past its period or before it."""
    WRONG_SIGNATURE = "wrong-signature"
    CANNOT_BE_CHECKED = "cannot-be-checked"
    """Signed by nobody that this kiosk knows."""
    TORN = "torn"
    """A layer of a signed code is broken: checksum, compression or structure."""
    ONE_OF_PARTS = "one-of-parts"
    NO_TUBE = "no-tube"
    TUBE_OPEN = "tube-open"
    TUBE_USED = "tube-used"
    TUBE_FULL = "tube-full"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER_STUCK = "cutter-stuck"
    PRINTER_HOT = "printer-hot"
    PRINTER_BROKEN = "printer-broken"
    PRINTER_OFFLINE = "printer-offline"
    PRINTER_GONE = "printer-gone"
    PAUSED = "paused"
    NOTHING_TO_DO = "nothing-to-do"


@dataclass(frozen=True, slots=True)
class Totals:
    """Absolute counts of a round. They never go down: what holds now is `samples` less `voided`."""

    samples: int = 0
    tubes: int = 0
    labels: int = 0
    vouchers: int = 0
    voided: int = 0
    refused: Mapping[Refusal, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a report says: the counts of the round so far, and the tube in use."""

    id: int
    totals: Totals
    open: Tube | None
    at: Instant


Subject = Tube | Sample | Shift
"""What a slip is about."""
