"""The printer's condition and how it says so (ESC/POS notes, section 5)."""

from dataclasses import dataclass
from typing import Literal

from kiosk.virtual.printer.settings import PrinterSettings

DRAWER, ONLINE, ERROR, PAPER = 1, 2, 4, 8
FIXED = 0x93
"""The bits of an answer to DLE EOT that say nothing."""
# The fourth byte of an ASB group is reserved; most printers send this.
RESERVED = 0x0F


@dataclass(frozen=True, slots=True)
class Condition:
    """What the sensors say."""

    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    cutter_error: bool = False
    head_hot: bool = False
    drawer_high: bool = False

    @property
    def error(self) -> bool:
        return self.cutter_error or self.head_hot

    @property
    def offline(self) -> bool:
        return self.paper_out or self.cover_open or self.error

    @property
    def report(self) -> bytes:
        """The four bytes of automatic status back (section 5.3)."""
        first = 0x10 | self.drawer_high << 2 | self.offline << 3 | self.cover_open << 5
        second = self.cutter_error << 3 | self.head_hot << 6
        third = 0x03 * self.near_end | 0x0C * self.paper_out
        return bytes((first, second, third, RESERVED))

    def watched(self, mask: int) -> tuple[object, ...]:
        """What a change of sets off a report, for GS a with `mask` (section 5.3)."""
        return (
            self.drawer_high if mask & DRAWER else None,
            (self.offline, self.cover_open) if mask & ONLINE else None,
            (self.cutter_error, self.head_hot) if mask & ERROR else None,
            (self.near_end, self.paper_out) if mask & PAPER else None,
        )

    def real_time(self, n: int) -> bytes:
        """The answer to DLE EOT n, one byte 0xx1xx10; none for an `n` that is not 1-4 (section 5.1)."""
        match n:
            case 1:
                bits = self.drawer_high << 2 | self.offline << 3
            case 2:
                bits = self.cover_open << 2 | self.paper_out << 5 | self.error << 6
            case 3:
                bits = self.cutter_error << 3 | self.head_hot << 6
            case 4:
                bits = 0x0C * self.near_end | 0x60 * self.paper_out
            case _:
                return b""
        return bytes((0x12 | bits,))

    def queued(self, n: int) -> bytes:
        """The answer to GS r n (section 5.2)."""
        match n:
            case 1 | 49:
                return bytes((0x03 * self.near_end | 0x0C * self.paper_out,))
            case 2 | 50:
                return bytes((int(self.drawer_high),))
            case _:
                return b""


Sensor = Literal["paper_out", "near_end", "cover_open", "cutter_error", "head_hot", "drawer_high"]


def identity(settings: PrinterSettings, n: int) -> bytes:
    """The answer to GS I n: one byte, or `5F` text `00` (section 5.5)."""
    match n:
        case 1 | 49:
            return bytes((settings.model_id,))
        case 2 | 50:
            return bytes((0x01 | settings.cutter << 1,))
        case 3 | 51:
            return b"\x02"
        case 65 | 66 | 67 | 68 | 69:
            font = "CHINA GB18030" if settings.charset == "gb18030" else "CHINA GB2312"
            strings = (settings.firmware, settings.maker, settings.model, settings.serial, font)
            return b"\x5f" + strings[n - 65].encode("ascii", "replace") + b"\0"
        case _:
            return b""


def printed(process_id: bytes) -> bytes:
    """The answer to GS ( H function 48 (section 6)."""
    return b"\x37\x22" + process_id + b"\0"


CLEARED = b"\x37\x25\0"
MARK_FOUND = b"\xaa"
MARK_MISSING = b"\x55"
