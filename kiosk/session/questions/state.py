"""What is asked beside the slips in doubt."""

from kiosk.frozen import dataclass
from kiosk.model import Loss, PrintJob


@dataclass(frozen=True, slots=True)
class Questions:
    """Vouchers with a job id under `withheld_below` waited for the printer in such a number that staff are asked.
    `loss` is told until staff have taken note."""

    withheld_below: int = 0
    loss: Loss | None = None


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


Question = DidItComeOut | PrintThemNow | TakeNote
