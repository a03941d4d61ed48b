"""Which vouchers are worth nothing, read beside a kiosk that may be serving: nothing is written, nothing held up."""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.error import JournalError
from kiosk.journal.schema import BUSY_S


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One whose registration was taken back."""

    voucher: str
    round: str


def withdrawn(journal: Path) -> tuple[Withdrawn, ...]:
    """In the order in which people came, of all rounds. Raises JournalError."""
    try:
        with closing(sqlite3.connect(_read_only(journal), timeout=BUSY_S, uri=True)) as database:
            found = database.execute("SELECT voucher, round FROM samples WHERE void <> 0 ORDER BY seq").fetchall()
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"cannot read the journal {journal}: {error}") from error
    return tuple(Withdrawn(*row) for row in found)


def _read_only(journal: Path) -> str:
    """After an orderly stop there is no log, and none is made beside it that would belong to whoever asks."""
    file = journal.resolve()
    is_in_use = any(file.with_name(file.name + end).exists() for end in ("-wal", "-journal"))
    return f"{file.as_uri()}?mode=ro{'' if is_in_use else '&immutable=1'}"
