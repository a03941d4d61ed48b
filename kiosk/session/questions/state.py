"""What is asked beside the slips in doubt."""

from kiosk.frozen import dataclass
from kiosk.model import Loss, PrintJob, Sample, Tube


@dataclass(frozen=True, slots=True)
class Questions:
    """Vouchers with a job id under `withheld_below` waited for the printer in such a number that staff are asked.
    `loss` is told until staff have taken note. `proposed` is what staff asked for and have not confirmed."""

    withheld_below: int = 0
    loss: Loss | None = None
    proposed: "TakeBack | TakeBackTube | OtherLabel | None" = None


@dataclass(frozen=True, slots=True)
class DidItComeOut:
    """A slip whose end nobody knows."""

    job: PrintJob

    @property
    def id(self) -> str:
        return f"slip-{self.job.id}"


@dataclass(frozen=True, slots=True)
class PrintThemNow:
    """Vouchers that waited for the printer, more than people stand there."""

    n: int
    below: int

    @property
    def id(self) -> str:
        return f"waiting-{self.below}"


@dataclass(frozen=True, slots=True)
class TakeNote:
    """Something of the journal was lost."""

    loss: Loss

    @property
    def id(self) -> str:
        return f"loss-{self.loss}"


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Whether this person is to be taken out of their tube."""

    sample: Sample

    @property
    def id(self) -> str:
        return f"void-{self.sample.seq}"


@dataclass(frozen=True, slots=True)
class TakeBackTube:
    """Whether this tube is to be taken back with all its people, who must come again."""

    tube: Tube

    @property
    def id(self) -> str:
        return f"void-tube-{self.tube.id}"


@dataclass(frozen=True, slots=True)
class OtherLabel:
    """Whether this printed tube is to have a label with another code."""

    tube: Tube

    @property
    def id(self) -> str:
        return f"move-{self.tube.id}"


Question = TakeBack | TakeBackTube | OtherLabel | DidItComeOut | PrintThemNow | TakeNote
