"""A disk of a few megabytes that can be filled; root only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WHY_NOT = "a small disk can be mounted by root only"


def can_mount() -> bool:
    return os.geteuid() == 0


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """`folder` lies on a disk of its own meanwhile; what is written there is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ("-o", f"size={megabytes}m,mode=700")
    subprocess.run(("mount", "-t", "tmpfs", *options, "kiosk-small-disk", str(folder)), check=True)
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


def free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def fill(ballast: Path, leave: int) -> None:
    """Takes all space of the disk that `ballast` lies on but `leave` bytes."""
    with ballast.open("ab") as file:
        while (take := free_bytes(ballast.parent) - leave) > 0:
            # Who writes there meanwhile may have taken some of it.
            with suppress(OSError):
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, take)
