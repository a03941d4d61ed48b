"""What is asked beside the slips in doubt."""

from dataclasses import dataclass

from kiosk.model import PrintJob


@dataclass(frozen=True, slots=True)
class Questions:
    """Vouchers with a job id under `withheld_below` waited for the printer in such a number that staff are asked."""

    withheld_below: int = 0


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

    jobs: tuple[PrintJob, ...]
    below: int

    @property
    def id(self) -> str:
        return f"waiting-{self.below}"


Question = DidItComeOut | PrintThemNow
