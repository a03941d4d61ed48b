"""Wall-clock time as people at the point read it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kiosk.model.instants import Instant


def moment(zone: ZoneInfo, seconds: float) -> datetime:
    """Of seconds since 1970 UTC. Raises OverflowError, ValueError, OSError for what no calendar can show."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def local_time(zone: ZoneInfo, at: Instant) -> str:
    """`2022-05-20 06:31`; a clock that nobody has set is marked with `?`."""
    return minute(zone, at.wall_ms) + ("" if at.trusted else "?")


def minute(zone: ZoneInfo, wall_ms: int) -> str:
    """`2022-05-20 06:31`, of milliseconds UTC."""
    return f"{moment(zone, wall_ms / 1000):%Y-%m-%d %H:%M}"


def local_date(zone: ZoneInfo, at: Instant) -> date | None:
    """Today at the point, or None while the clock is not trusted."""
    return moment(zone, at.wall_ms / 1000).date() if at.trusted else None
