"""One kiosk on one state directory."""

import fcntl
from pathlib import Path
from typing import IO

from kiosk.journal import JournalError


def alone(directory: Path) -> IO[bytes]:
    """Held until the process ends: a second kiosk on this directory would count from the same numbers again."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("ab")
    except OSError as error:
        raise JournalError(f"cannot write in {directory}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise JournalError(f"another kiosk runs on {directory}") from error
    return lock


def serves(directory: Path) -> bool:
    """Whether a kiosk runs on this state directory, as far as this user may know."""
    try:
        with (directory / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
