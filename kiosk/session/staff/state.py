"""What staff have set, and what they are about to do."""

from kiosk.frozen import dataclass
from kiosk.model import Badge, Exempt, Pool, Sample, StaffAction, Tube


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that waits until then for a scan: what it is to be done with. `tube_id`: of the tube whose people are
    moved, once it was scanned; `sample`: of whoever shows another credential next."""

    action: StaffAction
    until_ns: int
    tube_id: int | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """Taken back, it is `on` as it was before."""

    on: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """`before`: the pool that was chosen till then, if any was."""

    before: Pool | None


@dataclass(frozen=True, slots=True)
class Exempted:
    exempt: Exempt


@dataclass(frozen=True, slots=True)
class Sealed:
    tube: Tube


Undoable = Paused | Chosen | Exempted | Sealed


@dataclass(frozen=True, slots=True)
class Staff:
    """`paused`: nobody is accepted until staff say so. `pool` is for each tube from the next one on, if staff have
    chosen. `wanted` waits for the next scan. `badge` is whose acts these are; `undoable` what was done last."""

    paused: bool = False
    pool: Pool | None = None
    wanted: Wanted | None = None
    badge: Badge | None = None
    undoable: Undoable | None = None

    def awaits(self, action: StaffAction, mono_ns: int) -> Wanted | None:
        wanted = self.wanted
        return wanted if wanted is not None and wanted.action is action and mono_ns < wanted.until_ns else None
