"""What one commit writes and what a start reads back: the words between session and journal."""

from dataclasses import dataclass, field

from kiosk.model import Instant, PrintJob, Refusal, Sample, Shift, Totals, Tube


@dataclass(frozen=True, slots=True)
class TubeSaved:
    tube: Tube


@dataclass(frozen=True, slots=True)
class SampleSaved:
    sample: Sample


@dataclass(frozen=True, slots=True)
class SampleVoided:
    sample: Sample


@dataclass(frozen=True, slots=True)
class JobSaved:
    job: PrintJob
    at: Instant


@dataclass(frozen=True, slots=True)
class ShiftSaved:
    shift: Shift


@dataclass(frozen=True, slots=True)
class RefusalCounted:
    reason: Refusal


Change = TubeSaved | SampleSaved | SampleVoided | JobSaved | ShiftSaved | RefusalCounted


@dataclass(frozen=True, slots=True)
class Life:
    """The counters of this journal's life. `epoch` names the life; serials belong to the leased `block`."""

    epoch: str
    block: str
    seq: int = 0
    next_tube_serial: int = 1
    next_voucher_serial: int = 1
    next_tube_id: int = 1
    next_job_id: int = 1
    totals: Totals = field(default_factory=Totals)


@dataclass(frozen=True, slots=True)
class Memory:
    """All that decisions need of the journal. Jobs are in the order of their ids."""

    life: Life
    open: Tube | None = None
    ready: Tube | None = None
    queued: tuple[PrintJob, ...] = ()
    sending: tuple[PrintJob, ...] = ()
    doubtful: tuple[PrintJob, ...] = ()
    last: Sample | None = None
    last_tube: Tube | None = None
    """The tube that `last` went into, as it is now."""
