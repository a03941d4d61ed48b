"""The printer as a clockwork: it is told what came and how late it is, and says what to answer. It never waits."""

from collections.abc import Callable
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
from kiosk.virtual.printer.head import Burst, Stamp
from kiosk.virtual.printer.mechanism import Mechanism, Work
from kiosk.virtual.printer.parser import Parser
from kiosk.virtual.printer.receive_buffer import Queued, ReceiveBuffer
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Torn


class Machine(Mechanism):
    """Everything between the two ends of the line. Times are seconds of one monotonic clock and must not go back."""

    def __init__(
        self,
        settings: PrinterSettings,
        reply: Callable[[float, bytes], None],
        torn: Callable[[Torn], None],
        switched_off: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(settings, reply, torn)
        self._switched_off = switched_off
        self._parser, self._composer = Parser(), Composer(settings)
        self._buffer = ReceiveBuffer()
        self._partial_began = 0.0
        self._burst, self._last_data = Burst(0.0), -inf

    @property
    def room(self) -> int:
        """Bytes that the receive buffer still takes; a command being read by an idle interpreter takes no room."""
        waiting = self._parser.partial if self._buffer or self._work or self.condition.offline else 0
        return self.settings.buffer_bytes - self._buffer.bytes - waiting

    @property
    def next_event(self) -> float:
        """The next instant at which something happens by itself; infinite at rest."""
        if self.condition.offline:
            return inf
        event = self.head.stops_at
        if not self.head.busy and (self._work or self._buffer):
            event = min(event, self._due())
        return event

    def take(self, data: bytes, start: float) -> None:
        """Bytes that came back-to-back on the line from `start` on."""
        byte_s = self.settings.byte_s
        for parsed in self._parser.feed(data):
            first = parsed.end - parsed.size
            began = start + first * byte_s if first >= 0 else self._partial_began
            arrived = start + parsed.end * byte_s
            if isinstance(parsed.command, RealTime) and not _waits_its_turn(parsed.command, self.settings):
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

    def drop(self, now: float) -> None:
        """The buffers are cleared and what is on the head is never finished (section 5.6)."""
        self._stop(now)
        self._buffer.clear()
        self._composer.clear_line()

    def power_off(self, now: float) -> None:
        """Buffers, modes and the automatic status setting are lost; sensors and paper stay."""
        self.drop(now)
        self._parser = Parser()
        self._composer.initialise()
        self._asb = 0

    # The interpreter

    def _due(self) -> float:
        """When the first work or, without work, the first queued command can begin."""
        return self._work_due() if self._work else max(self._at, self._buffer.next_arrived)

    def _interpret(self, now: float) -> bool:
        if self._work or not self._buffer or self.condition.offline or self._due() > now:
            return False
        self._at = self._due()
        queued = self._buffer.take()
        command = queued.command
        if isinstance(command, StatusTraffic):
            self._answer(command)
        elif isinstance(command, RealTimeStatus):
            self._when_printed(self._real_time_answer(command.n))
        elif not isinstance(command, RealTime):
            # Not when they came: then the next slip may be in the buffer already.
            self.track.count(queued.size, queued.began + self.settings.byte_s)
            work: list[Work]
            match command:
                case Cut():
                    work = [*self._composer.flush(), *self._cut(command.feed)]
                case ToMark():
                    work = [*self._composer.flush(), *self._to_mark()]
                case _:
                    work = [*self._composer.compose(command)]
            self._work.extend((piece, queued.stamp) for piece in work)
        return True

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

    def _real_time(self, command: RealTime, at: float) -> None:
        match command:
            case RealTimeStatus(n):
                self._reply(at, self._real_time_answer(n))
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

    def _real_time_answer(self, n: int) -> bytes:
        if n not in self.settings.real_time:
            return b""
        return bytes(byte & ~state.FIXED | self.settings.fixed_bits for byte in self.condition.real_time(n))

    # Bytes that come

    def _enqueue(self, command: Command, size: int, began: float, arrived: float) -> None:
        if not isinstance(command, StatusTraffic):
            if self._idle(began):
                self._burst = Burst(began)
            self._last_data = arrived
        self._burst.bytes += size
        stamp = Stamp(arrived, self._burst.bytes * self.settings.byte_s, self._burst)
        self._buffer.put(Queued(command, size, began, stamp))

    def _idle(self, at: float) -> bool:
        """Nothing buffered, the head at rest and the line silent: the next byte begins a burst."""
        if at - self._last_data <= self.settings.idle_s:
            return False
        self.advance(at)
        waiting = self._buffer or self._work or not self._composer.empty
        return not waiting and not self.head.busy and max(self.head.free_at, self._at) <= at


def _waits_its_turn(command: RealTime, settings: PrinterSettings) -> bool:
    return settings.queues_status and isinstance(command, RealTimeStatus)
