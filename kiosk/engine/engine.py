"""One thread: takes what the drivers post, asks `step`, and carries out the effects in order."""

import hashlib
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kiosk import credentials
from kiosk.credentials import Forms, Identity, Rejected, StaffCode, TubeCode, VoucherCode
from kiosk.engine.inbox import (
    Crashed,
    Delivered,
    DeviceNews,
    Hinted,
    Inbox,
    Item,
    NotPrinted,
    Pressed,
    Printed,
    PrinterNews,
    ScanFailed,
    Scanned,
    Trace,
)
from kiosk.journal import Journal
from kiosk.local_time import local_date
from kiosk.log import say
from kiosk.model import Instant, PrintJob, Refusal, StaffAction
from kiosk.ports import CardScan, Message, Scan, Signal, TextScan
from kiosk.session import (
    Commit,
    Committed,
    DeviceChanged,
    Effect,
    Event,
    JobsEnded,
    JobsReturned,
    Notice,
    PersonPresented,
    Print,
    PrinterChanged,
    ReadingHindered,
    ScanRejected,
    Show,
    StaffPresented,
    Started,
    State,
    TubePresented,
    VoucherPresented,
    printed_again,
    step,
)

QUIET_S = 0.5
"""After this long without an event, what could wait is done."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where effects go; none of these may block."""

    print: Callable[[str, tuple[PrintJob, ...], Trace | None], None]
    show: Callable[[Signal, Notice], None]
    publish: Callable[[Sequence[Message]], None]


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys in memory only."""

    round_key: bytes = field(repr=False)


class Engine:
    """Owns the state and the journal; runs on one thread."""

    def __init__(
        self, journal: Journal, state: State, forms: Forms, secrets: Secrets, clock: Callable[[], Instant], out: Outlets
    ) -> None:
        self._journal, self._state = journal, state
        self._forms, self._secrets = forms, secrets
        self._clock, self._out = clock, out
        self._trace: Trace | None = None
        self._unnoted: dict[str, Message] = {}

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
            beat()

    def rest(self) -> None:
        """A quiet moment: what may wait is written now."""
        if self._unnoted:
            self._journal.acknowledge(self._unnoted.values())
            self._unnoted = {}
        self._journal.tidy()

    def take(self, item: Item) -> None:
        """One item from the inbox, to its end."""
        self._trace = None
        match item:
            case Scanned(_, scan, at_ns):
                self._scanned(scan, at_ns)
            case Delivered(delivered):
                self._unnoted |= {message.topic: message for message in delivered}
            case Crashed(thread, error):
                raise RuntimeError(f"thread {thread} ended") from error
            case _:
                self._decide(self._event(item))

    def _event(self, item: Item) -> Event:
        at = self._clock()
        match item:
            case ScanFailed(source, too_long, why):
                reason = Refusal.TOO_LONG if too_long else Refusal.UNREADABLE
                say("scan-failed", source=source, reason=reason, why=why)
                return ScanRejected(reason, b"", at)
            case Hinted(source, hint):
                say("hint", source=source, hint=hint)
                return ReadingHindered(hint, at)
            case Pressed(button):
                return self._staff(StaffAction(button), at)
            case DeviceNews(device, up, why):
                say("device", device=device, up=up, why=why)
                return DeviceChanged(device, up, at)
            case Printed():
                return self._printed(item, at)
            case _:
                return self._printer_event(item, at)

    def _printer_event(self, item: Item, at: Instant) -> Event:
        match item:
            case PrinterNews(printer, state, why):
                faults = sorted(state.faults) if state else []
                say("printer", printer=printer, up=state is not None, faults=faults, why=why)
                return PrinterChanged(printer, state, at)
            case NotPrinted(printer, jobs):
                say("not-printed", printer=printer, jobs=[job.id for job in jobs])
                return JobsReturned(printer, tuple(job.id for job in jobs), at)
            case _:
                raise TypeError(f"no event for {type(item).__name__}")

    def _scanned(self, scan: Scan, at_ns: int) -> None:
        at = self._clock()
        event = self._understood(scan, at)
        understood = self._clock().mono_ns
        self._trace = Trace(at_ns, understood, understood, understood)
        self._decide(event)

    def _understood(self, scan: Scan, at: Instant) -> Event:
        found = credentials.understand(scan, self._forms, local_date(self._state.plan.zone, at), at.known_s)
        match found:
            case Identity():
                person = credentials.person(found, self._secrets.round_key)
                return PersonPresented(person, self._journal.sample_of(person.key), at)
            case TubeCode(code, preprinted):
                return TubePresented(code, preprinted, self._journal.tube(code), at)
            case VoucherCode(number):
                return VoucherPresented(number, self._journal.sample_with_voucher(number), at)
            case StaffCode(action):
                return self._staff(action, at)
            case Rejected(reason):
                return ScanRejected(reason, _trace_of(scan), at)

    def _staff(self, action: StaffAction, at: Instant) -> StaffPresented:
        again = printed_again(self._state, action)
        return StaffPresented(action, self._journal.copies(*again) if again else 0, at)

    def _printed(self, item: Printed, at: Instant) -> JobsEnded:
        report, trace = item.report, item.trace
        slips = [_slip_name(job) for job in item.jobs]
        times = None
        if trace is not None:
            times = {"scanned": trace.scanned, "understood": trace.understood, "decided": trace.decided}
            times |= {"committed": trace.committed, "rendered": report.rendered_ns, "written": report.written_ns}
            times |= {"confirmed": report.ended_ns}
        say("printed", printer=item.printer, slips=slips, outcomes=report.outcomes, times_ns=times)
        outcomes = tuple(zip((job.id for job in item.jobs), report.outcomes, strict=True))
        return JobsEnded(item.printer, outcomes, at)

    def _decide(self, event: Event) -> None:
        self._state, effects = step(self._state, event)
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Commit(changes, life, messages):
                self._mark("decided")
                self._journal.commit(changes, life, messages)
                self._mark("committed")
                self._decide(Committed())
                if messages:
                    self._out.publish(messages)
            case Print(printer, jobs):
                self._out.print(printer, jobs, self._trace)
            case Show(signal, notice):
                self._out.show(signal, notice)

    def _mark(self, station: str) -> None:
        trace, now = self._trace, self._clock().mono_ns
        if trace is not None and station == "decided":
            self._trace = Trace(trace.scanned, trace.understood, now, now)
        elif trace is not None:
            self._trace = Trace(trace.scanned, trace.understood, trace.decided, now)


def _trace_of(scan: Scan) -> bytes:
    """Tells a code held still from another one; never leaves memory."""
    match scan:
        case TextScan(data):
            return hashlib.blake2b(data, digest_size=8).digest()
        case CardScan(_, number, _):
            return hashlib.blake2b(number.encode(), digest_size=8).digest()


def _slip_name(job: PrintJob) -> dict[str, object]:
    number = getattr(job.subject, "voucher", None) or getattr(job.subject, "code", None)
    return {"kind": job.kind, "number": number, "copy": job.copy}
