"""The roster at hand, as far as decisions need it: its people are rows that queries read."""

from collections.abc import Mapping
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Expected, Figures, Progress, RosterHead


@dataclass(frozen=True, slots=True)
class Coming:
    """Another roster, and what of it is not written yet."""

    head: RosterHead
    people: tuple[Expected, ...]
    gone: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """`head` and `called`, the unit that was called last, are what the journal holds. `progress` by unit is as it was
    looked up last; `touched` are people who have come or gone since, `uncounted` says that it may be anybody."""

    head: RosterHead | None = None
    called: str | None = None
    coming: Coming | None = None
    progress: Mapping[str, Progress] = field(default_factory=dict)
    touched: tuple[bytes, ...] = ()
    uncounted: bool = False
    said: Figures | None = None
    """What the broker was told last."""

    @property
    def settled(self) -> bool:
        """Whether the counts are of everybody who came so far."""
        return self.head is not None and not (self.touched or self.uncounted or self.coming)

    def after(self, unit: str | None) -> tuple[str, ...]:
        """The units that are called after that one, in their order; all of them before any is."""
        units = () if self.head is None else self.head.units
        return units[units.index(unit) + 1 :] if unit in units else units
