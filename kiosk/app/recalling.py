"""The journal at a start: opened, and read; one that is damaged is put aside, for the queue must go on."""

from pathlib import Path

from kiosk.journal import Journal, JournalDamaged
from kiosk.log import say
from kiosk.model.changes import Recalled


def recall(directory: Path, round_id: str, block: str) -> tuple[Journal, Recalled]:
    """A damaged journal is kept under another name, and a new one tells that it was lost. Raises JournalError."""
    file = directory / "journal.sqlite"
    try:
        return _opened(file, round_id, block)
    except JournalDamaged as error:
        kept = _put_aside(file)
        say("journal-damaged", why=str(error), kept=kept.name)
        return _opened(file, round_id, block)


def _opened(file: Path, round_id: str, block: str) -> tuple[Journal, Recalled]:
    journal = Journal(file, round_id)
    try:
        return journal, journal.restore(block)
    except BaseException:
        journal.abandon()
        raise


def _put_aside(file: Path) -> Path:
    """With its log: the two are one. What was kept before stays too."""
    number = 1
    while (kept := file.with_name(f"{file.stem}-damaged-{number}{file.suffix}")).exists():
        number += 1
    file.rename(kept)
    for end in ("-wal", "-shm"):
        log = file.with_name(file.name + end)
        if log.exists():
            log.rename(kept.with_name(kept.name + end))
    return kept
