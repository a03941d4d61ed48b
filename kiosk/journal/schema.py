"""Opening the file: settings of the connection, its check, and the way from an older schema to this one."""

import sqlite3
from importlib import resources
from pathlib import Path

from kiosk.journal.error import JournalError

MANY_PAGES = 4000
"""A WAL of this many pages (16 MB) is folded in even on the hot path; normally a quiet moment does it."""


def connect(path: Path) -> sqlite3.Connection:
    """Raises JournalError for a file that is damaged or of a newer release, sqlite3.Error for one that is none."""
    database = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    try:
        _set_up(database)
        _check(database, path)
        _migrate(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _set_up(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL").fetchone()
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(f"PRAGMA wal_autocheckpoint = {MANY_PAGES}").fetchone()


def _check(database: sqlite3.Connection, path: Path) -> None:
    found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise JournalError(f"the journal {path} is damaged ({found}): keep the file, start with a new one")


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    """Each step is one transaction, so a cut leaves a whole version."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    steps = migrations()
    if version > len(steps):
        raise JournalError(f"the journal {path} was written by a newer release (schema {version})")
    for number, script in enumerate(steps[version:], start=version + 1):
        database.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")


def migrations() -> list[str]:
    """The steps in their order, as SQL."""
    folder = resources.files("kiosk.journal") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [entry.read_text(encoding="utf-8") for entry in files]
