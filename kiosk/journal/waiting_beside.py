"""What waits at the table, read beside a kiosk that is serving."""

from collections.abc import Mapping
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.read_beside import reading
from kiosk.model import TubeState


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of a round: when the first person went into the oldest tube that is still here (ms UTC; None: none, or no clock
    told), and how many tubes with people, and boxes, are in each state."""

    oldest_ms: int | None
    tubes: Mapping[str, int]
    boxes: Mapping[str, int]


def waiting(journal: Path, round_id: str) -> Waiting:
    """Raises JournalError."""
    here = (round_id, TubeState.OPEN, TubeState.SEALED, TubeState.BOXED)
    oldest = "SELECT min(wall_ms) FROM tubes WHERE round = ? AND filled AND trusted AND state IN (?, ?, ?)"
    with reading(journal) as database:
        (oldest_ms,) = database.execute(oldest, here).fetchone()
        query = "SELECT state, count(*) FROM tubes WHERE round = ? AND filled GROUP BY state"
        tubes = dict(database.execute(query, (round_id,)))
        boxes = dict(database.execute("SELECT state, count(*) FROM boxes WHERE round = ? GROUP BY state", (round_id,)))
    return Waiting(oldest_ms, tubes, boxes)


def ended(journal: Path, round_id: str) -> dict[str, int]:
    """The tubes that nobody goes into any more, by code, with how many people are in each. Raises JournalError."""
    query = "SELECT code, filled FROM tubes WHERE round = ? AND filled AND code IS NOT NULL AND state <> ?"
    with reading(journal) as database:
        return dict(database.execute(query, (round_id, TubeState.OPEN)))
