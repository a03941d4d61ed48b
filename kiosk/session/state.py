"""What the table remembers between events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from kiosk.messages import Address
from kiosk.model import JobKind, Refusal, Sample, TubeOrder, TubeSource
from kiosk.ports import PrinterState
from kiosk.record import Memory
from kiosk.session.effects import Effect


@dataclass(frozen=True, slots=True)
class Plan:
    """How this point works, from its configuration."""

    address: Address
    pool_size: int
    source: TubeSource
    order: TubeOrder
    printers: Mapping[JobKind, str]
    zone: ZoneInfo
    same_scan_ns: int = 5_000_000_000
    without_paper: bool = False
    label_ahead: int = 1
    """The next label is printed when the open tube has this much room left or less."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last time a code was held up and what came of it; None if it was accepted."""

    mono_ns: int
    refused: Refusal | None


@dataclass(frozen=True, slots=True)
class Pending:
    """What becomes true, and is done, once the commit under way is on disk."""

    after: "State"
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class State:
    """The table: the plan, what the journal holds, and what is only true while the power is on."""

    plan: Plan
    memory: Memory
    printers: Mapping[str, PrinterState | None] = field(default_factory=dict)
    devices: Mapping[str, bool] = field(default_factory=dict)
    seen: Mapping[bytes, Seen] = field(default_factory=dict)
    paused: bool = False
    reprintable: Sample | None = None
    pending: Pending | None = None

    def needed_printers(self) -> tuple[PrinterState | None, ...]:
        """The states of the printers that a person's slips need."""
        kinds = [JobKind.VOUCHER]
        if self.plan.source is TubeSource.PRINTED:
            kinds.append(JobKind.LABEL)
        return tuple(self.printers.get(name) for name in dict.fromkeys(self.plan.printers[kind] for kind in kinds))

    def can_print(self, printer: str) -> bool:
        state = self.printers.get(printer)
        return state is not None and state.ready

    def with_seen(self, key: bytes, mono_ns: int, refused: Refusal | None) -> "State":
        fresh = {k: s for k, s in self.seen.items() if mono_ns - s.mono_ns < self.plan.same_scan_ns}
        return replace(self, seen=fresh | {key: Seen(mono_ns, refused)})

    def seen_lately(self, key: bytes, mono_ns: int) -> Seen | None:
        seen = self.seen.get(key)
        return seen if seen is not None and mono_ns - seen.mono_ns < self.plan.same_scan_ns else None
