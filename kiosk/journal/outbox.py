"""Messages for the broker: the last word on each topic, and which of them the broker has taken over."""

import sqlite3
from collections.abc import Iterable

from kiosk.ports import Message


def put(database: sqlite3.Connection, message: Message) -> None:
    database.execute(
        "INSERT INTO outbox (topic, seq, payload, retain) VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE"
        " SET seq = excluded.seq, payload = excluded.payload",
        (message.topic, message.seq, message.payload, message.retain),
    )


def last_words(database: sqlite3.Connection) -> tuple[Message, ...]:
    """Whether acknowledged or not."""
    found = database.execute("SELECT topic, seq, payload, retain FROM outbox ORDER BY seq, topic")
    return tuple(Message(topic, seq, payload, bool(retain)) for topic, seq, payload, retain in found)


def unacknowledged(database: sqlite3.Connection) -> int:
    """How many topics the broker does not have the last word of."""
    return int(database.execute("SELECT count(*) FROM outbox WHERE acked_seq < seq").fetchone()[0])


def acknowledge(database: sqlite3.Connection, messages: Iterable[Message]) -> None:
    for message in messages:
        query = "UPDATE outbox SET acked_seq = max(acked_seq, ?) WHERE topic = ?"
        database.execute(query, (message.seq, message.topic))
