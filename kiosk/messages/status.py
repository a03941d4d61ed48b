"""Whether the kiosk is there: its birth, its orderly end, its last will; and that a round of it is over."""

import json
from typing import Literal

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.ports import Message

State = Literal["online", "offline", "lost", "closed", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Stamp):
    """Birth (`online`), orderly end (`offline`), last will (`lost`); `closed`: it has left this round or name;
    `retired`: it was taken out, and all that it had to say is said."""

    state: State
    connection: int
    """Of this life of the journal, later ones with higher numbers; 0 where there is none. A `lost` or `offline` is the
    end of the connection whose number it bears: of an earlier one than the last `online` it says nothing."""


def status(address: Address, state: State, counters: Counters, at: Instant, connection: int = 0) -> Message:
    return message(address, "status", Status(**stamp(counters, at), state=state, connection=connection))


def connection(started_seq: int, n: int) -> int:
    """The number of a process's n-th connection; each process begins with a commit."""
    return (started_seq << 16) + n


def is_of_one_connection(payload: bytes, birth: Message) -> bool:
    """Whether a status is a word of the connection with that birth."""
    try:
        said, born = json.loads(payload), json.loads(birth.payload)
        return bool((said["epoch"], said["connection"]) == (born["epoch"], born["connection"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def is_open(said: Message) -> bool:
    """Whether this is a kiosk's status where it has not said yet that it is gone from there."""
    return said.topic.endswith("/status") and b'"state":"closed"' not in said.payload
