"""Whether the kiosk is there: its birth, its orderly end, its last will."""

from typing import Literal

from kiosk.frozen import dataclass
from kiosk.messages.stamp import Address, Stamp, message, stamp
from kiosk.model import Counters, Instant
from kiosk.ports import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Stamp):
    """Birth (`online`), the orderly end (`offline`) and the last will (`lost`)."""

    state: Literal["online", "offline", "lost"]


def status(address: Address, state: Literal["online", "offline", "lost"], counters: Counters, at: Instant) -> Message:
    return message(address, "status", Status(**stamp(counters, at), state=state))
