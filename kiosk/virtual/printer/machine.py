"""The printer as a clockwork: it is told what came and how late it is, and says what to answer. It never waits."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from kiosk.virtual.printer import state
from kiosk.virtual.printer.commands import (
    AskStatus,
    AutoStatus,
    ClearBuffers,
    Command,
    Cut,
    Identify,
    ProcessId,
    RealTime,
    RealTimeStatus,
    Recover,
    StatusTraffic,
    SwitchOff,
    ToMark,
)
from kiosk.virtual.printer.composer import Composer
from kiosk.virtual.printer.head import Burst, Head, Run, Stamp
from kiosk.virtual.printer.parser import Parser
from kiosk.virtual.printer.settings import DOTS_A_MM, PrinterSettings
from kiosk.virtual.printer.slips import Torn, Track
from kiosk.virtual.printer.strips import Strip


@dataclass(frozen=True, slots=True)
class Snip:
    """Cut so many rows before the head; the slip ends there."""

    rows_before: int
    takes_s: float


@dataclass(frozen=True, slots=True)
class SeekMark:
    """Feed to the next black mark."""


@dataclass(frozen=True, slots=True)
class Queued:
    command: Command
    size: int
    began: float
    stamp: Stamp


Work = Strip | Snip | SeekMark


class Machine:
    """Everything between the two ends of the line. Times are seconds of one monotonic clock and must not go back."""

    def __init__(
        self,
        settings: PrinterSettings,
        reply: Callable[[float, bytes], None],
        torn: Callable[[Torn], None],
        switched_off: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.condition = state.Condition()
        self.jammed = False
        self.head = Head(settings.row_s)
        self.track = Track(0)
        # The paper that already hangs between the head and the tear bar belongs to the first slip.
        self.head.row = 0 if settings.mark_mm else settings.tear_rows
        self._reply, self._torn, self._switched_off = reply, torn, switched_off
        self._parser, self._composer = Parser(), Composer(settings)
        self._queue: deque[Queued] = deque()
        self._queued_bytes = 0
        self._work: deque[tuple[Work, Stamp]] = deque()
        self._after_head: list[bytes] = []
        self._asb = 0
        self._at = self._partial_began = 0.0
        self._burst, self._last_data = Burst(0.0), -inf

    @property
    def room(self) -> int:
        """Bytes that the receive buffer still takes; a command being read by an idle interpreter takes no room."""
        waiting = self._parser.partial if self._queue or self._work or self.condition.offline else 0
        return self.settings.buffer_bytes - self._queued_bytes - waiting

    @property
    def next_event(self) -> float:
        """The next instant at which something happens by itself; infinite at rest."""
        if self.condition.offline:
            return inf
        event = self.head.stops_at
        if not self.head.busy and (self._work or self._queue):
            event = min(event, self._due())
        return event

    def take(self, data: bytes, start: float) -> None:
        """Bytes that came back-to-back on the line from `start` on."""
        byte_s = self.settings.byte_s
        for parsed in self._parser.feed(data):
            first = parsed.end - parsed.size
            began = start + first * byte_s if first >= 0 else self._partial_began
            arrived = start + parsed.end * byte_s
            if isinstance(parsed.command, RealTime):
                self.advance(arrived)
                self._real_time(parsed.command, arrived)
            else:
                self._enqueue(parsed.command, parsed.size, began, arrived)
        partial = self._parser.partial
        if 0 < partial <= len(data):
            self._partial_began = start + (len(data) - partial) * byte_s

    def advance(self, now: float) -> None:
        """Do all that is due by `now`, in the order of time."""
        while self._interpret(min(now, self.head.stops_at)) or self._take_up_work(now) or self._finish_head(now):
            pass

    def sense(self, now: float, **changes: bool) -> None:
        """A sensor changes: the head stops or goes on, and the host is told if it wants to be (section 5.3)."""
        before = self.condition
        self.condition = replace(before, **changes)
        if self.condition.offline and not before.offline:
            self._burnt(self.head.pause(now))
        if before.offline and not self.condition.offline:
            self._at = max(self._at, now)
            self.head.resume(now)
        if self._asb and before.watched(self._asb) != self.condition.watched(self._asb):
            self._reply(now, self.condition.report)

    def load_paper(self, now: float) -> None:
        self.head.paper_left = None
        self.sense(now, paper_out=False)

    def set_speed(self, now: float, factor: float) -> None:
        """Rows take `factor` times as long as the settings say."""
        self._burnt(self.head.set_speed(self.settings.row_s * factor, now))

    def drop(self, now: float) -> None:
        """The buffers are cleared and what is on the head is never finished (section 5.6)."""
        self._burnt(self.head.drop(now))
        self._queue.clear()
        self._queued_bytes = 0
        self._work.clear()
        self._after_head.clear()
        self._composer.clear_line()
        self._at = max(self._at, now)

    def power_off(self, now: float) -> None:
        """Buffers, modes and the automatic status setting are lost; sensors and paper stay."""
        self.drop(now)
        self._parser = Parser()
        self._composer.initialise()
        self._asb = 0

    def tear(self, now: float) -> None:
        """A hand feeds what was printed out to the bar and tears it off."""
        if not self.head.busy and any(strip.ink for _, _, strip in self.track.strips):
            self.head.row += self.settings.tear_rows
        self._snip(0 if self.settings.mark_mm else self.settings.tear_rows, now)

    # The head

    def _finish_head(self, now: float) -> bool:
        run = self.head.finish(now)
        self._burnt(run)
        if run is not None and self.head.paper_left == 0:
            self.sense(self.head.free_at, paper_out=True)
        return run is not None

    def _burnt(self, run: Run | None) -> None:
        if run is None:
            return
        self.track.burn(run)
        if not self.head.busy:
            for answer in self._after_head:
                self._reply(self.head.free_at, answer)
            self._after_head.clear()

    def _due(self) -> float:
        """When the first work or, without work, the first queued command can begin; a cut's end."""
        if not self._work:
            return max(self._at, self._queue[0].stamp.arrived)
        work, stamp = self._work[0]
        begin = max(self._at, stamp.arrived, self.head.free_at)
        return begin + work.takes_s if isinstance(work, Snip) else begin

    def _take_up_work(self, now: float) -> bool:
        if not self._work or self.condition.offline or self.head.busy or self._due() > now:
            return False
        due = self._due()
        work, stamp = self._work[0]
        if isinstance(work, Snip) and self.jammed:
            self.sense(due, cutter_error=True)
            return True
        self._work.popleft()
        self._at = due
        match work:
            case Strip():
                self.track.begin(work, self.head.row)
                self.head.start(work, due, stamp)
            case Snip(rows_before, takes_s):
                stamp.burst.ideal_free = max(stamp.ideal, stamp.burst.ideal_free) + takes_s
                self._snip(rows_before, due)
            case SeekMark():
                self._seek_mark(stamp)
        return True

    def _snip(self, rows_before: int, at: float) -> None:
        torn = self.track.cut(self.head.row - rows_before, at)
        if torn is not None:
            self._torn(torn)

    def _seek_mark(self, stamp: Stamp) -> None:
        pitch = round((self.settings.mark_mm or 0) * DOTS_A_MM)
        rows = pitch - self.head.row % pitch
        self._work.extendleft(((Snip(0, 0.0), stamp), (Strip(rows), stamp)))

    # The interpreter

    def _interpret(self, now: float) -> bool:
        if self._work or not self._queue or self.condition.offline or self._due() > now:
            return False
        self._at = self._due()
        queued = self._queue.popleft()
        self._queued_bytes -= queued.size
        command = queued.command
        if isinstance(command, StatusTraffic):
            self._answer(command)
        elif not isinstance(command, RealTime):
            # Not when they came: then the next slip may be in the buffer already.
            self.track.count(queued.size, queued.began + self.settings.byte_s)
            work: list[Work]
            match command:
                case Cut():
                    work = self._cut(command)
                case ToMark():
                    work = self._to_mark()
                case _:
                    work = [*self._composer.compose(command)]
            self._work.extend((piece, queued.stamp) for piece in work)
        return True

    def _cut(self, cut: Cut) -> list[Work]:
        settings = self.settings
        feed = settings.tear_rows if cut.feed is not None or not settings.cutter else 0
        rows = feed + (cut.feed or 0)
        work: list[Work] = [*self._composer.flush()]
        if rows:
            work.append(Strip(rows))
        return [*work, Snip(settings.tear_rows, settings.cut_s)]

    def _to_mark(self) -> list[Work]:
        work: list[Work] = [*self._composer.flush()]
        if self.settings.mark_answers:
            self._after_head.append(state.MARK_FOUND if self.settings.mark_mm else state.MARK_MISSING)
        return [*work, SeekMark()] if self.settings.mark_mm else work

    def _answer(self, command: StatusTraffic) -> None:
        match command:
            case AskStatus(n):
                self._reply(self._at, self.condition.queued(n))
            case Identify(n):
                self._reply(self._at, state.identity(self.settings, n))
            case AutoStatus(n) if self.settings.asb:
                self._asb = n
                if n:
                    self._reply(self._at, self.condition.report)
            case ProcessId(id_) if self.settings.process_id and all(0x20 <= byte <= 0x7E for byte in id_):
                self._when_printed(state.printed(id_))

    def _when_printed(self, answer: bytes) -> None:
        if self.head.busy:
            self._after_head.append(answer)
        else:
            self._reply(max(self._at, self.head.free_at), answer)

    def _real_time(self, command: RealTime, at: float) -> None:
        match command:
            case RealTimeStatus(n):
                self._reply(at, self.condition.real_time(n))
            case Recover(n) if self.condition.cutter_error and n in (1, 2):
                if n == 2:
                    self.drop(at)
                self.sense(at, cutter_error=False)
            case ClearBuffers():
                self.drop(at)
                self._reply(at, state.CLEARED)
            case SwitchOff():
                self.power_off(at)
                self._switched_off()

    # Bytes that come

    def _enqueue(self, command: Command, size: int, began: float, arrived: float) -> None:
        if not isinstance(command, StatusTraffic):
            if self._idle(began):
                self._burst = Burst(began)
            self._last_data = arrived
        self._burst.bytes += size
        stamp = Stamp(arrived, self._burst.bytes * self.settings.byte_s, self._burst)
        self._queue.append(Queued(command, size, began, stamp))
        self._queued_bytes += size

    def _idle(self, at: float) -> bool:
        """Nothing buffered, the head at rest and the line silent: the next byte begins a burst."""
        if at - self._last_data <= self.settings.idle_s:
            return False
        self.advance(at)
        waiting = self._queue or self._work or not self._composer.empty
        return not waiting and not self.head.busy and max(self.head.free_at, self._at) <= at
