"""Slips on their way to paper."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import assert_never

from kiosk.frozen import dataclass
from kiosk.model.acts import Act
from kiosk.model.boxes import Handover, Tally
from kiosk.model.counts import Totals
from kiosk.model.expected import MissingList
from kiosk.model.instants import Instant
from kiosk.model.people import Sample
from kiosk.model.staff import StaffAction
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
    CALL_BACK = "call-back"
    """Who was in a tube that was taken back, and must come again."""
    MANIFEST = "manifest"
    """What is in a box that is handed over, to be signed."""
    TALLY = "tally"
    """What does not agree in a box that is to be closed."""
    MISSING = "missing"
    """Who has not come."""

    @property
    def role(self) -> Role:
        """Which printers print such slips."""
        match self:
            case JobKind.LABEL:
                return Role.LABEL
            case (
                JobKind.VOUCHER
                | JobKind.CLOSING
                | JobKind.REPORT
                | JobKind.CALL_BACK
                | JobKind.MANIFEST
                | JobKind.TALLY
                | JobKind.MISSING
            ):
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
    OTHER_CODE = "other-code"
    """The tube has another code since."""
    SECOND = "second"
    """Of a manifest: one stays at the point, one goes with the box."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What a report says: the counts of the round so far, and the tube in use."""

    id: int
    totals: Totals
    open: Tube | None
    at: Instant
    acts: Mapping[StaffAction, int] = field(default_factory=dict)
    """How often staff did what."""
    taken_back: tuple[Act, ...] = ()
    """What they took back or moved, one by one."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A tube that was taken back and the people who were in it then, by their places."""

    tube: Tube
    people: tuple[Sample, ...]

    @property
    def id(self) -> int:
        return self.tube.id

    @property
    def code(self) -> str | None:
        return self.tube.code

    @property
    def at(self) -> Instant:
        return self.tube.at


Subject = Tube | Sample | Shift | Roll | Handover | Tally | MissingList
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
    """What the slip says holds no more: a voucher of a sample, the closing of a tube, that was taken back; a label that
    goes on no tube."""
    match job.subject:
        case Sample():
            return job.subject.void
        case Tube():
            closed_too_soon = job.kind is JobKind.CLOSING and job.subject.state in (TubeState.READY, TubeState.OPEN)
            return closed_too_soon or job.subject.state in (TubeState.ASIDE, TubeState.VOID)
        case Handover():
            return job.subject.taken_back
        case Shift() | Roll() | Tally() | MissingList():
            return False
        case never:
            assert_never(never)
