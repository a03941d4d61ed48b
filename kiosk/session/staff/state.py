"""What staff have set, and what they are about to do."""

from kiosk.frozen import dataclass
from kiosk.model import Pool, StaffAction


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that waits until then for a scan: what it is to be done with. `tube_id`: of the tube whose people are
    moved, once it was scanned."""

    action: StaffAction
    until_ns: int
    tube_id: int | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """`paused`: nobody is accepted until staff say so. `pool` is for each tube from the next one on, if staff have
    chosen. `wanted` waits for the next scan."""

    paused: bool = False
    pool: Pool | None = None
    wanted: Wanted | None = None

    def awaits(self, action: StaffAction, mono_ns: int) -> Wanted | None:
        wanted = self.wanted
        return wanted if wanted is not None and wanted.action is action and mono_ns < wanted.until_ns else None
