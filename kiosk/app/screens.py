"""What the pages are told of the table, on a thread of its own: nobody at the table waits for it, and its faults end
nothing. decisions: Screens"""

import contextlib
import hashlib
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from kiosk.app.machine import celsius, free_mb
from kiosk.app.ways import Ways
from kiosk.engine.attendants import Attendant
from kiosk.engine.inbox import Inbox, Pressed
from kiosk.frozen import dataclass
from kiosk.journal import JournalError
from kiosk.journal.day_beside import people_by_stretch
from kiosk.log import say, say_fault
from kiosk.model import Instant, Sheet, SheetName
from kiosk.model.local_time import moment
from kiosk.ports import Button
from kiosk.screen.feed import Feed
from kiosk.screen.gauges import CURVE_MIN, Curve, Gauges, speed_of
from kiosk.screen.lines import HERE, Kind, told
from kiosk.screen.lines import Pressed as PressedThere
from kiosk.screen.presses import Press, Presses
from kiosk.screen.resident import Passing, ResidentView, after, farewell, resident_view
from kiosk.screen.staff import Said, StaffView, staff_view
from kiosk.session import Show, State
from kiosk.texts import Texts

STAFF_NS = 200_000_000
"""The staff's page is told no more often, and so long after what happened: not while its slips are laid out."""
BEAT_NS = 1_000_000_000
LOOK_NS = 5_000_000_000
"""So often the journal and the machine are looked at, while somebody reads."""
DEAF_NS = 2_000_000_000
"""The deciding thread turns each half second; one that has not for so long serves nobody."""
AGAIN_S = 5.0
NOBODY_S = 3600.0
TOO_OFTEN_NS = 60_000_000_000
_NOTHING = object()
"""Before the first view."""
View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Stand:
    """Of which kiosk pages tell, and where its files are."""

    socket: Path
    journal: Path
    round: str
    zone: ZoneInfo
    texts: Texts
    unsaid: Callable[[], int]
    """How many topics the broker does not have the last word of."""
    ways: Ways = field(default_factory=Ways)
    """Of the last slips."""


