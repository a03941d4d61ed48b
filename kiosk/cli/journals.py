"""A kiosk's journal, read by a command beside the kiosk: where it lies, and what is told when it cannot be read."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kiosk.config import ConfigError, Mistake
from kiosk.journal import JournalError

Found = TypeVar("Found")


def read_in(directory: Path, reader: Callable[[Path], Found]) -> Found:
    """What the reader finds in the journal of this state directory. Raises ConfigError, as the kiosk may be well."""
    journal = journal_in(directory, "Name the state directory of a kiosk that has served, as a user who may read it")
    try:
        return reader(journal)
    except JournalError as error:
        raise ConfigError(str(directory), [Mistake("journal.sqlite", str(error), "Try again as root")]) from error


def journal_in(directory: Path, fix: str) -> Path:
    """The journal's file. Raises ConfigError if there is none, or none that this user may see."""
    journal = directory / "journal.sqlite"
    try:
        why = None if journal.is_file() else "is not there"
    except OSError as error:
        why = f"cannot be looked at: {error.strerror}"
    if why is not None:
        raise ConfigError(str(directory), [Mistake("journal.sqlite", why, fix)])
    return journal
