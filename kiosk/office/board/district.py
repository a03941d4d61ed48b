"""All tables of one round, as they are heard: the newest of each word, and when people came."""

from collections.abc import Iterable, Mapping

from kiosk.frozen import dataclass
from kiosk.messages import Address, Counts
from kiosk.office.board.curve import MINUTE_S, RATE_S, spread
from kiosk.office.board.hearing import Said
from kiosk.office.board.points import Point
from kiosk.office.board.tables import Table, after

KEPT_MIN = 2 * RATE_S // MINUTE_S
"""Minutes of each point that are kept here, for its rate; the store has the day."""


MOST_TABLES, MOST_LIVES = 64, 256
"""Of a point, and of a table. Each may say what it likes of itself, and must not hold up all others with it."""


@dataclass(frozen=True, slots=True)
class Came:
    """People who came to a point, by minute; fewer than none where some were taken back."""

    point: str
    minutes: Mapping[int, int]


class District:
    """What is known of a round, and of the points that there are to be."""

    def __init__(self, points: Mapping[str, Point]) -> None:
        self.points = points
        self.tables: dict[Address, Table] = {}
        self.heard_at: dict[str, list[Address]] = {}
        """By point, its tables that were heard, in the order of their names."""
        self.touched: set[str] = set(points)
        """Points of which something is another than when this was emptied last."""
        self.recent: dict[str, dict[int, int]] = {}
        """By point, people by minute, of the last half hour or so."""
        self.heard_s: float | None = None
        """When anything was heard live."""

    def has_room(self, said: Said) -> bool:
        """Whether it is of no more tables and lives than there are."""
        before = self.tables.get(said.table)
        if before is None:
            return len(self.heard_at.get(said.table.point, ())) < MOST_TABLES
        return not isinstance(said.body, Counts) or said.body.epoch in before.lives or len(before.lives) < MOST_LIVES

    def recall(self, said: Iterable[Said]) -> None:
        """What was heard before this process began: it is known already when those people came."""
        for each in said:
            self._take(each)

    def hear(self, said: Said) -> tuple[Table | None, Came | None]:
        """The table where that was news, and who came to its point by it."""
        if said.live:
            self.heard_s = said.at_s
        before = self.tables.get(said.table)
        now = self._take(said)
        if now is None:
            return None, None
        came = _came(before, now, said)
        if came is not None:
            self._note(came, said.at_s)
        return now, came

    def remember(self, point: str, minutes: Mapping[int, int]) -> None:
        """Who came to a point lately, before this process began."""
        self.recent[point] = dict(minutes)
        self.touched.add(point)

    def _take(self, said: Said) -> Table | None:
        before = self.tables.get(said.table, Table(said.table))
        now = after(before, said)
        if now is before:
            return None
        if said.table not in self.tables:
            heard = self.heard_at.get(said.table.point, [])
            self.heard_at[said.table.point] = sorted([*heard, said.table], key=lambda each: each.kiosk)
        self.tables[said.table] = now
        self.touched.add(said.table.point)
        return now

    def tables_of(self, point: str) -> tuple[Table, ...]:
        """Those that were heard, in the order of their names."""
        return tuple(self.tables[each] for each in self.heard_at.get(point, ()))

    @property
    def known(self) -> set[str]:
        """Points that were heard, and those that there are to be."""
        return {*self.points, *self.heard_at}

    def _note(self, came: Came, now_s: float) -> None:
        oldest = int(now_s // MINUTE_S) - KEPT_MIN
        recent = self.recent.get(came.point, {})
        sums = {minute: n for minute, n in recent.items() if minute > oldest}
        for minute, n in came.minutes.items():
            if minute > oldest:
                sums[minute] = sums.get(minute, 0) + n
        self.recent[came.point] = sums


def _came(before: Table | None, now: Table, said: Said) -> Came | None:
    """Of a table that is heard for the first time nobody knows when its people came: it may have waited for its broker
    for a day."""
    people = now.samples - (0 if before is None else before.samples)
    known_s = 0.0 if before is None else before.counted_s
    if people == 0 or not known_s:
        return None
    return Came(said.table.point, spread(known_s, now.counted_s, people))
