"""One table as the district hears it: the newest of each of its words, by the rules that every reader keeps."""

from collections.abc import Mapping
from dataclasses import field, replace

from kiosk.frozen import dataclass
from kiosk.messages import Address, Counts, Gauges, Health, Stamp, Status, Units
from kiosk.office.board.hearing import Said

FORWARD_S = 120
"""A live message that says to be so much later, or earlier, than it came has a clock that is wrong."""
TURNS = 8
"""So many are kept."""
RETURNS = 3
"""Whose turn it is so often, with another between, has a twin. A life that ended without a network speaks once more."""
ENDS = ("lost", "offline")
GONE = ("offline", "closed", "retired")
"""In good order."""


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of it; `heard_s` is when anything was heard last, `counted_s` when its counts were, Unix time."""

    at: Address
    status: Status | None = None
    health: Health | None = None
    units: Units | None = None
    gauges: Gauges | None = None
    lives: Mapping[str, Counts] = field(default_factory=dict)
    """By epoch."""
    heard_s: float = 0
    counted_s: float = 0
    boots: tuple[str, ...] = ()
    """Whose births were heard live, each once in a row."""
    growing: tuple[str, ...] = ()
    """Which life's counts grew while we listened, each once in a row."""
    twin_s: float | None = None
    """When it was last seen that two have this name: two boots, or two lives of a journal, speak by turns, or of one
    life less is said than was before."""
    clock_off_s: int = 0
    """So much its clock is ahead of ours."""

    @property
    def samples(self) -> int:
        """People who are in a tube."""
        return sum(life.samples - life.voided for life in self.lives.values())

    @property
    def exempt(self) -> int:
        return sum(life.exempt for life in self.lives.values())

    @property
    def refused(self) -> int:
        return sum(sum(life.refused.values()) for life in self.lives.values())

    @property
    def tubes(self) -> int:
        return sum(life.tubes for life in self.lives.values())

    @property
    def state(self) -> str:
        """online, offline, lost, closed, retired; `unknown` of which no status was heard."""
        return "unknown" if self.status is None else self.status.state


def after(table: Table, said: Said) -> Table:
    """The table once that was said; the same one if it is no news."""
    body = said.body
    match body:
        case Status():
            taken = replace(table, status=body) if _holds(table.status, body, said.live) else table
        case Counts():
            taken = _counted(table, body, said)
        case Health():
            taken = replace(table, health=body) if _is_newer(table.health, body) else table
        case Units():
            taken = replace(table, units=body) if _is_newer(table.units, body) else table
        case Gauges():
            taken = replace(table, gauges=body) if _is_newer(table.gauges, body) else table
        case _:
            return table
    if taken is table:
        return table
    return _told_apart(replace(taken, heard_s=_when(said)), said)


def _holds(before: Status | None, now: Status, live: bool) -> bool:
    """A last will bears the commit of its birth, so commits do not judge it: it ends its own connection, of which the
    birth may not have been heard, and no later one. Another life's that comes late ends nothing; where it stands when
    we come, it is the last word, as a kiosk that is there would have said its birth again."""
    if before is None or before == now:
        return before is None
    if before.epoch == now.epoch:
        return now.connection >= before.connection
    return not live or now.state not in ENDS or before.state in ENDS


def _is_newer(before: Stamp | None, now: Stamp) -> bool:
    """Between two commits a table may say something twice, differently: the later holds."""
    if before is None or before.epoch != now.epoch:
        return True
    return now.seq >= before.seq and now != before


def _counted(table: Table, now: Counts, said: Said) -> Table:
    before = table.lives.get(now.epoch)
    if before is not None and before.seq >= now.seq:
        return replace(table, twin_s=said.at_s) if said.live and _is_belied(before, now) else table
    growing = _turn(table.growing, now.epoch) if said.live else table.growing
    lives = {**table.lives, now.epoch: now}
    return replace(table, lives=lives, counted_s=_when(said), growing=growing)


def _is_belied(before: Counts, now: Counts) -> bool:
    """Whoever said more of that life, earlier, was another: what is only late was also said earlier."""
    return now.seq < before.seq and before.ts is not None and now.ts is not None and now.ts > before.ts


def _turn(turns: tuple[str, ...], whose: str) -> tuple[str, ...]:
    return turns if turns[-1:] == (whose,) else (*turns, whose)[-TURNS:]


def _when(said: Said) -> float:
    """What stood there when we came is as old as it says, where it knows."""
    if said.live or said.body.ts is None:
        return said.at_s
    return min(said.at_s, said.body.ts / 1000)


def _told_apart(table: Table, said: Said) -> Table:
    body = said.body
    if not said.live:
        return table
    boots = _turn(table.boots, body.boot) if isinstance(body, Status) and body.state == "online" else table.boots
    again = boots != table.boots and boots.count(body.boot) >= RETURNS - 1
    again |= table.growing.count(body.epoch) >= RETURNS and isinstance(body, Counts)
    # What waits for a network is late for good reason; what comes from the future is not.
    off_s = 0 if body.ts is None else round(body.ts / 1000 - said.at_s)
    twin_s = said.at_s if again else table.twin_s
    return replace(table, boots=boots, twin_s=twin_s, clock_off_s=off_s if off_s > FORWARD_S else 0)
