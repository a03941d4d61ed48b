"""Whether the kiosk is there: its birth, its orderly end, its last will; and that a round of it is over."""

from typing import Literal

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.ports import Message

State = Literal["online", "offline", "lost", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Stamp):
    """Birth (`online`), orderly end (`offline`), last will (`lost`); `closed`: it has left this round or name."""

    state: State


def status(address: Address, state: State, counters: Counters, at: Instant) -> Message:
    return message(address, "status", Status(**stamp(counters, at), state=state))


def is_open(said: Message) -> bool:
    """Whether this is a kiosk's status where it has not said yet that it is gone from there."""
    return said.topic.endswith("/status") and b'"state":"closed"' not in said.payload
