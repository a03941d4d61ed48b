"""One thread: takes what the drivers post, asks `step`, writes, and carries out what follows."""

import hashlib
import queue
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from typing import TYPE_CHECKING, Literal, assert_never

from kiosk import credentials
from kiosk.credentials import BadgeCode, Forms, Identity, OrderCode, Rejected, StaffCode, TubeCode, VoucherCode
from kiosk.engine.inbox import (
    Crashed,
    Delivered,
    Inbox,
    Item,
    OrderRead,
    Printed,
    Scanned,
    Trace,
)
from kiosk.engine.told import event_of, told_at_its_start
from kiosk.frozen import dataclass, prepare
from kiosk.journal import Journal, JournalUnwilling
from kiosk.log import say
from kiosk.log.seldom import Seldom
from kiosk.model import Hand, Instant, PrintJob, Refusal, StaffAction
from kiosk.model.local_time import local_date
from kiosk.model.orders import Order
from kiosk.ports import CardScan, Message, PrintReport, Scan, Signal, TextScan
from kiosk.session import (
    BadgePresented,
    ClockTrusted,
    DiskChanged,
    Event,
    Notice,
    OrderGiven,
    PersonPresented,
    ReadingHindered,
    Rested,
    ScanRejected,
    SealPresented,
    Show,
    StaffPresented,
    Started,
    State,
    TableHeard,
    TubePresented,
    VoucherPresented,
    needs,
    step,
)

if TYPE_CHECKING:
    from kiosk.credentials.sealing import Authority

QUIET_S = 0.5
"""After this long without an event, what could wait is done."""
SEAL = re.compile(rb"[A-Za-z0-9-]{4,14}")
LEAST_SPACE = 16 * 2**20
"""Bytes. With less nobody is registered any more: it is kept for what is owed to those who were."""
COMPILED_AT_REST = 20
"""Few: a scan that comes meanwhile waits for them."""
LONGEST_NS = 1_000_000_000
"""What may wait for a quiet moment is said after so long without one."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where what follows goes; none of these may block."""

    print: Callable[[str, tuple[PrintJob, ...], Trace | None], None]
    show: Callable[[Signal, Notice], None]
    publish: Callable[[Sequence[Message]], None]
    view: Callable[[State, Sequence[Show]], None] = lambda _state, _shows: None
    """Last of all, for the pages."""
    timed: Callable[[Trace, PrintReport], None] = lambda _trace, _report: None
    hear_again: Callable[[], None] = lambda: None
    """What other tables or the centre tell was not kept: it is to be told once more."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys in memory only."""

    round_key: bytes = field(repr=False)
    authority: "Authority | None" = None
    """For whom identities are sealed; nobody's are kept otherwise."""
    codes: Callable[[int], Mapping[str, StaffAction]] = field(default=lambda _turn: {}, repr=False)
    """The staff codes of a turn."""
    opens: Callable[[Order], bool] = field(default=lambda _order: True, repr=False)
    """Whether what is sealed in an order is sealed for here, and can be used."""


