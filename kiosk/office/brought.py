"""What a stick brings of kiosks that no network joined: sheets of this point and round, for a table to take."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from kiosk.frozen import dataclass
from kiosk.journal import replace_whole
from kiosk.messages import Address
from kiosk.messages.people import sheet_in
from kiosk.model import Sheet

LARGEST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of a stick and what stands in it; None where that is no sheet of this point and round."""

    file: Path
    kiosk: str
    sheet: Sheet | None


def brought(stick: Path, address: Address) -> Iterator[Brought]:
    """As `kiosk export` wrote them, of every other kiosk of the point, in this folder or one below. Raises OSError."""
    own = f"{address.region}-{address.round}-{address.point}-"
    # What cannot be looked into would be as one that is empty.
    next(stick.iterdir(), None)
    for file in sorted(stick.rglob("people-*.json")):
        kiosk = file.parent.name.removeprefix(own)
        if file.parent.name.startswith(own) and kiosk != address.kiosk:
            yield Brought(file, kiosk, _sheet(file, address, kiosk))


def _sheet(file: Path, address: Address, kiosk: str) -> Sheet | None:
    """A stick is anybody's: what is no plain file, or larger than any sheet, is not read."""
    stat = file.lstat()
    if not S_ISREG(stat.st_mode) or stat.st_size > LARGEST_BYTES:
        return None
    return sheet_in(address, kiosk, file.stem, file.read_bytes())


def put(each: Brought, folder: Path) -> None:
    """Whole or not at all, where the kiosk looks, and for whom its state belongs to. Raises OSError."""
    place, owner = folder / each.kiosk, folder.parent.stat()
    place.mkdir(parents=True, exist_ok=True)
    replace_whole(place / each.file.name, each.file.read_bytes())
    for path in (folder, place, place / each.file.name):
        os.chown(path, owner.st_uid, owner.st_gid)
