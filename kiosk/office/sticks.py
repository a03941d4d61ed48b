"""A memory stick that takes what the centre does not have: whole files only, and again as often as it is pulled."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from kiosk.journal.disk import replace_whole
from kiosk.ports import Message

SUMS = "SHA256SUMS"
FOLDERS = (Path("/media"), Path("/run/media"))


def plugged_in(folders: Iterable[Path] = FOLDERS, is_mount: Callable[[Path], bool] = os.path.ismount) -> list[Path]:
    """Where sticks are mounted by the desktop's or our own rule: one or two levels down."""
    found = [path for folder in folders for depth in ("*", "*/*") for path in sorted(folder.glob(depth))]
    return [path for path in found if path.is_dir() and is_mount(path)]


def write(messages: Iterable[Message], stick: Path, done: Callable[[], None] = lambda: None) -> int:
    """How many files are new or other than they were, in a folder for each round of each table: what was never taken
    may be of earlier ones, and a stick goes from table to table. `done` is called for each message. Raises OSError."""
    fresh, sums = 0, defaultdict[Path, list[str]](list)
    for message in messages:
        file = stick / file_of(message.topic)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh += _put(file, message.payload)
        sums[file.parent].append(f"{hashlib.sha256(message.payload).hexdigest()}  {file.name}\n")
        done()
    for folder, lines in sums.items():
        _put(folder / SUMS, "".join(lines).encode())
    return fresh


def file_of(topic: str) -> str:
    """Where it lies on a stick, from the top."""
    _, _, region, round_id, point, kiosk, leaf = topic.split("/", 6)
    return f"{region}-{round_id}-{point}-{kiosk}/{leaf.replace('/', '-')}.json"


def _put(file: Path, data: bytes) -> bool:
    """Whole or not at all; False if it is there as it is."""
    if file.is_file() and file.read_bytes() == data:
        return False
    replace_whole(file, data)
    return True
