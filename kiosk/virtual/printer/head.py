"""The print head and the motor: when each dot row is burnt, in fact and in an ideal run."""

from dataclasses import dataclass
from math import ceil, floor, inf

from kiosk.virtual.printer.strips import Strip


@dataclass(slots=True)
class Burst:
    """Bytes that belong together. Ideal time counts from `began_at`, with the bytes back-to-back at the line's rate."""

    began_at: float
    bytes: int = 0
    ideal_free: float = 0.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the byte that completes a command came, and when it would have come in an ideal run of its burst."""

    arrived: float
    ideal: float
    burst: Burst


@dataclass(frozen=True, slots=True)
class Run:
    """Rows burnt without a stop, one each `row_s` from `start`, and the ideal start of the same rows."""

    first_row: int
    rows: int
    start: float
    ideal_start: float
    row_s: float
    stamp: Stamp

    def burnt_at(self, row: int) -> float:
        return self.start + (row - self.first_row + 1) * self.row_s

    def ideal_burnt_at(self, row: int) -> float:
        return self.ideal_start + (row - self.first_row + 1) * self.row_s


class Head:
    """One strip at a time. Times in seconds of the monotonic clock; it moves only when it is told how late it is."""

    def __init__(self, row_s: float) -> None:
        self._row_s = row_s
        self.row = 0
        self.free_at = 0.0
        self.paper_left: int | None = None
        self._strip: Strip | None = None
        self._rows_left = 0
        self._run: Run | None = None

    @property
    def busy(self) -> bool:
        return self._strip is not None

    @property
    def resting(self) -> bool:
        """Nothing to do, or stopped in mid-strip."""
        return self._run is None

    @property
    def stops_at(self) -> float:
        """When the strip or the paper ends, whichever is first; infinite at rest."""
        run = self._run
        return run.start + self._rows_of(run) * run.row_s if run else inf

    def start(self, strip: Strip, at: float, stamp: Stamp) -> None:
        ideal = max(stamp.ideal, stamp.burst.ideal_free)
        stamp.burst.ideal_free = ideal + strip.rows * self._row_s
        self._strip, self._rows_left = strip, strip.rows
        self._run = Run(self.row, strip.rows, max(at, self.free_at), ideal, self._row_s, stamp)

    def finish(self, now: float) -> Run | None:
        """The rows burnt when the strip or the paper ended by `now`; None if neither has."""
        if self._run is None or self.stops_at > now:
            return None
        return self._close(self._rows_of(self._run))

    def pause(self, now: float) -> Run | None:
        """Stop after the present dot line; the rows burnt so far."""
        if self._run is None:
            return None
        return self._close(min(self._rows_of(self._run), max(0, ceil((now - self._run.start) / self._run.row_s))))

    def resume(self, now: float) -> None:
        last = self._last
        if self._strip is None or self._run is not None or last is None:
            return
        ideal = last.ideal_start + last.rows * last.row_s
        self._run = Run(self.row, self._rows_left, max(now, self.free_at), ideal, self._row_s, last.stamp)

    def drop(self, now: float) -> Run | None:
        """Stop for good: the rest of the strip is never printed."""
        run = self.pause(now)
        self._strip = None
        return run

    def set_speed(self, row_s: float, now: float) -> Run | None:
        moving = self._run is not None
        run = self.pause(now)
        self._row_s = row_s
        if moving:
            self.resume(now)
        return run

    def rows_burnt(self, now: float) -> int:
        """Rows of the present run that are on paper."""
        run = self._run
        return min(self._rows_of(run), max(0, floor((now - run.start) / run.row_s))) if run else 0

    _last: Run | None = None

    def _rows_of(self, run: Run) -> int:
        return run.rows if self.paper_left is None else min(run.rows, self.paper_left)

    def _close(self, rows: int) -> Run:
        run, self._run = self._run, None
        assert run is not None  # noqa: S101
        done = Run(run.first_row, rows, run.start, run.ideal_start, run.row_s, run.stamp)
        self.row += rows
        self._rows_left -= rows
        self.free_at = run.start + rows * run.row_s
        if self.paper_left is not None:
            self.paper_left -= rows
        if not self._rows_left:
            self._strip = None
        self._last = done
        return done
