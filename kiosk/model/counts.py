"""What is counted: the totals of a round, and the counters that numbers are allotted from."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from kiosk.frozen import dataclass
from kiosk.model.staff import Refusal


@dataclass(frozen=True, slots=True)
class Totals:
    """Absolute counts of a round. They never go down, but for `exempt`: what holds now is `samples` less `voided`."""

    samples: int = 0
    tubes: int = 0
    labels: int = 0
    vouchers: int = 0
    voided: int = 0
    exempt: int = 0
    """Recorded without a tube; not among the samples."""
    refused: Mapping[Refusal, int] = field(default_factory=dict)
    records: int = 0
    """Tubes of which the authority was told, each once however often it is told again."""

    def since(self, before: "Totals") -> "Totals":
        """What came after `before`; fewer of who is exempt, where that was taken back."""
        return Totals(
            self.samples - before.samples,
            self.tubes - before.tubes,
            self.labels - before.labels,
            self.vouchers - before.vouchers,
            self.voided - before.voided,
            self.exempt - before.exempt,
            {reason: n - before.refused.get(reason, 0) for reason, n in self.refused.items()},
            self.records - before.records,
        )


class Loss(StrEnum):
    """What became of the journal's earlier life, so that another one had to begin."""

    LOST = "lost"
    """It is not there: nobody who was registered is known any more."""
    REPLACED = "replaced"
    """It is another kiosk's, or an older one of this kiosk."""
    ROLLED_BACK = "rolled-back"
    """Its last commits are missing: who was registered then is not known any more."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What numbers are allotted from in this journal's life, which `epoch` names; serials belong to the leased `block`.
    `seq` is the number of commits."""

    epoch: str
    block: str
    seq: int = 0
    next_tube_serial: int = 1
    next_voucher_serial: int = 1
    next_tube_id: int = 1
    next_sample_seq: int = 1
    next_job_id: int = 1
    totals: Totals = field(default_factory=Totals)
    begun: Totals = field(default_factory=Totals)
    """The totals with which this life of the journal began, as it follows on another."""
