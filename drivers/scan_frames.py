"""Framing of scanners on a serial line, pure: bytes in, codes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 4096
"""Bytes of one code; health certificates reach 2,400."""


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


_ENDS = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n", Framing.TAB: b"\t", Framing.STX_ETX: b"\x03"}
_LINE_ENDS = b"\r\n"


class CodeReader:
    """Cuts a stream into codes; empty ones are no scans."""

    def __init__(self, framing: Framing, longest: int = LONGEST) -> None:
        self._end = _ENDS.get(framing, b"")
        self._begin = b"\x02" if framing is Framing.STX_ETX else b""
        self._longest = longest
        self._buffer = bytearray()
        self._overrun = False

    @property
    def inside(self) -> bool:
        """True while a code has begun and not ended."""
        return bool(self._buffer) or self._overrun

    def feed(self, data: bytes) -> Iterator[bytes | TooLong]:
        self._buffer += data
        while self._end and (at := self._buffer.find(self._end)) >= 0:
            code = bytes(self._buffer[:at])
            del self._buffer[: at + len(self._end)]
            yield from self._ended(code)
        self._drop_what_begins_no_code()
        if len(self._buffer) > self._longest:
            self._overrun = True
            # A split end must still be found: keep as much as its first byte.
            del self._buffer[: len(self._buffer) - (len(self._end) - 1)]

    def flush(self) -> Iterator[bytes | TooLong]:
        """What stands there when the line falls silent."""
        code, self._buffer = bytes(self._buffer), bytearray()
        yield from self._ended(code)

    def _drop_what_begins_no_code(self) -> None:
        if self._begin and (at := self._buffer.rfind(self._begin)) >= 0:
            self._overrun = False
            del self._buffer[:at]
        elif self._begin and not self._overrun:
            self._buffer.clear()
        elif not self._overrun:
            # The line feed of a scanner that sends two ends where one is expected.
            del self._buffer[: len(self._buffer) - len(self._buffer.lstrip(_LINE_ENDS))]

    def _ended(self, code: bytes) -> Iterator[bytes | TooLong]:
        overrun, self._overrun = self._overrun, False
        if self._begin:
            _, begun, code = code.rpartition(self._begin)
            if begun:
                overrun = False
            else:
                code = b""
        if overrun or len(code) > self._longest:
            yield TooLong()
        elif code := code.strip(_LINE_ENDS):
            yield code
