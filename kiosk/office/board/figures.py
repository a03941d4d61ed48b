"""The board as people read it: sums, tiles and troubles, and how old each figure is. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from kiosk.frozen import dataclass
from kiosk.office.board.curve import per_hour
from kiosk.office.board.district import District
from kiosk.office.board.points import Point
from kiosk.office.board.tables import GONE, Table
from kiosk.office.board.troubles import Trouble, oldest_tube_s, troubles_of

LATEST_END_S = 30 * 86400
"""A round that would last longer at this rate has no end that is worth a word."""
STATES = ("trouble", "silent", "never", "stopped", "online")
"""Of a point, the worst first. `silent`: a table's line broke and it did not come back; `stopped`: in good order."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A point at a glance. Times are Unix time; `counted_s` is when that one of its tables that was counted longest ago
    was, of those that are there."""

    point: str
    name: str
    state: str
    people: int
    expected: int | None
    per_hour: int
    tables: int
    troubles: tuple[Trouble, ...]
    oldest_tube_s: float | None
    heard_s: float | None
    counted_s: float | None


@dataclass(frozen=True, slots=True)
class Slow:
    """The table that takes longest from scan to paper, at its median, and in which of its steps."""

    point: str
    kiosk: str
    p50_ms: float
    hop: str
    hop_ms: float


@dataclass(frozen=True, slots=True)
class Board:
    """The district at `at_s`. `heard_s`: when anything was heard last; `ends_s`: when everybody will have been here, at
    the rate of the last quarter of an hour."""

    at_s: float
    round: str
    connected: bool
    heard_s: float | None
    people: int
    exempt: int
    refused: int
    tubes: int
    expected: int | None
    per_hour: int
    ends_s: float | None
    points: Mapping[str, int]
    """How many are in each of the STATES."""
    paperless: int
    """Points with a printer that has no paper."""
    oldest_tube_s: float | None
    oldest_tube_at: str
    slowest: Slow | None
    not_understood: int
    tiles: tuple[Tile, ...]
    not_kept: str = ""
    """Why the board's own file takes nothing just now; what stands here is whole all the same."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one point has in the district's sums."""

    tile: Tile
    exempt: int
    refused: int
    tubes: int
    slowest: Slow | None


def board(district: District, round_id: str, now_s: float, connected: bool, not_understood: int = 0) -> Board:
    """All of it, as of now."""
    shares = [share(district, point, now_s) for point in sorted(district.known)]
    return added_up(shares, district.heard_s, round_id, now_s, connected, not_understood)


def share(district: District, point: str, now_s: float) -> Share:
    """Another only once something was heard of the point, but for what the time of day makes of it."""
    tables = district.tables_of(point)
    return Share(
        tile(district, point, tables, now_s),
        sum(each.exempt for each in tables),
        sum(each.refused for each in tables),
        sum(each.tubes for each in tables),
        _slowest(tables),
    )


def added_up(
    shares: Collection[Share],
    heard_s: float | None,
    round_id: str,
    now_s: float,
    connected: bool,
    not_understood: int,
) -> Board:
    """The board of all points, by their shares."""
    tiles = tuple(each.tile for each in shares)
    expected = _expected(tiles)
    people = sum(each.people for each in tiles)
    rate = sum(each.per_hour for each in tiles)
    oldest = min((each for each in tiles if each.oldest_tube_s is not None), key=_oldest, default=None)
    states = Counter(each.state for each in tiles)
    return Board(
        now_s,
        round_id,
        connected,
        heard_s,
        people,
        sum(each.exempt for each in shares),
        sum(each.refused for each in shares),
        sum(each.tubes for each in shares),
        expected,
        rate,
        _ends(people, expected, rate, now_s),
        {state: states[state] for state in STATES},
        sum(any(trouble.what == "paper-out" for trouble in each.troubles) for each in tiles),
        None if oldest is None else oldest.oldest_tube_s,
        "" if oldest is None else oldest.point,
        max((each.slowest for each in shares if each.slowest is not None), key=lambda slow: slow.p50_ms, default=None),
        not_understood,
        tiles,
    )


def tile(district: District, point: str, tables: tuple[Table, ...], now_s: float) -> Tile:
    listed = district.points.get(point, Point(point))
    there = [table for table in tables if table.state not in GONE]
    troubles = tuple(trouble for table in tables for trouble in troubles_of(table, now_s))
    if there and listed.tables is not None and len(tables) < listed.tables:
        troubles += (Trouble("", "tables-missing", f"{len(tables)} / {listed.tables}"),)
    return Tile(
        point,
        listed.name,
        _state(tables, troubles),
        sum(table.samples for table in tables),
        listed.expected if listed.expected is not None else _listed(tables),
        round(per_hour(district.recent.get(point, {}), now_s)),
        len(tables),
        troubles,
        min((s for table in tables if (s := oldest_tube_s(table)) is not None), default=None),
        max((table.heard_s for table in tables), default=None),
        min((table.counted_s for table in there if table.counted_s), default=None),
    )


def _state(tables: tuple[Table, ...], troubles: tuple[Trouble, ...]) -> str:
    states = {table.state for table in tables}
    if not tables:
        return "never"
    if "lost" in states:
        return "silent"
    if states <= set(GONE):
        return "stopped"
    return "trouble" if troubles else "online"


def _oldest(tile: Tile) -> float:
    return tile.oldest_tube_s or 0.0


def _listed(tables: tuple[Table, ...]) -> int | None:
    """Of the roster that the tables of a point have; they have the same one."""
    listed = [sum(unit.listed for unit in table.units.units) for table in tables if table.units is not None]
    return max(listed, default=None)


def _expected(tiles: tuple[Tile, ...]) -> int | None:
    """None while any point expects nobody knows how many."""
    known = [each.expected for each in tiles if each.expected is not None]
    return sum(known) if known and len(known) == len(tiles) else None


def _ends(people: int, expected: int | None, rate: int, now_s: float) -> float | None:
    if expected is None:
        return None
    if people >= expected:
        return now_s
    left_s = (expected - people) / rate * 3600 if rate > 0 else LATEST_END_S
    return now_s + left_s if left_s < LATEST_END_S else None


def _slowest(tables: Iterable[Table]) -> Slow | None:
    timed = [table for table in tables if table.gauges is not None and table.gauges.p50_ms is not None]
    online = [table for table in timed if table.state not in GONE and table.gauges and table.gauges.hops_ms]
    worst = max(online, key=_p50, default=None)
    if worst is None or worst.gauges is None:
        return None
    hop, ms = max(worst.gauges.hops_ms.items(), key=lambda each: each[1])
    return Slow(worst.at.point, worst.at.kiosk, _p50(worst), hop, ms)


def _p50(table: Table) -> float:
    return (table.gauges and table.gauges.p50_ms) or 0.0
