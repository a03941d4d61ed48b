"""A kiosk that is taken out says so, once all that it owes has been said."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kiosk.app.addressing import address_of
from kiosk.app.clock import Clock
from kiosk.app.fitting import broker_of
from kiosk.app.recalling import recall
from kiosk.config import Config
from kiosk.frozen import dataclass
from kiosk.journal import Journal
from kiosk.messages import Address
from kiosk.messages.status import connection, status
from kiosk.model import Counters
from kiosk.ports import Broker, DeviceError, Message

PATIENCE_S = 60.0
"""So long without any acknowledgement, and it is given up."""
TURN_S = 0.2
LAST = 0xFFFF
"""The number of a connection that no process of this life comes to."""


@dataclass(frozen=True, slots=True)
class Retired:
    """`said` of `of` messages are at the broker, the last word among them if `is_out`; `why` not."""

    said: int
    of: int
    is_out: bool
    why: str = ""


def retire(config: Config, credentials: Path | None, told: Callable[[int, int], None]) -> Retired:
    """The kiosk is stopped, and nobody else uses its journal. Raises JournalError."""
    clock = Clock(config.point.clock == "trusted")
    broker = broker_of(config, credentials, clock)
    if broker is None:
        return Retired(0, 0, is_out=False, why="the configuration names no broker")
    journal, known = recall(config.state.directory, config.point.round, config.tubes.block)
    with journal:
        return _say(broker, journal, address_of(config), known.counters, clock, told)


def _say(
    broker: Broker, journal: Journal, own: Address, counters: Counters, clock: Clock, told: Callable[[int, int], None]
) -> Retired:
    last = status(own, "retired", counters, clock(), connection(counters.seq, LAST))
    owed = [message for message in journal.outbox() if message.topic != last.topic]
    done: list[Message] = []
    try:
        broker.open(last)
        # Last, and alone: whoever reads it may take all before it as said.
        for batch in (owed, [last]):
            for taken in _acknowledged(broker, batch):
                journal.acknowledge([taken])
                done.append(taken)
                told(len(done), len(owed) + 1)
        broker.close()
    except DeviceError as error:
        return Retired(len(done), len(owed) + 1, is_out=False, why=str(error))
    return Retired(len(done), len(owed) + 1, is_out=last in done, why=_why(broker))


def _why(broker: Broker) -> str:
    return "; ".join(f"{message.topic}: {why}" for message, why in broker.refused())


def _acknowledged(broker: Broker, messages: Iterable[Message]) -> Iterator[Message]:
    """What the broker took of them, as it does. Raises DeviceError."""
    left = 0
    for message in messages:
        broker.publish(message)
        left += 1
    end = time.monotonic() + PATIENCE_S
    while left and time.monotonic() < end:
        for taken in broker.acknowledged(TURN_S):
            left, end = left - 1, time.monotonic() + PATIENCE_S
            yield taken
