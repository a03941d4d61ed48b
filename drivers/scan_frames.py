"""Framing of scanners on a serial line, pure: bytes in, codes out."""

import hashlib
from collections.abc import Iterator
from enum import StrEnum

from kiosk.frozen import dataclass

LONGEST = 4096
"""Bytes of one code; health certificates reach 2,400."""
TORN_S = 0.5
"""A code that pauses this long before its end is torn."""
REST_S = 5.0
"""What comes so soon after a torn code is taken for its rest; a stalled adapter takes a few seconds. That a new code so
soon is lost once is the lesser harm: half of a code could be another person."""

DOUBT_AT = 3
"""So many codes without an end, one after the other, tell of a wrong setting rather than of a bad cable."""


class Framing(StrEnum):
    """How the scanner ends a code."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    STX_ETX = "stx-etx"
    GAP = "gap"
    """By silence alone; the shell tells when."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """More bytes than any code has came without an end; they were dropped."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A code without its end."""

    in_a_row: int = 1
    """How many have come since one had its end."""


_ENDS = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n", Framing.TAB: b"\t", Framing.STX_ETX: b"\x03"}
_AROUND = b"\r\n\x00\xff"
"""Line ends, and what a line says that is plugged in or disturbed; 0xFF is in no UTF-8 and no GB18030."""


OPENING_S = 3.0
"""So long an opening waits, at most, for the end of a code that had begun before; the longest takes 2.5 s at 9600
baud."""

SHORTEST_HEAD = 6
"""Bytes of a torn code by which it is known when it is shown again."""


@dataclass(frozen=True, slots=True)
class Head:
    """What came of a torn code; only its hash, as it may be a person's number."""

    size: int
    digest: bytes

    def begins(self, code: bytes) -> bool:
        """True if `code` is the torn one shown again, or one like it, and not its rest."""
        return SHORTEST_HEAD <= self.size < len(code) and hashlib.sha256(code[: self.size]).digest() == self.digest


def head_of(data: bytes) -> Head:
    return Head(len(data), hashlib.sha256(data).digest())


UNSEEN = Head(0, b"")
"""Of a code that had begun before anybody listened: nothing that comes can be told from its rest."""


class CodeReader:
    """Cuts a stream into codes; empty ones are no scans."""

    def __init__(self, framing: Framing, longest: int = LONGEST) -> None:
        self._end = _ENDS.get(framing, b"")
        self._begin = b"\x02" if framing is Framing.STX_ETX else b""
        self._longest = longest
        self._buffer = bytearray()
        self._overrun = False
        self._torn_in_a_row = 0
        self._torn: Head | None = None

    @property
    def inside(self) -> bool:
        """True while a code, or what follows a torn one, has begun and not ended."""
        return self._overrun or bool(self._buffer.strip(_AROUND))

    @property
    def amid(self) -> bool:
        """True while what comes, up to the next end, may be the rest of a code whose beginning is lost."""
        return self._torn is not None

    def opened(self) -> None:
        """The line was opened, it may be amid a code: that is dropped up to its end. A sign tells the beginning of
        the next where the scanner sends one."""
        self._torn = None if self._begin else UNSEEN

    def feed(self, data: bytes) -> Iterator[bytes | TooLong]:
        self._buffer += data
        while self._end and (at := self._buffer.find(self._end)) >= 0:
            code = bytes(self._buffer[:at])
            del self._buffer[: at + len(self._end)]
            yield from self._ended(code)
        self._drop_what_begins_no_code()
        if len(self._buffer) > self._longest:
            self._overrun = True
            self._drop_but_half_an_end()

    def flush(self) -> Iterator[bytes | TooLong]:
        """What stands there when the line falls silent."""
        code, self._buffer = bytes(self._buffer), bytearray()
        yield from self._ended(code)

    def tear(self) -> Torn | TooLong:
        """Gives up what has begun, and with it what comes up to the next end: without its beginning that would be
        another code. Where a sign tells the beginning, nothing more is lost."""
        told = TooLong() if self._overrun and self._torn is None else Torn(self._torn_in_a_row + 1)
        self._torn_in_a_row += 1
        self._torn = None if self._begin else head_of(bytes(self._buffer).strip(_AROUND))
        self._overrun = False
        self._drop_but_half_an_end()
        return told

    def forget_torn(self) -> None:
        """Nothing has come of the rest for so long that what comes is a new code."""
        if not self.inside:
            self._torn = None
            self._buffer.clear()

    def _drop_but_half_an_end(self) -> None:
        # A split end must still be found.
        half = self._end[:-1]
        self._buffer[:] = half if half and self._buffer.endswith(half) else b""

    def _drop_what_begins_no_code(self) -> None:
        if self._begin and (at := self._buffer.rfind(self._begin)) >= 0:
            self._overrun = False
            del self._buffer[:at]
        elif self._begin and not self._overrun:
            self._buffer.clear()
        elif not self._overrun and self._torn is None:
            # The line feed of a scanner that sends two ends where one is expected, and noise.
            del self._buffer[: len(self._buffer) - len(self._buffer.lstrip(_AROUND))]

    def _ended(self, code: bytes) -> Iterator[bytes | TooLong]:
        overrun, self._overrun = self._overrun, False
        torn, self._torn = self._torn, None
        self._torn_in_a_row = 0
        if self._begin:
            _, begun, code = code.rpartition(self._begin)
            if begun:
                overrun = False
            else:
                code = b""
        code = code.strip(_AROUND)
        if torn is not None and (overrun or not torn.begins(code)):
            return
        if overrun or len(code) > self._longest:
            yield TooLong()
        elif code:
            yield code
