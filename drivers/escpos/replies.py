"""What an ESC/POS printer says, pure: status bits to PrinterState, and one stream told apart into its replies.

Source: Epson's table of reply patterns (TM-T88III specification) and the bit tables of DLE EOT, GS a and GS ( H.
"""

from collections.abc import Iterator

from kiosk.frozen import dataclass
from kiosk.ports import PrinterFault, PrinterState

XON, XOFF = 0x11, 0x13
_BLOCK, _STRING = 0x37, 0x5F
_PROCESS_ID = 0x22
REGULAR, FIXED_BITS = 0x12, 0x93
"""The bits of an answer to DLE EOT that say nothing, as Epson has them."""
_LONGEST_BLOCK = 96


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to DLE EOT n; which n only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """The four bytes of automatic status back (ASB)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Queued:
    """The one byte that answers GS r: all before it has been worked off."""

    byte: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """The echo of GS ( H: all before it is on paper."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Info:
    """A string or block that answers another question."""

    data: bytes


Reply = RealTime | Automatic | Queued | ProcessId | Info


class ReplyReader:
    """Tells the replies of one stream apart, however it is cut; bytes that fit nothing are dropped."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.fixed = REGULAR
        """The bits of an answer to DLE EOT that never change; some makers have others than Epson."""

    def reset(self) -> None:
        self._buffer.clear()

    def feed(self, data: bytes) -> Iterator[Reply]:
        self._buffer += bytes(byte for byte in data if byte not in (XON, XOFF))
        while self._buffer:
            size = self._size()
            if size is None:
                return
            frame = bytes(self._buffer[: max(1, size)])
            del self._buffer[: max(1, size)]
            if size and (reply := self._reply(frame)) is not None:
                yield reply

    def _size(self) -> int | None:
        """The length of the reply at the front, 0 if none begins there, None if more must come."""
        first = self._buffer[0]
        if first in (_BLOCK, _STRING):
            return self._block_size()
        if first & FIXED_BITS == 0x10 != self.fixed:
            return self._automatic_size()
        return 1

    def _block_size(self) -> int | None:
        end = self._buffer.find(0, 1)
        if end > 0:
            return end + 1
        return None if len(self._buffer) < _LONGEST_BLOCK else 0

    def _automatic_size(self) -> int | None:
        rest = self._buffer[1:4]
        if any(byte & 0x90 for byte in rest):
            return 0
        return 4 if len(rest) == 3 else None

    def _reply(self, frame: bytes) -> Reply | None:
        first = frame[0]
        if first == _BLOCK:
            return ProcessId(frame[2:-1]) if frame[1] == _PROCESS_ID else Info(frame)
        if first == _STRING:
            return Info(frame)
        if len(frame) == 4:
            return Automatic(frame)
        if first & FIXED_BITS == self.fixed:
            return RealTime(first)
        return Queued(first) if first & 0x90 == 0 else None


def from_automatic(data: bytes) -> PrinterState:
    """ASB: byte 1 offline and cover, 2 errors, 3 paper."""
    one, two, three, _ = data
    faults = {
        PrinterFault.COVER_OPEN: one & 0x20,
        PrinterFault.CUTTER: two & 0x08,
        PrinterFault.BROKEN: two & 0x20,
        PrinterFault.HOT: two & 0x40,
        PrinterFault.PAPER_OUT: three & 0x0C,
    }
    return _state(faults, bool(one & 0x08), bool(three & 0x03))


def from_real_time(printer: int, offline: int, error: int, paper: int) -> PrinterState:
    """The four answers to DLE EOT 1, 2, 3 and 4."""
    faults = {
        PrinterFault.COVER_OPEN: offline & 0x04,
        PrinterFault.CUTTER: error & 0x08,
        PrinterFault.BROKEN: error & 0x20,
        PrinterFault.HOT: error & 0x40,
        PrinterFault.PAPER_OUT: (offline & 0x20) | (paper & 0x60),
    }
    return _state(faults, bool(printer & 0x08), bool(paper & 0x0C))


def _state(bits: dict[PrinterFault, int], offline: bool, low: bool) -> PrinterState:
    faults = {fault for fault, bit in bits.items() if bit}
    if offline and not faults:
        faults.add(PrinterFault.OFFLINE)
    return PrinterState(True, frozenset(faults), low and PrinterFault.PAPER_OUT not in faults)
