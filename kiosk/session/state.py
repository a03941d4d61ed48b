"""What the table remembers between events: the plan, and a slice for each concern."""

from dataclasses import field, replace
from typing import Self

from kiosk.frozen import dataclass
from kiosk.messages.health import Condition
from kiosk.model import Counters, Pool, Refusal, Role
from kiosk.model.changes import LeftOver, Recalled
from kiosk.model.tables import EXEMPT, every_sheet
from kiosk.ports import Signal
from kiosk.session.handover.state import Packing
from kiosk.session.notice import Show
from kiosk.session.orders.state import Orders
from kiosk.session.plan import Plan
from kiosk.session.presence.rules import printer_fault
from kiosk.session.presence.state import Presence
from kiosk.session.printing.state import Printing
from kiosk.session.questions.state import Questions
from kiosk.session.roster.state import Units
from kiosk.session.sampling.state import Sampling, Scans
from kiosk.session.staff.state import Staff
from kiosk.session.tables.state import Tables


@dataclass(frozen=True, slots=True)
class Fault:
    """Which printer cannot print, and why."""

    printer: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Told:
    """What people and the broker know already; None before anything was said."""

    resting: Show | None = None
    resting_since_ns: int = 0
    question: str | None = None
    """Which question `resting` asks."""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Counters, sampling, printing, the boxes and hand-over of `packing`, `staff.paused`, `staff.pool`,
    `roster.head`, `roster.calls`, what is known of `orders` and `questions.loss` are what the journal holds; all else
    is so while the power is on."""

    plan: Plan
    counters: Counters
    sampling: Sampling = field(default_factory=Sampling)
    printing: Printing = field(default_factory=Printing)
    scans: Scans = field(default_factory=Scans)
    questions: Questions = field(default_factory=Questions)
    staff: Staff = field(default_factory=Staff)
    packing: Packing = field(default_factory=Packing)
    roster: Units = field(default_factory=Units)
    tables: Tables = field(default_factory=Tables)
    orders: Orders = field(default_factory=Orders)
    presence: Presence = field(default_factory=Presence)
    told: Told = field(default_factory=Told)
    left_over: LeftOver = field(default_factory=LeftOver)
    """For the start, which settles it."""

    @classmethod
    def recalled(cls, plan: Plan, known: Recalled) -> Self:
        """After a start."""
        sampling = Sampling(known.open, known.ready, known.single, known.last, known.last_tube)
        printing = Printing.of((*known.queued, *known.sending, *known.doubtful))
        staff, questions = Staff(known.paused, known.pool), Questions(loss=known.loss)
        packing = Packing(known.boxes, known.handover)
        units = Units(known.roster, known.calls, uncounted=known.roster is not None)
        state = cls(plan, known.counters, sampling, printing, questions=questions, staff=staff, packing=packing)
        tables = _tables(known)
        orders = Orders.of(known.orders)
        return replace(state, roster=units, tables=tables, orders=orders, left_over=known.left_over)

    @property
    def ready(self) -> bool:
        """Whether people are asked to come."""
        return self.told.resting is not None and self.told.resting.signal is Signal.READY

    @property
    def pool(self) -> Pool:
        """How many go into the next tube."""
        return self.staff.pool or Pool(self.plan.pool_size)

    def printer_of(self, role: Role) -> str | None:
        """The printer whose turn it is; None if none can print."""
        return next((name for name in self.plan.printers[role] if self.presence.can_print(name)), None)

    def fault(self, *roles: Role) -> Fault | None:
        """Why the slips of one of these roles cannot come out; a spare that can print is no fault."""
        for role in roles:
            first = self.plan.printers[role][0]
            reason = printer_fault(self.presence, first)
            if reason is not None and self.printer_of(role) is None:
                return Fault(first, reason)
        return None

    @property
    def condition(self) -> Condition:
        """What the broker is told of the table."""
        loss = self.questions.loss or "whole"
        presence = self.presence
        doubtful = len(self.printing.doubtful)
        return Condition(presence.devices, presence.printers, presence.held, presence.stuck, doubtful, loss)


def _tables(known: Recalled) -> Tables:
    """A start tells all sheets of the round anew."""
    first, last = known.first_sample, known.counters.next_sample_seq - 1
    return Tables((EXEMPT,)) if first is None else Tables(every_sheet(first, last), first, last)
