"""The day's figures for a page, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.journal.read_beside import reading


def people_by_stretch(journal: Path, round_id: str, since_s: int, stretch_s: int) -> dict[int, int]:
    """How many samples were taken in each stretch that began at so many seconds since 1970 UTC; those that no clock
    dates are left out. Raises JournalError."""
    with reading(journal) as database:
        rows = database.execute(
            "SELECT wall_ms / (1000 * :stretch) * :stretch, count(*) FROM samples"
            " WHERE round = :round AND void = 0 AND trusted = 1 AND wall_ms >= 1000 * :since GROUP BY 1",
            {"round": round_id, "since": since_s, "stretch": stretch_s},
        )
        return {int(start): int(n) for start, n in rows}
