"""What moves paper in a printer: head, cutter and sensors, one piece of work after the other, each in its time."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.virtual.printer import state
from kiosk.virtual.printer.head import Head, Run, Stamp
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


Work = Strip | Snip | SeekMark


class Mechanism:
    """Everything behind the interpreter. Times are seconds of one monotonic clock and must not go back."""

    def __init__(
        self, settings: PrinterSettings, reply: Callable[[float, bytes], None], torn: Callable[[Torn], None]
    ) -> None:
        self.settings = settings
        self.condition = state.Condition()
        self.jammed = False
        self.head = Head(settings.row_s)
        self.track = Track(0)
        # The paper that already hangs between the head and the tear bar belongs to the first slip.
        self.head.row = 0 if settings.mark_mm else settings.tear_rows
        self._reply, self._torn = reply, torn
        self._work: deque[tuple[Work, Stamp]] = deque()
        self._after_head: list[bytes] = []
        self._asb = 0
        self._at = 0.0

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

    def tear(self, now: float) -> None:
        """A hand feeds what was printed out to the bar and tears it off."""
        if not self.head.busy and any(strip.ink for _, _, strip in self.track.strips):
            self.head.row += self.settings.tear_rows
        self._snip(0 if self.settings.mark_mm else self.settings.tear_rows, now)

    def _cut(self, feed: int | None) -> list[Work]:
        """The work of a cut after so many more rows; None is GS V without a feed."""
        settings = self.settings
        rows = (settings.tear_rows if feed is not None or not settings.cutter else 0) + (feed or 0)
        snip = Snip(settings.tear_rows, settings.cut_s)
        return [Strip(rows), snip] if rows else [snip]

    def _to_mark(self) -> list[Work]:
        if self.settings.mark_answers:
            self._after_head.append(state.MARK_FOUND if self.settings.mark_mm else state.MARK_MISSING)
        return [SeekMark()] if self.settings.mark_mm else []

    def _stop(self, now: float) -> None:
        """What is on the head is never finished, and nothing comes after it."""
        self._burnt(self.head.drop(now))
        self._work.clear()
        self._after_head.clear()
        self._at = max(self._at, now)

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

    def _work_due(self) -> float:
        """When the first work can begin; a cut's end."""
        work, stamp = self._work[0]
        begin = max(self._at, stamp.arrived, self.head.free_at)
        return begin + work.takes_s if isinstance(work, Snip) else begin

    def _take_up_work(self, now: float) -> bool:
        if not self._work or self.condition.offline or self.head.busy or self._work_due() > now:
            return False
        due = self._work_due()
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

    def _when_printed(self, answer: bytes) -> None:
        if self.head.busy:
            self._after_head.append(answer)
        else:
            self._reply(max(self._at, self.head.free_at), answer)
