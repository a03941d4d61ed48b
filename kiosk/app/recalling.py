"""The journal at a start: opened, and read; one that is damaged is put aside, for the queue must go on."""

import time
from collections.abc import Callable
from pathlib import Path

from kiosk.journal import Journal, JournalDamaged, JournalUnwilling
from kiosk.log import say
from kiosk.model.changes import Recalled

PATIENCE_S, LOOK_S = 60.0, 0.5
"""A full disk or another process that holds the file is waited for; the service manager gives a start two minutes."""


def recall(
    directory: Path,
    round_id: str,
    block: str,
    check: Callable[[Journal], None] = lambda _: None,
    place: str = "",
    patience_s: float = PATIENCE_S,
) -> tuple[Journal, Recalled]:
    """A damaged journal is kept under another name, and a new one tells that it was lost. `check` comes before anything
    is settled; what it raises is raised. Raises JournalError."""
    end, waits_for = time.monotonic() + patience_s, ""
    while True:
        try:
            return _recalled(directory / "journal.sqlite", round_id, block, check, place)
        except JournalUnwilling as error:
            if time.monotonic() > end:
                raise
            if str(error) != waits_for:
                say("journal-waits", why=str(error))
            waits_for = str(error)
        time.sleep(LOOK_S)


def _recalled(
    file: Path, round_id: str, block: str, check: Callable[[Journal], None], place: str
) -> tuple[Journal, Recalled]:
    try:
        return _opened(file, round_id, block, check, place)
    except JournalDamaged as error:
        why = str(error)
    kept = _put_aside(file)
    say("journal-damaged", why=why, kept=kept.name)
    return _opened(file, round_id, block, check, place)


def _opened(
    file: Path, round_id: str, block: str, check: Callable[[Journal], None], place: str
) -> tuple[Journal, Recalled]:
    journal = Journal(file, round_id)
    try:
        check(journal)
        return journal, journal.restore(block, place)
    except BaseException:
        journal.abandon()
        raise


def put_aside_in(directory: Path) -> list[Path]:
    """Damaged journals that were kept, and their logs."""
    return sorted(directory.glob("journal-damaged-*"))


def _put_aside(file: Path) -> Path:
    """With its log: the two are one. What was kept before stays too."""
    number = 1
    while (kept := file.with_name(f"{file.stem}-damaged-{number}{file.suffix}")).exists():
        number += 1
    file.rename(kept)
    for end in ("-wal", "-shm", "-journal"):
        log = file.with_name(file.name + end)
        if log.exists():
            log.rename(kept.with_name(kept.name + end))
    return kept
