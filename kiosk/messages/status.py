"""Whether the kiosk is there: its birth, its orderly end, its last will; and that a round of it is over."""

from dataclasses import dataclass
from typing import Literal

from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.ports import Message

State = Literal["online", "offline", "lost", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Stamp):
    """Birth (`online`), orderly end (`offline`), last will (`lost`); `closed`: the kiosk went on to another round."""

    state: State


def status(address: Address, state: State, counters: Counters, at: Instant) -> Message:
    return message(address, "status", Status(**stamp(counters, at), state=state))


def is_of_open_round(said: Message) -> bool:
    """Whether this is a kiosk's status in a round that it has not closed."""
    return said.topic.endswith("/status") and b'"state":"closed"' not in said.payload
