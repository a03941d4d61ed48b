"""Slips on their way to paper."""

from enum import StrEnum
from typing import assert_never

from kiosk.frozen import dataclass
from kiosk.model.counts import Totals
from kiosk.model.instants import Instant
from kiosk.model.people import Sample
from kiosk.model.tubes import Tube, TubeState


class Role(StrEnum):
    """What a printer is there for."""

    LABEL = "label"
    VOUCHER = "voucher"


class JobKind(StrEnum):
    LABEL = "label"
    VOUCHER = "voucher"
    CLOSING = "closing"
    REPORT = "report"

    @property
    def role(self) -> Role:
        """Which printers print such slips."""
        match self:
            case JobKind.LABEL:
                return Role.LABEL
            case JobKind.VOUCHER | JobKind.CLOSING | JobKind.REPORT:
                return Role.VOUCHER
            case never:
                assert_never(never)


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
class Shift:
    """What a report says: the counts of the round so far, and the tube in use."""

    id: int
    totals: Totals
    open: Tube | None
    at: Instant


Subject = Tube | Sample | Shift
"""What a slip is about."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip on its way to paper; `copy` 0 is the original, n > 0 is 补打 COPY n."""

    id: int
    kind: JobKind
    printer: str
    state: JobState
    subject: Subject
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
        case Shift():
            return False
        case never:
            assert_never(never)
