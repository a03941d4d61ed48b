"""Contradictions between the tables of devices: names, roles, and two at one place."""

import posixpath
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from kiosk.config.file import Sound
from kiosk.config.mistakes import Mistake
from kiosk.config.printers import PrinterTable, SerialPrinterTable, TcpPrinterTable, UsbPrinterTable
from kiosk.config.scanners import CameraTable, HidScannerTable, IdCardTable, ScannerTable, SerialScannerTable
from kiosk.frozen import dataclass
from kiosk.model import Role


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a device hangs: `table.key` says so in the file."""

    table: str
    key: str
    what: str

    def is_at(self, other: "_Place") -> bool:
        """A port may be a pattern that the other's name fits."""
        return fnmatchcase(self.what, other.what) or fnmatchcase(other.what, self.what)


def device_mistakes(sound: Sound) -> Iterator[Mistake]:
    yield from _names(sound)
    yield from _places(sound)
    if "printer" not in sound.unsound:
        printed = {role for printer in sound.printer.values() for role in printer.prints}
        for role in Role:
            if role not in printed:
                yield Mistake("printer", f"no printer has {role!s} in its prints", "Add it to one")


def _names(sound: Sound) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for table, device in _tables(sound).items():
        if device.name in seen:
            wrong = f"two devices have the same name, {device.name}: {seen[device.name]} and {table}"
            yield Mistake(f"{table}.name", wrong, "Give each scanner and printer a name of its own")
        seen.setdefault(device.name, table)


def _places(sound: Sound) -> Iterator[Mistake]:
    seen: list[_Place] = []
    for table, device in _tables(sound).items():
        place = _place(table, device)
        if place is None:
            continue
        first = next((each for each in seen if place.is_at(each)), None)
        if first is not None:
            wrong = f"{place.what} is named by {first.table}.{first.key} too, and a device serves one table"
            yield Mistake(f"{table}.{place.key}", wrong, "Name the one that `kiosk devices` shows for each")
        seen.append(place)


def _tables(sound: Sound) -> Mapping[str, ScannerTable | PrinterTable]:
    scanners = {f"scanner[{index}]": table for index, table in sound.scanner.items()}
    return {**scanners, **{f"printer[{index}]": table for index, table in sound.printer.items()}}


def _place(table: str, device: ScannerTable | PrinterTable) -> _Place | None:
    """None for a scanner named by vendor and product: two of them may be alike, each opens one."""
    match device:
        case IdCardTable() | SerialScannerTable() | SerialPrinterTable():
            return _Place(table, "port", posixpath.normpath(device.port))
        case UsbPrinterTable():
            return _Place(table, "device", posixpath.normpath(device.device))
        case TcpPrinterTable():
            return _Place(table, "host", f"{device.host}:{device.port}")
        case CameraTable():
            return _Place(table, "number", f"camera {device.number}")
        case HidScannerTable() if device.path is not None:
            return _Place(table, "path", posixpath.normpath(device.path))
    return None
