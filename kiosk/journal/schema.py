"""Opening the file: settings of the connection, its check, and the way from an older schema to this one."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from kiosk.journal.disk import another_name, overwrite
from kiosk.journal.error import JournalDamaged, JournalError
from kiosk.journal.soundness import flaw, structure

BUSY_S = 1.0
"""So long another process may hold the file before a resident is asked to wait."""
PAGE_BYTES = 1024
"""A row that changes is written as its whole page, twice: into the log, and when that is folded in."""


def connect(path: Path) -> sqlite3.Connection:
    """Raises JournalError for a file of a newer release, JournalDamaged, and sqlite3.Error for one that is none."""
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, cached_statements=64)
    try:
        _set_up(database)
        _keep_log(database, path)
        _check(database, path)
        _migrate(database, path)
        if _repage(database):
            _keep_log(database, path)
        _check_rows(database, path)
    except BaseException:
        database.close()
        raise
    return database


def disconnect(database: sqlite3.Connection, path: Path) -> None:
    """The last connection folds the log in and deletes it; what stood in it is not left on the disk. Raises OSError."""
    database.close()
    overwrite(_left_log(path))


def _keep_log(database: sqlite3.Connection, path: Path) -> None:
    """Whatever closes the last connection, as the end of a process that failed, deletes the log: with a second name it
    is there to be overwritten, then by the next start. On a disk without such names it is as it ever was."""
    database.execute("PRAGMA schema_version").fetchone()  # The first look makes the log.
    with suppress(OSError):
        another_name(path.with_name(f"{path.name}-wal"), _left_log(path))


def _left_log(path: Path) -> Path:
    return path.with_name(f"{path.name}-left-wal")


def _set_up(database: sqlite3.Connection) -> None:
    # A flipped bit in a masked name is worth a sign that cannot be read, not the whole journal.
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    database.execute("PRAGMA journal_mode = WAL").fetchone()
    database.execute("PRAGMA synchronous = FULL")
    # What a statement may take back, and what VACUUM makes, would stand in the free blocks of another folder's disk.
    database.execute("PRAGMA temp_store = MEMORY")
    database.execute("PRAGMA foreign_keys = ON")
    # Folded in when we say so: the file is written by nothing else of ours, and what else is written there is noticed.
    database.execute("PRAGMA wal_autocheckpoint = 0").fetchone()


def _check(database: sqlite3.Connection, path: Path) -> None:
    """All of it, indexes too: one flipped bit there lets a person in twice. 0.2 s for 50,000 samples."""
    found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise JournalDamaged(f"the journal {path} is damaged ({found})")


def _check_rows(database: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        fresh.executescript(_whole())
        wrong = "its tables" if structure(fresh) != structure(database) else flaw(database)
    if wrong is not None:
        raise JournalDamaged(f"the journal {path} is damaged (it contradicts itself: {wrong})")


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    """Each step is one transaction, so a cut leaves a whole version."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    steps = migrations()
    if version == 0 and not database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        database.executescript(f"BEGIN; {_whole()} PRAGMA user_version = {len(steps)}; COMMIT;")
        return
    if version > len(steps):
        raise JournalError(f"the journal {path} was written by a newer release (schema {version})")
    for number, script in enumerate(steps[version:], start=version + 1):
        database.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")


def _repage(database: sqlite3.Connection) -> bool:
    """A journal of an earlier release is written anew in pages of our size, once: whole or, whatever is cut, as it was.
    Where there is no space for that, or somebody reads it just now, it serves as it is until a later start. Whether it
    has another log now."""
    if database.execute("PRAGMA page_size").fetchone()[0] == PAGE_BYTES:
        return False
    try:
        with suppress(sqlite3.OperationalError):
            # Only outside of WAL may the size change; VACUUM's own rollback journal takes a cut back.
            database.execute("PRAGMA journal_mode = DELETE").fetchone()
            database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            database.execute("VACUUM")
    finally:
        database.execute("PRAGMA journal_mode = WAL").fetchone()
    return True


def _whole() -> str:
    """The tables and indexes that all steps come to."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


def migrations() -> list[str]:
    """The steps in their order, as SQL."""
    folder = Path(__file__).with_name("migrations")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [entry.read_text(encoding="utf-8") for entry in files]
