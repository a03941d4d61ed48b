"""What a host may tell a serial scanner and what it answers, by its maker; pure.

Sources: Honeywell N86 manual p. 166; Newland Serial Programming Command Manual; Datalogic PowerScan manual p. 397;
ZKTeco ZKB200 manual p. 16. Zebra's SSI has packets of its own: ssi.
"""

import re
from enum import StrEnum

from kiosk.frozen import dataclass


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


_ANSWER_BEGINS = b"\x02\x01"
_ANSWER = re.compile(rb"\x02\x010000[@#][^;\x02\x03\t\r\n]{0,48}([\x05\x06\x15]);\x03")
_GARBLED = re.compile(
    rb"\x02\x01[^\x02\t\r\n]{0,58}?(?:;\x03|[\x05\x06\x15][^\x02\t\r\n]??\x03|;[\x00\x01\x04-\x08\x0b\x0c\x0e-\x1f\x83])"
)
"""Some byte is wrong, of the end at most one."""
_ENDS_IT = re.compile(rb"[\x02\t\r\n]")
"""In no answer to our orders, but the next answer's beginning or a code's end."""
_LONGEST_ANSWER = 64
_WHOLE = b"\x02 \x01 0 0 0 0 @# S C N T R G 01 \x05\x06\x15 ; \x03".split(b" ")
"""What may stand at each place of an answer to our orders."""


class AnswerSieve:
    """Takes a Newland scanner's answers out of the stream of its codes, however it is cut."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def inside(self) -> bool:
        """True while an answer may have begun."""
        return bool(self._held)

    def feed(self, data: bytes) -> tuple[bytes, list[Answer]]:
        """What is left for the codes, and the answers. Broken answers are left out."""
        data, self._held = self._held + data, b""
        rest, answers = b"", list[Answer]()
        while (at := data.find(_ANSWER_BEGINS)) >= 0:
            rest, data = rest + data[:at], data[at:]
            size = _size(data)
            if size is None:
                self._held = data
                return rest, answers
            if found := _ANSWER.match(data[:size]):
                answers.append(Answer(found[1] == b"\x06"))
            elif _may_hold_a_codes_beginning(data, size):
                # Refused for its control bytes; one digit less might be another code.
                rest += data[:size]
            data = data[size:]
        keep = 1 if data.endswith(_ANSWER_BEGINS[:1]) else 0
        rest, self._held = rest + data[: len(data) - keep], data[len(data) - keep :]
        return rest, answers

    def fallen_silent(self) -> bytes:
        """What stands behind an answer that broke off."""
        held, self._held = self._held, b""
        if not held.startswith(_ANSWER_BEGINS):
            return held
        return held[_fitting(held) :] if len(held) > len(_WHOLE) else b""


def _size(data: bytes) -> int | None:
    """Bytes of the answer, whole or broken, with which `data` begins; None while more of it may come."""
    data = data[:_LONGEST_ANSWER]
    if found := _ANSWER.match(data) or _GARBLED.match(data):
        return found.end()
    if len(data) == _LONGEST_ANSWER or _ENDS_IT.search(data, 2):
        return _fitting(data)
    return None


def _may_hold_a_codes_beginning(data: bytes, size: int) -> bool:
    """Identity numbers and tubes begin with a digit, as the answer may have gone on when it broke off."""
    return data[size - 1 : size].isdigit() and not _ENDS_IT.match(data, size)


def _fitting(data: bytes) -> int:
    """How far `data` is an answer to our orders."""
    fits = (byte in place for byte, place in zip(data, _WHOLE, strict=False))
    return next((at for at, fit in enumerate(fits) if not fit), min(len(data), len(_WHOLE)))
