"""Messages for the broker: the last word on each topic, and which of them the broker has taken over.

What is closed, as a round that the kiosk has left, is said again only until the broker has it, and then forgotten."""

import sqlite3
from collections.abc import Iterable

from kiosk.messages.stamp import Address
from kiosk.messages.status import is_open
from kiosk.ports import Message

QUERY = "SELECT topic, seq, payload, retain, acked_seq FROM outbox ORDER BY seq, topic"


def put(database: sqlite3.Connection, message: Message) -> None:
    database.execute(
        "INSERT INTO outbox (topic, seq, payload, retain) VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE"
        " SET seq = excluded.seq, payload = excluded.payload",
        (message.topic, message.seq, message.payload, message.retain),
    )


def never_taken(database: sqlite3.Connection) -> tuple[Message, ...]:
    """What the broker does not have, of whatever round; but for where the kiosk is, which each start says anew."""
    return tuple(message for message in unacknowledged(database) if not is_open(message))


def open_status(database: sqlite3.Connection) -> tuple[Message, ...]:
    """The last status of each round, or name, that was never said to be closed."""
    return tuple(message for message, _ in _all(database) if is_open(message))


def unacknowledged(database: sqlite3.Connection) -> tuple[Message, ...]:
    """The last word of each topic that the broker does not have."""
    return tuple(message for message, acked in _all(database) if not acked)


def acknowledge(database: sqlite3.Connection, messages: Iterable[Message]) -> None:
    for message in messages:
        query = "UPDATE outbox SET acked_seq = max(acked_seq, ?) WHERE topic = ?"
        database.execute(query, (message.seq, message.topic))


def forget(database: sqlite3.Connection) -> None:
    """What the broker has of what is closed."""
    words = _all(database)
    still = {Address.of(message.topic) for message, _ in words if is_open(message)}
    done = [(message.topic,) for message, acked in words if acked and Address.of(message.topic) not in still]
    database.executemany("DELETE FROM outbox WHERE topic = ?", done)


def _all(database: sqlite3.Connection) -> list[tuple[Message, bool]]:
    """Each with whether the broker has it."""
    return [
        (Message(topic, seq, payload, bool(retain)), acked_seq >= seq)
        for topic, seq, payload, retain, acked_seq in database.execute(QUERY)
    ]
