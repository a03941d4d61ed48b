"""The one room of the journal that asks the system itself: syncs a file as SQLite does its own, counts what is free."""

import os
from contextlib import suppress
from pathlib import Path

CHUNK_BYTES = 2**20


def free_bytes(folder: Path) -> int:
    """What the kiosk may still write there. Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def replace_whole(file: Path, data: bytes) -> None:
    """All of it or what was there before, whatever is cut; on the disk when this returns. Raises OSError, and then
    nothing stays of what a full disk cut off: it may name people, or be a key."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    try:
        with fresh.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise
    sync(file.parent)


def begin_like(file: Path, other: Path) -> None:
    """An empty file that belongs to whom the other does, and that nobody else reads; what was there before is
    overwritten. Raises OSError."""
    owner = other.stat()
    overwrite(file)
    file.touch(mode=0o600)
    _give(file, owner)


def bring(folder: Path, place: str, name: str, data: bytes) -> None:
    """A file of this name in `folder`/`place`, whole or not at all; all three belong to whom the state around the
    folder does. Raises OSError."""
    owner = folder.parent.stat()
    (folder / place).mkdir(parents=True, exist_ok=True)
    file = folder / place / name
    replace_whole(file, data)
    for path in (folder, folder / place, file):
        _give(path, owner)


def _give(path: Path, owner: os.stat_result) -> None:
    """By root, in a folder of the kiosk's: a link there must not give it another's file."""
    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def sync(path: Path) -> None:
    """A file's content, or the names that came and went in a folder, are so on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def another_name(file: Path, name: Path) -> None:
    """For what is overwritten once nothing needs it; what had that name before is overwritten now. Raises OSError."""
    overwrite(name)
    if file.exists():
        name.hardlink_to(file)


def overwrite(file: Path) -> None:
    """Zeros over all of it, if it is there, before its name goes; if it has another, only the name goes. Raises
    OSError."""
    if not file.exists():
        return
    found = file.stat()
    # One that is empty may be somebody else's.
    if found.st_nlink == 1 and found.st_size:
        _zero(file, found.st_size)
    file.unlink()


def _zero(file: Path, size: int) -> None:
    with file.open("r+b") as out:
        for _ in range(0, size, CHUNK_BYTES):
            out.write(bytes(min(CHUNK_BYTES, size - out.tell())))
        out.flush()
        os.fsync(out.fileno())
