"""What is asked of a table by whoever collects records, and its answer."""

import json
import re

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.model.records import Answered, Ask
from kiosk.ports import Message

LARGEST_BYTES, MOST_RANGES = 16_384, 512
LEAF = "ask"
_ID = re.compile(r"[0-9a-z-]{1,64}")
_EPOCH = re.compile(r"[0-9a-f]{32}")
_LATEST = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Stamp):
    """What became of what was asked last: so many of those records are known here and are told again."""

    asked: str
    """The id of the ask."""
    known: int


def answer(address: Address, counters: Counters, at: Instant, answered: Answered) -> Message:
    body = Answer(**stamp(counters, at), asked=answered.ask.id, known=answered.known)
    return message(address, "answer", body)


def asking(address: Address, ask: Ask) -> tuple[str, bytes]:
    """The topic, and what is to stand there, retained: no ranges is that nothing is missing."""
    body = {"id": ask.id, "epoch": ask.epoch, "ranges": ask.ranges}
    return address.topic(LEAF), json.dumps(body, separators=(",", ":")).encode()


def ask_of(topic: str, payload: bytes, own: Address) -> Ask | None:
    """What is asked of this table; None if nothing is, or nobody can tell what. Raises nothing."""
    if topic != own.topic(LEAF) or len(payload) > LARGEST_BYTES:
        return None
    try:
        match json.loads(payload):
            case {"id": str(name), "epoch": str(epoch), "ranges": list(ranges)} if _ID.fullmatch(name):
                found = tuple((first, last) for first, last in ranges if _is_stretch(first, last))
                whole = len(found) == len(ranges) and 0 < len(found) <= MOST_RANGES
                return Ask(name, epoch, found) if whole and _EPOCH.fullmatch(epoch) else None
    except (ValueError, TypeError, RecursionError):
        return None
    return None


def _is_stretch(first: object, last: object) -> bool:
    return isinstance(first, int) and isinstance(last, int) and 0 < first <= last < _LATEST
