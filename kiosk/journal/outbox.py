"""Messages for the broker: the last word on each topic, and which of them the broker has taken over.

Of a round that is over only what the broker never took is said again, and forgotten once it has."""

import sqlite3
from collections.abc import Iterable

from kiosk.messages.stamp import Address
from kiosk.messages.status import is_of_open_round
from kiosk.ports import Message

QUERY = "SELECT topic, seq, payload, retain, acked_seq FROM outbox ORDER BY seq, topic"


def put(database: sqlite3.Connection, message: Message) -> None:
    database.execute(
        "INSERT INTO outbox (topic, seq, payload, retain) VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE"
        " SET seq = excluded.seq, payload = excluded.payload",
        (message.topic, message.seq, message.payload, message.retain),
    )


def still_true(database: sqlite3.Connection, round_id: str) -> tuple[Message, ...]:
    """All of this round, whether acknowledged or not; of others what the broker has not taken, but for a status that
    the start is about to close."""
    return tuple(
        message
        for message, acked in _all(database)
        if _is_of(message, round_id) or (not acked and not is_of_open_round(message))
    )


def to_close(database: sqlite3.Connection, round_id: str) -> tuple[Message, ...]:
    """The last status of each other round that was never said to be closed."""
    return tuple(
        message for message, _ in _all(database) if not _is_of(message, round_id) and is_of_open_round(message)
    )


def unacknowledged(database: sqlite3.Connection) -> tuple[Message, ...]:
    """The last word of each topic that the broker does not have."""
    return tuple(message for message, acked in _all(database) if not acked)


def acknowledge(database: sqlite3.Connection, messages: Iterable[Message]) -> None:
    for message in messages:
        query = "UPDATE outbox SET acked_seq = max(acked_seq, ?) WHERE topic = ?"
        database.execute(query, (message.seq, message.topic))


def forget(database: sqlite3.Connection, round_id: str) -> None:
    """What the broker has of other rounds."""
    done = [(message.topic,) for message, acked in _all(database) if acked and not _is_of(message, round_id)]
    database.executemany("DELETE FROM outbox WHERE topic = ?", done)


def _all(database: sqlite3.Connection) -> list[tuple[Message, bool]]:
    """Each with whether the broker has it."""
    return [
        (Message(topic, seq, payload, bool(retain)), acked_seq >= seq)
        for topic, seq, payload, retain, acked_seq in database.execute(QUERY)
    ]


def _is_of(message: Message, round_id: str) -> bool:
    address = Address.of(message.topic)
    return address is not None and address.round == round_id
