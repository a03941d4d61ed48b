"""What is asked beside the slips in doubt."""

from kiosk.frozen import dataclass
from kiosk.model import Box, Handover, Loss, PrintJob, Sample, Stray, Tube


@dataclass(frozen=True, slots=True)
class Questions:
    """Vouchers with a job id under `withheld_below` waited for the printer in such a number that staff are asked.
    `loss` is told until staff have taken note. `proposed` is what staff asked for and have not confirmed."""

    withheld_below: int = 0
    loss: Loss | None = None
    proposed: "Proposal | None" = None


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


@dataclass(frozen=True, slots=True)
class CloseBox:
    """Whether the tubes in hand are those that the system has in this box, and whether it goes with what disagrees."""

    box: Box
    mismatches: tuple[Stray, ...]

    @property
    def id(self) -> str:
        return f"close-{self.box.id}-{self.box.tubes}-{len(self.mismatches)}"


@dataclass(frozen=True, slots=True)
class PassOn:
    """Whether the driver takes this box."""

    box: Box

    @property
    def id(self) -> str:
        return f"pass-{self.box.id}-{self.box.tubes}-{self.box.seal}"


@dataclass(frozen=True, slots=True)
class TakeBackBox:
    """Whether a box that was handed over is here again."""

    handover: Handover

    @property
    def id(self) -> str:
        return f"back-{self.handover.id}"


Proposal = TakeBack | TakeBackTube | OtherLabel | CloseBox | PassOn | TakeBackBox
Question = Proposal | DidItComeOut | PrintThemNow | TakeNote
