"""What a stick brings of kiosks that no network joined: sheets of this point and round, for a table to take."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG

from kiosk.frozen import dataclass
from kiosk.journal import bring
from kiosk.messages import Address
from kiosk.messages.people import sheet_in
from kiosk.model import Sheet, SheetName

LARGEST_BYTES = 2**20


class Passed(StrEnum):
    """Why a file is passed over."""

    STRANGE = "strange"
    """No sheet of this point and round, or not to be read."""
    OTHER_KEY = "other-key"
    """Its people are known by another round key: nobody of them would be found here."""
    OLDER = "older"
    """This kiosk, or the same stick, knows a later word of it."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of a stick and what stands in it; `sheet` is None where that is no sheet of this point and round."""

    file: Path
    kiosk: str
    sheet: Sheet | None
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Of each sheet the latest word, and what is passed over."""

    taken: tuple[tuple[Brought, Sheet], ...]
    passed: tuple[tuple[Path, Passed], ...]


def brought(stick: Path, address: Address) -> Iterator[Brought]:
    """As `kiosk export` wrote them, of every other kiosk of the point, in this folder or one below. Raises OSError if
    the folder itself cannot be looked into."""
    own = f"{address.region}-{address.round}-{address.point}-"
    # What cannot be looked into would be as one that is empty.
    next(stick.iterdir(), None)
    for file in sorted(stick.rglob("people-*.json")):
        kiosk = file.parent.name.removeprefix(own)
        if file.parent.name.startswith(own) and kiosk != address.kiosk:
            yield _read(file, address, kiosk)


def _read(file: Path, address: Address, kiosk: str) -> Brought:
    """A stick is anybody's: what is no plain file, or larger than any sheet, is not read."""
    try:
        stat = file.lstat()
        if not S_ISREG(stat.st_mode) or stat.st_size > LARGEST_BYTES:
            return Brought(file, kiosk, None)
        data = file.read_bytes()
    except OSError:
        return Brought(file, kiosk, None)
    return Brought(file, kiosk, sheet_in(address, kiosk, file.stem, data), data)


def sort(found: Iterable[Brought], mark: str, known: Mapping[SheetName, int]) -> Sorted:
    """`mark` is of this kiosk's round key, empty if it has none yet; `known` are the commits as of which it knows
    sheets."""
    latest, passed = dict[SheetName, tuple[Brought, Sheet]](), list[tuple[Path, Passed]]()
    for each in found:
        sheet = each.sheet
        if sheet is None:
            passed.append((each.file, Passed.STRANGE))
        elif mark and sheet.mark not in ("", mark):
            passed.append((each.file, Passed.OTHER_KEY))
        elif sheet.seq < max(known.get(sheet.name, -1), latest[sheet.name][1].seq if sheet.name in latest else -1):
            passed.append((each.file, Passed.OLDER))
        else:
            if sheet.name in latest:
                passed.append((latest[sheet.name][0].file, Passed.OLDER))
            latest[sheet.name] = each, sheet
    return Sorted(tuple(latest.values()), tuple(passed))


def brought_before(folder: Path, address: Address) -> Iterator[Sheet]:
    """What sticks have brought by now, whether the kiosk has looked at it or not."""
    for file in sorted(folder.glob("*/people-*.json")):
        sheet = _read(file, address, file.parent.name).sheet
        if sheet is not None:
            yield sheet


def put(each: Brought, folder: Path) -> None:
    """Whole or not at all, where the kiosk looks. Raises OSError."""
    bring(folder, each.kiosk, each.file.name, each.data)
