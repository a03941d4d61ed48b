"""Messages for the broker: the last word on each topic, and which of them the broker has taken over.

What is closed, as a round that the kiosk has left, is said again only until the broker has it, and then forgotten."""

import sqlite3
from collections.abc import Iterable

from kiosk.messages.counts import is_counts, life_of
from kiosk.messages.stamp import Address
from kiosk.messages.status import is_open
from kiosk.ports import Message

TAKEN = "acked_seq >= seq"
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


def earlier_lives(database: sqlite3.Connection, round_id: str, epoch: str) -> tuple[Message, ...]:
    """What other lives of this journal counted in the round, though the broker may have it: it may lose it."""
    found = ((message, life_of(message.topic, round_id)) for message, _ in _all(database))
    return tuple(message for message, life in found if life is not None and life != epoch)


def open_status(database: sqlite3.Connection) -> tuple[Message, ...]:
    """The last status of each round, or name, that was never said to be closed."""
    return tuple(message for message, _ in _all(database) if is_open(message))


def was_elsewhere(database: sqlite3.Connection, round_id: str, place: str) -> bool:
    """Whether the round was held at another place than this one, and was not said to be closed there."""
    found = (Address.of(message.topic) for message in open_status(database))
    return bool(place) and any(each is not None and each.round == round_id and each.place != place for each in found)


def unacknowledged(database: sqlite3.Connection) -> tuple[Message, ...]:
    """The last word of each topic that the broker does not have."""
    return tuple(message for message, acked in _all(database) if not acked)


def acknowledge(database: sqlite3.Connection, taken: Iterable[Message]) -> None:
    """Notes what the broker has, and forgets what is closed of it. However much else waits, it is not looked at."""
    for message in taken:
        query = "UPDATE outbox SET acked_seq = max(acked_seq, ?) WHERE topic = ?"
        database.execute(query, (message.seq, message.topic))
    for message in taken:
        _forget(database, message.topic)


def _forget(database: sqlite3.Connection, topic: str) -> None:
    """With the status of a place that was left goes all that the broker has of it; of a tube nothing is said again."""
    place = Address.of(topic) if not is_counts(topic) else Address.of(topic.rpartition("/")[0])
    if place is None:
        database.execute(f"DELETE FROM outbox WHERE topic = ? AND {TAKEN}", (topic,))
    elif not _is_open(database, place.topic("status")):
        first = place.topic("")
        after = f"{first[:-1]}0"  # which follows on a slash
        database.execute(f"DELETE FROM outbox WHERE topic > ? AND topic < ? AND {TAKEN}", (first, after))


def _is_open(database: sqlite3.Connection, topic: str) -> bool:
    row = database.execute("SELECT seq, payload, retain FROM outbox WHERE topic = ?", (topic,)).fetchone()
    return row is not None and is_open(Message(topic, row[0], row[1], bool(row[2])))


def _all(database: sqlite3.Connection) -> list[tuple[Message, bool]]:
    """Each with whether the broker has it."""
    return [
        (Message(topic, seq, payload, bool(retain)), acked_seq >= seq)
        for topic, seq, payload, retain, acked_seq in database.execute(QUERY)
    ]
