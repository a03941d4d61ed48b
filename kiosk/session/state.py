"""What the table remembers between events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from kiosk.messages.topics import Address
from kiosk.model import JobKind, PrintJob, Refusal, Role, Sample, TubeOrder, TubeSource
from kiosk.ports import PrinterState
from kiosk.record import Memory
from kiosk.session.effects import Effect
from kiosk.session.rules import printer_fault


@dataclass(frozen=True, slots=True)
class Plan:
    """How this point works, from its configuration."""

    address: Address
    pool_size: int
    source: TubeSource
    order: TubeOrder
    printers: Mapping[Role, tuple[str, ...]]
    """Whose turn it is: the first that can print; the others are spares."""
    zone: ZoneInfo
    same_scan_ns: int = 5_000_000_000
    without_paper: bool = False
    building: str = ""
    closing_slip: bool = False
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
class Fault:
    """Which printer cannot print, and why."""

    printer: str
    reason: Refusal


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
    held_below: int = 0
    """Vouchers with a lower job id waited for the printer in such a number that staff are asked about them."""
    pending: Pending | None = None

    def roles(self) -> tuple[Role, ...]:
        """What this table prints."""
        printed = self.plan.source is TubeSource.PRINTED
        return (Role.VOUCHER, Role.LABEL) if printed else (Role.VOUCHER,)

    def printer_of(self, role: Role) -> str | None:
        """The printer whose turn it is; None if none can print."""
        return next((name for name in self.plan.printers[role] if self.can_print(name)), None)

    def fault(self, *roles: Role) -> Fault | None:
        """Why the slips of one of these roles cannot come out; a spare that can print is no fault."""
        for role in roles:
            first = self.plan.printers[role][0]
            if self.printer_of(role) is None and (reason := printer_fault(self.printers.get(first))) is not None:
                return Fault(first, reason)
        return None

    def held(self) -> tuple[PrintJob, ...]:
        """The vouchers that staff are asked about."""
        waiting = self.memory.queued
        return tuple(job for job in waiting if job.kind is JobKind.VOUCHER and job.id < self.held_below)

    def can_print(self, printer: str) -> bool:
        state = self.printers.get(printer)
        return state is not None and state.ready

    def with_seen(self, key: bytes, mono_ns: int, refused: Refusal | None) -> "State":
        fresh = {k: s for k, s in self.seen.items() if mono_ns - s.mono_ns < self.plan.same_scan_ns}
        return replace(self, seen=fresh | {key: Seen(mono_ns, refused)})

    def seen_lately(self, key: bytes, mono_ns: int) -> Seen | None:
        seen = self.seen.get(key)
        return seen if seen is not None and mono_ns - seen.mono_ns < self.plan.same_scan_ns else None
