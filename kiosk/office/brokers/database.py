"""mosquitto's database after a power cut: whether it is whole, and if not, moved aside, so that the broker starts.

What is looked at is its frame: a head, then pieces that each say how long they are (mosquitto 2.0, persist.h).
"""

import struct
from pathlib import Path

HEAD = b"\x00\xb5\x00mosquitto db"
_FRAMES = frozenset({5, 6})
"""Releases of the format whose pieces have this head; others are not judged."""
_RELEASE = struct.Struct(">II")
"""A check sum that is always 0, and the release."""
_PIECE = struct.Struct(">II")
"""What it is, and its bytes."""
_KINDS = range(1, 7)


def fault(file: Path) -> str | None:
    """What is wrong with it, None if nothing. Raises OSError."""
    size = file.stat().st_size
    with file.open("rb") as data:
        if data.read(len(HEAD)) != HEAD:
            data.seek(0)
            return "is no database of mosquitto" if data.read(len(HEAD)).strip(b"\0") else "begins with zeros"
        release = data.read(_RELEASE.size)
        if len(release) < _RELEASE.size:
            return "ends in its head"
        if _RELEASE.unpack(release)[1] not in _FRAMES:
            return None
        while head := data.read(_PIECE.size):
            if len(head) < _PIECE.size or data.tell() + _PIECE.unpack(head)[1] > size:
                return f"is cut off after {data.tell() - len(head)} bytes"
            kind, length = _PIECE.unpack(head)
            if kind not in _KINDS:
                return f"holds something else from byte {data.tell() - len(head)} on"
            data.seek(length, 1)
    return None


def move_aside(file: Path) -> Path:
    """Its new name; nothing is overwritten. Raises OSError."""
    n = 1
    while (aside := file.with_name(f"{file.name}.damaged-{n}")).exists():
        n += 1
    return file.rename(aside)
