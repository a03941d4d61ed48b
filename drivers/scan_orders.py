"""What a host may tell a serial scanner and what it answers, by its maker; pure.

Sources: Honeywell N86 manual p. 166; Newland Serial Programming Command Manual; Datalogic PowerScan manual p. 397;
ZKTeco ZKB200 manual p. 16. Zebra's SSI has packets of its own: ssi_packets.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Model(StrEnum):
    """Whose language the scanner speaks."""

    PLAIN = "plain"
    HONEYWELL = "honeywell"
    NEWLAND = "newland"
    NEWLAND_SHORT = "newland-short"
    DATALOGIC = "datalogic"
    ZKTECO = "zkteco"
    SSI = "ssi"


@dataclass(frozen=True, slots=True)
class Orders:
    """The bytes that start and stop a reading; `answers` if the scanner says whether it took them."""

    start: bytes
    stop: bytes
    answers: bool = False


def _newland(level: int) -> bytes:
    # '#': until the scanner is switched off; '@' would wear out its memory.
    return b"\x7e\x010000#SCNTRG%d;\x03" % level


ORDERS = {
    Model.HONEYWELL: Orders(b"\x16T\r", b"\x16U\r"),
    Model.NEWLAND: Orders(_newland(1), _newland(0), answers=True),
    Model.NEWLAND_SHORT: Orders(b"\x01T\x04", b"\x01P\x04"),
    Model.DATALOGIC: Orders(b"T", b"X"),
    Model.ZKTECO: Orders(b"T", b"P"),
}

NO_READ = b"%%NoRead"
"""What a ZKTeco scanner sends in place of a code that it could not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The scanner's word on an order: 06 taken, 15 value out of range, 05 unknown."""

    taken: bool


_ANSWER = re.compile(rb"\x02\x010000[@#][^;\x03]{0,48}([\x05\x06\x15]);\x03")
_ANSWER_BEGINS = b"\x02\x010000"
_LONGEST_ANSWER = 64


class AnswerSieve:
    """Takes a Newland scanner's answers out of the stream of its codes, however it is cut."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def inside(self) -> bool:
        """True while an answer may have begun."""
        return bool(self._held)

    def feed(self, data: bytes) -> tuple[bytes, list[Answer]]:
        """What is left for the codes, and the answers."""
        data = self._held + data
        answers = [Answer(found == b"\x06") for found in _ANSWER.findall(data)]
        rest = _ANSWER.sub(b"", data)
        at = _begun(rest)
        rest, self._held = rest[:at], rest[at:]
        return rest, answers

    def fallen_silent(self) -> bytes:
        """What had begun as an answer and was none."""
        rest, self._held = self._held, b""
        return rest


def _begun(data: bytes) -> int:
    """Where an answer that may still come whole begins; the end if nowhere."""
    at = data.find(_ANSWER_BEGINS, max(0, len(data) - _LONGEST_ANSWER))
    if at >= 0:
        return at
    sizes = range(min(len(_ANSWER_BEGINS), len(data)), 0, -1)
    return len(data) - next((size for size in sizes if _ANSWER_BEGINS.startswith(data[-size:])), 0)
