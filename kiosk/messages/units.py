"""How far each unit of the point's roster is, as this table knows it. A start says it anew: it is in no outbox."""

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Figures, Instant, Progress, RosterHead, Standing
from kiosk.ports import Message

MOST = 200
"""Units in one message: some brokers take no more than 128 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of the roster. `listed` is everybody, `missing` who can come and has not."""

    unit: str
    listed: int
    sampled: int
    """At this table."""
    other_table: int
    elsewhere: int
    exempt: int
    home_visit: int
    moved: int
    died: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Units(Stamp):
    """The units in the order in which they are called, and which was called last."""

    roster: int
    """When the roster was made, in seconds since 1970 UTC; 0 where a power cut left a later one half written."""
    called: str | None
    units: list[Unit]
    left_out: int
    """Units that are not said: a list with more than 200 names no stairwells."""
    unlisted: int
    """Who was sampled at this table and is in no list."""


def units(address: Address, counters: Counters, at: Instant, head: RosterHead, figures: Figures) -> Message:
    every = [_unit(figures.progress[unit]) for unit in head.units if unit in figures.progress]
    unlisted = max(0, figures.here - sum(each.sampled for each in every))
    body = Units(
        **stamp(counters, at),
        roster=head.made_s,
        called=figures.called,
        units=every[:MOST],
        left_out=len(every[MOST:]),
        unlisted=unlisted,
    )
    return message(address, "units", body)


def _unit(progress: Progress) -> Unit:
    figures = {standing.replace("-", "_"): progress.counts.get(standing, 0) for standing in Standing}
    return Unit(unit=progress.unit, listed=progress.listed, **figures)
