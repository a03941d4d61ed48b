"""Wall-clock time as people at the point read it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kiosk.model.instants import Instant


def local_time(zone: ZoneInfo, at: Instant) -> str:
    """`2022-05-20 06:31`; a clock that nobody has set is marked with `?`."""
    moment = datetime.fromtimestamp(at.wall_ms / 1000, UTC).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M}" + ("" if at.trusted else "?")


def local_date(zone: ZoneInfo, at: Instant) -> date | None:
    """Today at the point, or None while the clock is not trusted."""
    return datetime.fromtimestamp(at.wall_ms / 1000, UTC).astimezone(zone).date() if at.trusted else None
