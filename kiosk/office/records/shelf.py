"""Where collected records lie: a file a tube, encrypted as it came, as on a stick; `kiosk records open` reads them."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.journal.disk import replace_whole
from kiosk.messages import Address
from kiosk.messages.tubes import Tube, leaf_of
from kiosk.office.opening import NotARecord, record_of
from kiosk.office.sticks import file_of


class Shelf:
    """A folder. What is in it is read once; `put` says what is newer."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._kept: dict[Path, Tube] = {}
        self.strange: list[Path] = []
        """What lies there and is no record."""
        for file in sorted(folder.glob("*/tubes-*.json")):
            try:
                self._kept[file] = record_of(file.read_bytes())
            except NotARecord:
                self.strange.append(file)

    def records(self) -> Iterator[Tube]:
        yield from self._kept.values()

    def put(self, record: Tube, payload: bytes) -> bool:
        """On the disk when it returns; False for one that is here as late as that. Raises OSError."""
        file = self._folder / file_of(topic_of(record))
        before = self._kept.get(file)
        if before is not None and before.seq >= record.seq:
            return False
        file.parent.mkdir(exist_ok=True)
        replace_whole(file, payload)
        self._kept[file] = record
        return True


def topic_of(record: Tube) -> str:
    return Address(record.region, record.round, record.point, record.kiosk).topic(leaf_of(record.code))
