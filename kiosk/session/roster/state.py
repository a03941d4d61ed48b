"""The roster at hand, as far as decisions need it: its people are rows that queries read."""

from collections.abc import Mapping
from dataclasses import field

from kiosk.frozen import dataclass
from kiosk.model import Expected, Figures, Progress, RosterHead
from kiosk.model.expected import last_called


@dataclass(frozen=True, slots=True)
class Coming:
    """Another roster, and what of it is not written yet."""

    head: RosterHead
    people: tuple[Expected, ...]
    gone: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """`head` and `calls`, the units that were called, in that order, are what the journal holds; `head` was made
    UNFINISHED while a later list is written over it. `progress` by unit is as it was looked up last; `touched` are
    people who have come or gone since, `uncounted` says that it may be anybody."""

    head: RosterHead | None = None
    calls: tuple[str, ...] = ()
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

    @property
    def newest(self) -> RosterHead | None:
        """Of the list that is being taken, or else of the one at hand."""
        return self.head if self.coming is None else self.coming.head

    @property
    def called(self) -> str | None:
        """The unit that was called last, of those that the list at hand still knows by that name."""
        return last_called(self.head, self.calls)

    @property
    def left(self) -> tuple[str, ...]:
        """The units that were not called yet, in their order; whose list tells no place are in none."""
        return () if self.head is None else tuple(unit for unit in self.head.units if unit and unit not in self.calls)