class Engine:
    """Owns the state and the journal; runs on one thread."""

    def __init__(
        self, journal: Journal, state: State, forms: Forms, secrets: Secrets, clock: Callable[[], Instant], out: Outlets
    ) -> None:
        self._journal, self._state = journal, state
        self._forms, self._secrets = forms, secrets
        self._clock, self._out = clock, out
        self._trace: Trace | None = None
        self._rested_ns = 0
        self._dated = False
        self._owed: deque[Event] = deque()
        """What devices did and could not be written yet."""
        self._unheard = False
        """What another table told could not be kept."""
        self._seldom = Seldom()
        self._take_turn(0)

    @property
    def state(self) -> State:
        return self._state

    def start(self) -> None:
        """Tells everything again and settles what a power cut left open."""
        self._out.publish(self._journal.outbox())
        self._decide(Started(self._clock()))

    def run(self, inbox: Inbox, beat: Callable[[], None], stopping: Callable[[], bool]) -> None:
        """Until `stopping`; `beat` is called at each turn, so it stops when this thread does."""
        while not stopping():
            try:
                self.take(inbox.get(timeout=QUIET_S))
            except queue.Empty:
                self.rest()
            if self._clock().mono_ns - self._rested_ns > LONGEST_NS:
                self._catch_up()
            beat()

    def rest(self) -> None:
        """A quiet moment: what may wait is written now."""
        self._catch_up()
        with suppress(JournalUnwilling):
            self._journal.rest()
        if self._state.ready:
            prepare(COMPILED_AT_REST)
            if self._secrets.authority is not None:
                self._secrets.authority.prepare()

    def _catch_up(self) -> None:
        """What the broker does not know yet is said."""
        at = self._clock()
        self._rested_ns = at.mono_ns
        full = self._journal.space() < LEAST_SPACE
        if full != self._state.presence.disk_full:
            self._decide(DiskChanged(full, at))
        if at.trusted and not self._dated:
            self._dated = True
            self._decide(ClockTrusted(at))
        if self._decide(Rested(at)) and self._unheard and not full:
            self._unheard = False
            self._out.hear_again()

    def take(self, item: Item) -> None:
        """One item from the inbox, to its end."""
        self._trace = None
        match item:
            case Scanned():
                self._scanned(item)
            case Delivered(delivered):
                self._journal.acknowledge(delivered)
            case Printed(report=report, trace=Trace() as trace):
                self._decide(event_of(item, self._clock()))
                self._out.timed(trace, report)
            case OrderRead(text):
                self._ordered(text)
            case Crashed(thread, error):
                raise RuntimeError(f"thread {thread} ended") from error
            case _:
                self._decide(event_of(item, self._clock()))

    def _ordered(self, text: str) -> None:
        """By the broker or a stick: nobody stands there who could be told."""
        at, found = self._clock(), credentials.ordered(text, self._forms)
        if isinstance(found, OrderCode):
            self._decide(OrderGiven(found.order, None, at, self._secrets.opens(found.order)))
        elif self._seldom.may("order", at.mono_ns):
            say("order-not-taken", why="not signed by the centre that this kiosk knows")

    def _scanned(self, item: Scanned) -> None:
        at = self._clock()
        event = self._understood(item, at)
        if isinstance(event, ScanRejected) and told_at_its_start(item.scan, event.reason):
            say("said-at-its-start", source=item.source, reason=event.reason)
            return
        understood = self._clock().mono_ns
        self._trace = Trace(item.at_ns, understood, understood, understood)
        self._decide(event)

    def _understood(self, item: Scanned, at: Instant) -> Event:
        scan, hand = item.scan, item.hand
        found = credentials.understand(scan, self._forms, local_date(self._state.plan.zone, at), at.known_s)
        match found:
            case Identity():
                authority = self._secrets.authority
                sealed = b"" if authority is None else authority.seal(found)
                return PersonPresented(credentials.person(found, self._secrets.round_key), at, sealed)
            case TubeCode(code, preprinted):
                return TubePresented(code, preprinted, hand, at)
            case VoucherCode(number, claims):
                return VoucherPresented(number, hand, at, claims)
            case BadgeCode(badge):
                return BadgePresented(badge, hand, at, item.at_ns)
            case StaffCode(action):
                return StaffPresented(action, hand, at, item.at_ns)
            case OrderCode(order):
                return OrderGiven(order, hand, at, self._secrets.opens(order))
            case Rejected(Refusal.UNKNOWN_CODE) if (seal := self._seal(scan, hand, at)) is not None:
                return SealPresented(seal, at)
            case Rejected(reason):
                return ScanRejected(reason, _fingerprint(scan), hand, at)
            case never:
                assert_never(never)

    def _seal(self, scan: Scan, hand: Hand, at: Instant) -> str | None:
        """A seal's number is no code that we know. What is as long as an identity number is never taken for one."""
        is_awaited = self._state.staff.awaits(StaffAction.BOX_SEAL, at.mono_ns) is not None
        if not is_awaited or hand is Hand.RESIDENTS or not isinstance(scan, TextScan):
            return None
        found = SEAL.fullmatch(scan.data.strip())
        return found[0].decode("ascii") if found else None

    def _decide(self, event: Event) -> bool:
        """False if it could not be written: then people are asked to wait, and what devices did is kept in order. That
        the disk is full, and what other tables tell, is known without writing: it waits for nothing."""
        try:
            while self._owed and not isinstance(event, DiskChanged | TableHeard):
                # What becomes of it is shown now: nobody has read it since it happened.
                self._carry_through(replace(self._owed[0], at=self._clock()))
                self._owed.popleft()
            self._carry_through(event)
        except JournalUnwilling as error:
            self._put_off(event, error)
            return False
        return True

    def _put_off(self, event: Event, error: JournalUnwilling) -> None:
        say("not-written", what=type(event).__name__, why=str(error))
        match event:
            case (
                PersonPresented()
                | TubePresented()
                | VoucherPresented()
                | SealPresented()
                | StaffPresented()
                | BadgePresented()
                | OrderGiven(hand=Hand())
            ):
                refused = Show(Signal.REFUSED, Notice(f"refused.{error.refusal}"))
                self._out.show(refused.signal, refused.notice)
                self._out.view(self._state, (refused,))
            case TableHeard() | OrderGiven():
                self._unheard = True
            case ScanRejected() | ReadingHindered() | Rested() | DiskChanged():
                pass
            case _:
                self._owed.append(event)

    def _carry_through(self, event: Event) -> None:
        """Looks up, decides, writes; only then what was decided is so, and the rest is carried out."""
        facts = self._journal.answer(needs(self._state, event))
        outcome = step(self._state, event, facts)
        self._mark("decided")
        if outcome.to_write:
            self._journal.commit(outcome.changes, outcome.after.counters, outcome.messages)
        self._mark("committed")
        before, self._state = self._state.orders.turn, outcome.after
        self._take_turn(before)
        for batch in outcome.prints:
            self._out.print(batch.printer, batch.jobs, self._trace)
        for show in outcome.shows:
            self._out.show(show.signal, show.notice)
        if outcome.messages or outcome.unkept:
            self._out.publish((*outcome.messages, *outcome.unkept))
        self._out.view(self._state, outcome.shows)

    def _take_turn(self, before: int) -> None:
        """Staff act by the codes of the turn that holds now."""
        turn = self._state.orders.turn
        if turn != before:
            self._forms = replace(self._forms, staff=self._secrets.codes(turn))

    def _mark(self, station: Literal["decided", "committed"]) -> None:
        trace, now = self._trace, self._clock().mono_ns
        if trace is not None and station == "decided":
            self._trace = Trace(trace.scanned, trace.understood, now, now)
        elif trace is not None:
            self._trace = Trace(trace.scanned, trace.understood, trace.decided, now)


def _fingerprint(scan: Scan) -> bytes:
    """Tells a code held still from another one; never leaves memory."""
    match scan:
        case TextScan(data):
            return hashlib.blake2b(data, digest_size=8).digest()
        case CardScan(_, number, _):
            return hashlib.blake2b(number.encode(), digest_size=8).digest()
        case never:
            assert_never(never)
