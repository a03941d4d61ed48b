"""Who was sampled at two tables of the point, read beside a kiosk that may be serving."""

from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import rows
from kiosk.journal.read_beside import reading
from kiosk.model import Sample
from kiosk.model.tables import KEY_BYTES


@dataclass(frozen=True, slots=True)
class Clash:
    """A person of this table, masked, in its tube, and the tube and time that another table, or an earlier life of
    this one, tells of them; milliseconds UTC, None while its clock was not trusted."""

    sample: Sample
    tube: str | None
    kiosk: str
    other_tube: str | None
    other_at_ms: int | None


def clashes(journal: Path, round_id: str) -> tuple[Clash, ...]:
    """Those that hold: whoever was taken back at one of the tables is no clash any more. Raises JournalError."""
    query = f"""
      SELECT s.seq, t.code, o.kiosk, o.tube, o.at_ms FROM samples s
      JOIN tubes t ON t.id = s.tube_id
      JOIN others o ON o.round = s.round AND o.key = substr(s.person_key, 1, {KEY_BYTES}) AND o.reason IS NULL
      WHERE s.round = ? AND s.void = 0
      ORDER BY s.seq, o.kiosk
    """
    with reading(journal) as database:
        found = database.execute(query, (round_id,)).fetchall()
        people = [database.execute(f"{rows.SAMPLES} WHERE s.seq = ?", (row[0],)).fetchone() for row in found]
    return tuple(Clash(rows.sample(who), *row[1:]) for who, row in zip(people, found, strict=True))
