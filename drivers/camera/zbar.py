"""ZBar in a child process: it can end its whole process on some payloads, loop for ever, and keep memory."""

import contextlib
import json
import mmap
import os
import select
import subprocess
import time
import unicodedata
from dataclasses import field

import numpy as np
import numpy.typing as npt

from drivers.camera import children
from kiosk.frozen import dataclass

Grey = npt.NDArray[np.uint8]

FRAME_S = 1.5
"""A frame that takes longer has hung the child: it is ended."""
START_S = 6.0
"""For a child's first word, as it has Python and the library to load: a second on a Pi."""
FRAMES = 2000
"""A child is replaced after as many, so what ZBar never frees stays small."""
STILLBORN = 3
"""Children in a row that did not live to answer once: ZBar is not installed, and is done without."""
LONGEST_ANSWER = 1 << 20
GUESSES = ("latin-1", "big5hkscs", "cp932")
"""Python's widest kin of the sets that ZBar guesses; where iconv's Big5 is wider still it gives private characters."""


@dataclass(frozen=True, slots=True)
class ZBarSymbol:
    """One code as ZBar read it and `restored` could vouch for; area in pixels. Identity may be inside."""

    data: bytes = field(repr=False)
    format: str
    area: int


class ZBar:
    """Reads frames in a child that is started at the first one, and again after it died, hung or grew old."""

    def __init__(self, frame_s: float = FRAME_S, frames: int = FRAMES) -> None:
        self._frame_s, self._frames = frame_s, frames
        self._child: children.Child | None = None
        self._undead: children.Child | None = None
        self._shared: mmap.mmap | None = None
        self._awake, self._overdue_s = False, 0.0
        self._left = self._stillborn = 0

    @property
    def pid(self) -> int | None:
        """Of the child; None while there is none."""
        return self._child.pid if self._child else None

    def read(self, frame: Grey, patient: bool = True) -> list[ZBarSymbol]:
        """The frame's codes; none where the child died or took too long over it, nor, unless `patient`, while it is
        still starting."""
        if self._stillborn == STILLBORN or (self._undead is not None and self._undead.poll() is None):
            return []
        if self._child is None or self._shared is None or len(self._shared) < frame.size or self._left == 0:
            self.close()
            if not self._started(frame.size):
                return []
        if not self._awake and not self._woken(patient):
            return []
        self._left -= 1
        answer = self._asked(frame, self._shared)
        if answer is None:
            self.close()
            return []
        return _symbols(answer)

    def close(self) -> None:
        """Ends the child and waits for its end, so that nothing of it is left behind."""
        child, self._child = self._child, None
        if child is not None:
            self._undead = None if children.end(child) else child
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        if self._shared is not None:
            self._shared.close()
            self._shared = None

    def _started(self, size: int) -> bool:
        """False where the system has neither memory nor processes to spare: the next frame tries again."""
        try:
            self._start(size)
        except OSError:
            self.close()
            return False
        return True

    def _start(self, size: int) -> None:
        memory = os.memfd_create("frame")
        try:
            os.ftruncate(memory, size)
            self._shared = mmap.mmap(memory, size)
            self._child = children.start(
                "drivers.camera.zbar_child",
                (str(memory),),
                children.kept(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(memory,),
            )
        finally:
            os.close(memory)
        self._left, self._awake, self._overdue_s = self._frames, False, time.monotonic() + START_S

    def _woken(self, patient: bool) -> bool:
        """True once the child has said its first word; it is ended if it died or is overdue without one."""
        if not patient and not self._heard(0) and time.monotonic() < self._overdue_s:
            return False
        self._awake = self._line(self._overdue_s) is not None
        self._stillborn = 0 if self._awake else self._stillborn + 1
        if not self._awake:
            self.close()
        return self._awake

    def _asked(self, frame: Grey, shared: mmap.mmap | None) -> bytes | None:
        assert shared is not None  # noqa: S101 - read has just seen to it
        shared[: frame.size] = frame.tobytes()
        question = f"{frame.shape[1]} {frame.shape[0]}\n".encode()
        with contextlib.suppress(OSError):
            os.write(self._pipes()[0], question)
            return self._line(time.monotonic() + self._frame_s)
        return None

    def _line(self, end: float) -> bytes | None:
        """What the child says next; None if it dies, or says nothing until `end`."""
        line = b""
        while not line.endswith(b"\n"):
            part = os.read(self._pipes()[1], 65536) if self._heard(end - time.monotonic()) else b""
            line += part
            if not part or len(line) > LONGEST_ANSWER:
                return None
        return line

    def _heard(self, timeout: float) -> bool:
        return bool(select.select([self._pipes()[1]], [], [], max(timeout, 0))[0])

    def _pipes(self) -> tuple[int, int]:
        """To the child and from it."""
        child = self._child
        assert child is not None  # noqa: S101 - read has just seen to it
        assert child.stdin is not None  # noqa: S101
        assert child.stdout is not None  # noqa: S101
        return child.stdin.fileno(), child.stdout.fileno()


def _symbols(answer: bytes) -> list[ZBarSymbol]:
    found = []
    for each in json.loads(answer):
        data = restored(bytes.fromhex(each["data"]))
        if data is not None:
            found.append(ZBarSymbol(data, each["format"], each["area"]))
    return found


def restored(data: bytes) -> bytes | None:
    """The payload before ZBar guessed its character set and wrote it as UTF-8; None where that cannot be known.

    ZBar 0.23 guesses among Big5, Shift JIS, Latin-1 and UTF-8 (mchehab/zbar issues 212 and 244)."""
    if data.isascii():
        return data
    text = _decoded(data)
    if text is None or any(unicodedata.category(character) == "Co" for character in text):
        return None
    before = {raw for raw in (_encoded(text, name) for name in GUESSES) if raw is not None}
    if not before:
        return data
    utf8 = [raw for raw in before if _decoded(raw) is not None]
    return utf8[0] if len(utf8) == 1 else None


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None