class Screens(Attendant):
    """Hands the newest views to whoever reads, and what is pressed there to the engine."""

    def __init__(self, inbox: Inbox, stand: Stand, clock: Callable[[], Instant]) -> None:
        super().__init__("screens", inbox, lambda: clock().mono_ns)
        self._stand, self._clock = stand, clock
        self._feed, self._presses = Feed(stand.socket), Presses()
        self._state: State | None = None
        self._shows: deque[tuple[int, Show]] = deque(maxlen=32)
        self._heard: Mapping[SheetName, Sheet] = {}
        self._heard_ns: dict[str, int] = {}
        self._turned_ns = 0
        self._passing: Passing | None = None
        self._said: Said | None = None
        self._gauges, self._looked_ns = Gauges(), -LOOK_NS
        self._resident_shown: object = _NOTHING
        self._log_key = secrets.token_bytes(16)
        self._beat_ns = 0
        self._staff_due_ns: int | None = None
        """When the staff's page is to be told of what it does not know."""

    def offer(self, state: State, shows: Iterable[Show]) -> None:
        """By the engine, once it is so; never blocks."""
        now_ns = self._clock().mono_ns
        if state.tables.heard is not self._heard:
            # Not at each person: what waits to be written may be much.
            self._heard = state.tables.heard
            self._heard_ns |= dict.fromkeys((name.kiosk for name in self._heard), now_ns)
        self._shows.extend((now_ns, show) for show in shows)
        self._state = state
        if self._staff_due_ns is None:
            self._staff_due_ns = now_ns + STAFF_NS
        if self._feed.watched:
            self._feed.wake()

    def beat(self) -> None:
        """By the engine, at each of its turns."""
        self._turned_ns = self._clock().mono_ns

    def stop(self) -> None:
        super().stop()
        self._feed.wake()

    def open(self) -> None:
        """It is no device of the table: whether it is there is said to nobody but the log."""

    def serve(self) -> None:
        try:
            self._feed.open()
        except OSError as error:
            why = f"{self._stand.socket}: {error.strerror}"
            if self._seldom.may(why, self._now_ns()):
                say("no-pages", why=why)
            self._stop.wait(AGAIN_S)
            return
        try:
            while not self.stopping:
                self._turn()
            self._feed.tell({Kind.RESIDENT: told(Kind.RESIDENT, farewell(self._stand.texts))})
        except Exception as error:
            self._lament_fault(error)
            self._stop.wait(AGAIN_S)

    def close(self) -> None:
        self._resident_shown = _NOTHING
        self._feed.close()

    def _turn(self) -> None:
        for pressed in self._feed.turn(self._rest_s()):
            self._press(pressed, self._clock().mono_ns)
        self._take_shows()
        if self._state is not None and self._feed.watched:
            self._tell(self._state, self._clock())

    def _press(self, pressed: PressedThere, now_ns: int) -> None:
        match self._presses.judge(pressed, now_ns):
            case Press.NEW:
                say("pressed", act=pressed.act, device=self._told_apart(pressed.device))
                self.post(Pressed(Button(pressed.act), pressed.about))
            case Press.TWICE:
                say("pressed-twice", act=pressed.act, device=self._told_apart(pressed.device))
            case Press.TOO_MANY:
                if self._seldom.may("pressed-too-often", now_ns, TOO_OFTEN_NS):
                    say("pressed-too-often", act=pressed.act, device=self._told_apart(pressed.device))
            case never:
                assert_never(never)

    def _told_apart(self, device: str) -> str:
        """What the point calls a tablet may be somebody's name: the log only tells one from another, until the kiosk is
        started again. Names are few, so without a key one could try them all."""
        if device == HERE:
            return device
        return hashlib.blake2s(device.encode(), digest_size=4, key=self._log_key).hexdigest()

    def _rest_s(self) -> float:
        """Till something is due by itself."""
        if not self._feed.watched:
            return NOBODY_S
        now_ns = self._clock().mono_ns
        due = [self._beat_ns + BEAT_NS]
        if self._staff_due_ns is not None:
            due.append(self._staff_due_ns)
        if self._passing is not None:
            due.append(now_ns + self._passing.left_ms(now_ns) * 1_000_000)
        return max(0.0, (min(due) - now_ns) / 1e9)

    def _take_shows(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                at_ns, show = self._shows.popleft()
                self._passing = self._made(partial(after, self._passing, show, at_ns))
                self._said = Said(show.signal, show.notice, at_ns)

    def _tell(self, state: State, at: Instant) -> None:
        now_ns = at.mono_ns
        if self._passing is not None and self._passing.left_ms(now_ns) == 0:
            self._passing = None
        resident = self._made(lambda: resident_view(state, self._passing, now_ns, self._stand.texts))
        shown = None if resident is None else _shown(resident)
        if self._resident_shown is _NOTHING or shown != self._resident_shown:
            self._resident_shown = shown
            self._tell_view(Kind.RESIDENT, resident)
        beats = now_ns - self._beat_ns >= BEAT_NS
        if beats:
            self._beat_ns = now_ns
            if now_ns - self._turned_ns < DEAF_NS:
                self._feed.tell({Kind.BEAT: told(Kind.BEAT)})
        if beats or (self._staff_due_ns is not None and now_ns >= self._staff_due_ns):
            self._staff_due_ns = None
            view = self._made(lambda: staff_view(state, self._said, self._gauge(at), at, self._stand.texts))
            self._tell_view(Kind.STAFF, view)

    def _tell_view(self, kind: Kind, view: ResidentView | StaffView | None) -> None:
        """One that cannot be written down is as one that cannot be made."""
        line = self._made(lambda: told(kind, view))
        self._feed.tell({kind: told(kind) if line is None else line})

    def _made(self, make: Callable[[], View]) -> View | None:
        """None for a view that cannot be made: then its page says that staff are to be asked. The other goes on."""
        try:
            return make()
        except Exception as error:
            self._lament_fault(error)
            return None

    def _lament_fault(self, error: Exception) -> None:
        if self._seldom.may(type(error).__name__, self._now_ns()):
            say_fault(error)

    def _gauge(self, at: Instant) -> Gauges:
        if at.mono_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = at.mono_ns
            heard_s = {kiosk: (at.mono_ns - ns) // 1_000_000_000 for kiosk, ns in list(self._heard_ns.items())}
            speed = speed_of(tuple(self._stand.ways))
            unsaid = self._stand.unsaid()
            free = free_mb(self._stand.journal.parent)
            self._gauges = Gauges(unsaid, free, celsius(), self._curve(at), speed, heard_s)
        return self._gauges

    def _curve(self, at: Instant) -> Curve:
        stand, stretch_s = self._stand, CURVE_MIN * 60
        now_s = at.wall_ms // 1000
        midnight = moment(stand.zone, now_s).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            people = people_by_stretch(stand.journal, stand.round, int(midnight.timestamp()), stretch_s)
        except JournalError:
            return Curve()
        if not people:
            return Curve()
        first, last = min(people), max(*people, now_s // stretch_s * stretch_s if at.trusted else 0)
        stretches = range(first, last + 1, stretch_s)
        return Curve(f"{moment(stand.zone, first):%H:%M}", tuple(people.get(start, 0) for start in stretches))


def _shown(view: ResidentView) -> tuple[object, ...]:
    """What tells one view from another: not how much of its time is left."""
    return view.resting, view.passing, view.since_ms
