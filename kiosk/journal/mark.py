"""The mark beside the journal: which commit was the last, and which numbers it had used. Written after each commit and
not synced: after a power cut it may be older than the journal, or be no mark at all."""

import zlib
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.lease import Reserve

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """Of a commit; `used` are the last numbers of `block` then."""

    epoch: str
    seq: int
    block: str
    used: Reserve


class MarkFile:
    """The file, held open. Methods raise OSError."""

    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        self._file = file.open("r+b", buffering=0)

    def read(self) -> Mark | None:
        """None if there is none that can be believed."""
        try:
            self._file.seek(0)
            text, _, check = self._file.read(LONGEST).partition(b"\n")[0].rpartition(b" ")
            epoch, seq, block, tubes, vouchers = text.decode("ascii").split(" ")
            if int(check, 16) != zlib.crc32(text):
                return None
            return Mark(epoch, int(seq), block, Reserve(int(tubes), int(vouchers)))
        except ValueError:
            return None

    def write(self, mark: Mark) -> None:
        """In one write over the last one, which is never longer."""
        text = f"{mark.epoch} {mark.seq:020d} {mark.block} {mark.used.tubes:07d} {mark.used.vouchers:08d}".encode()
        self._file.seek(0)
        self._file.write(text + b" %08x\n" % zlib.crc32(text))

    def close(self) -> None:
        self._file.close()
