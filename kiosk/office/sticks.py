"""A memory stick that takes what the centre does not have: whole files only, and again as often as it is pulled."""

import hashlib
import os
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


def write(messages: Iterable[Message], folder: Path, done: Callable[[], None] = lambda: None) -> int:
    """How many files are new or other than they were; `done` is called for each message. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh, sums = 0, []
    for message in messages:
        name = message.topic.split("/", 6)[-1].replace("/", "-") + ".json"
        fresh += _put(folder / name, message.payload)
        sums.append(f"{hashlib.sha256(message.payload).hexdigest()}  {name}\n")
        done()
    _put(folder / SUMS, "".join(sums).encode())
    return fresh


def _put(file: Path, data: bytes) -> bool:
    """Whole or not at all; False if it is there as it is."""
    if file.is_file() and file.read_bytes() == data:
        return False
    replace_whole(file, data)
    return True
