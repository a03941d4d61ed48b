"""The one room of the journal that asks the system itself: syncs a file as SQLite does its own, counts what is free."""

import os
from pathlib import Path


def free_bytes(folder: Path) -> int:
    """What the kiosk may still write there. Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def replace_whole(file: Path, data: bytes) -> None:
    """All of it or what was there before, whatever is cut; on the disk when this returns. Raises OSError."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
