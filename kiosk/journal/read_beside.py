"""Reading a journal beside a kiosk that may be serving: nothing is written, nothing held up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kiosk.journal.error import JournalError
from kiosk.journal.schema import BUSY_S


@contextmanager
def reading(journal: Path) -> Iterator[sqlite3.Connection]:
    """Raises JournalError."""
    try:
        with closing(sqlite3.connect(_read_only(journal), timeout=BUSY_S, uri=True)) as database:
            yield database
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"cannot read the journal {journal}: {error}") from error


def _read_only(journal: Path) -> str:
    """After an orderly stop there is no log, and none is made beside it that would belong to whoever asks."""
    file = journal.resolve()
    is_in_use = any(file.with_name(file.name + end).exists() for end in ("-wal", "-journal"))
    return f"{file.as_uri()}?mode=ro{'' if is_in_use else '&immutable=1'}"
