"""What can go wrong in SQLite and on the disk, told apart: damaged, not now, or an end."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.journal.disk import free_bytes
from kiosk.journal.error import JournalDamaged, JournalError, JournalUnwilling
from kiosk.model import Refusal

LEAST_BYTES = 2**18
"""SQLite's files cannot grow with less, and then it says only that something could not be written."""


@contextmanager
def guarded(doing: str, path: Path) -> Iterator[None]:
    """What SQLite and the disk raise becomes what the journal raises; `doing` is the word for people."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        text = f"cannot {doing} the journal {path}: {error}"
        if _is_senseless(error):
            raise JournalDamaged(text) from error
        unwilling = _unwilling(error, free_bytes(path.parent))
        raise JournalError(text) if unwilling is None else JournalUnwilling(text, unwilling) from error
    except sqlite3.IntegrityError as error:
        raise JournalError(f"cannot {doing} the journal {path}: {error}") from error
    except (sqlite3.Error, ValueError, OverflowError, TypeError) as error:
        if doing == "write" and not isinstance(error, sqlite3.Error):
            raise
        # Columns that cannot be read back: a flipped bit in a text, a number or a word of ours.
        raise JournalDamaged(f"cannot {doing} the journal {path}: {error}") from error


def _is_senseless(error: sqlite3.OperationalError | OSError) -> bool:
    """Our statements fit our tables: what SQLite does not understand is a flipped bit in their names."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_ERROR


def _unwilling(error: sqlite3.OperationalError | OSError, free: int) -> Refusal | None:
    """What may pass by itself; `free`: bytes on the disk."""
    if isinstance(error, OSError):
        return Refusal.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_FULL:
            return Refusal.DISK_FULL
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN if free < LEAST_BYTES:
            return Refusal.DISK_FULL
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Refusal.DISK_BUSY
        case _:
            return None
