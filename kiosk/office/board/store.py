"""What the board keeps for its next start, and for any moment that is asked about: an SQLite file of its own."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

from kiosk.frozen import dataclass
from kiosk.office.board.curve import MINUTE_S

STRETCH_MIN = 5
SCHEMA = """
CREATE TABLE IF NOT EXISTS words (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, at_s REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS came (
  round TEXT, stretch INTEGER, point TEXT, people INTEGER NOT NULL, PRIMARY KEY (round, stretch, point)
) WITHOUT ROWID;
"""


class StoreError(Exception):
    """The file cannot be used; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Word:
    """A topic's last word, and when it came (Unix time)."""

    topic: str
    payload: bytes
    at_s: float


def _alone(file: Path) -> IO[bytes]:
    """Held open as long as the store is. Raises StoreError."""
    try:
        held = file.open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            held.close()
            raise
    except BlockingIOError:
        raise StoreError(f"{file}: another board has it. Leave --store out, or name another file") from None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}. Name another file") from error
    return held


class Store:
    """In memory where no file is given. Any thread's, one at a time; one board's, as two would note everybody twice,
    but for who is only `reading`. Every method raises StoreError."""

    def __init__(self, file: Path | None, reading: bool = False) -> None:
        self._file, self._lock = file, threading.Lock()
        if reading and file is not None and not file.exists():
            raise StoreError(f"{file}: there is no such file. Name the one that a board kept (--store)")
        self._held = None if reading or file is None else _alone(file)
        try:
            self._db = sqlite3.connect(file or ":memory:", timeout=5, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL").fetchone()
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(
                f"{file}: {error}. Name another file, or move this one away: all is at the broker"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        if self._held is not None:
            # Not before: SQLite's own locks go with the first descriptor of the file that is closed.
            self._held.close()

    def words(self) -> Iterator[Word]:
        for topic, payload, at_s in self._query("SELECT topic, payload, at_s FROM words", ()):
            yield Word(topic, payload, at_s)

    def keep(self, round_id: str, words: Iterable[Word], came: Mapping[tuple[str, int], int]) -> None:
        """All of it or nothing; `came` by point and minute. What was not written when the power went is heard again."""
        stretches: dict[tuple[int, str], int] = {}
        for (point, minute), n in came.items():
            place = (minute // STRETCH_MIN * STRETCH_MIN, point)
            stretches[place] = stretches.get(place, 0) + n
        try:
            with self._lock, self._db:
                self._db.execute("BEGIN IMMEDIATE")
                rows = ((word.topic, word.payload, word.at_s) for word in words)
                self._db.executemany("INSERT OR REPLACE INTO words VALUES (?, ?, ?)", rows)
                query = (
                    "INSERT INTO came VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET people = people + excluded.people"
                )
                self._db.executemany(query, ((round_id, minute, point, n) for (minute, point), n in stretches.items()))
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._file}: {error}. What is at the broker is whole; see to the file's disk"
            ) from error

    def curve(self, round_id: str, point: str | None = None) -> dict[int, int]:
        """People by the first minute of each stretch of five; of a point, or of all."""
        query = "SELECT stretch, sum(people) FROM came WHERE round = ? AND (? IS NULL OR point = ?) GROUP BY stretch"
        return dict(self._query(query, (round_id, point, point)))

    def since(self, round_id: str, minute: int) -> dict[str, dict[int, int]]:
        """Who came to each point from that minute on, each stretch's people spread over it."""
        query = "SELECT point, stretch, people FROM came WHERE round = ? AND stretch >= ?"
        found: dict[str, dict[int, int]] = {}
        for point, stretch, people in self._query(query, (round_id, minute)):
            minutes = found.setdefault(point, {})
            for n in range(STRETCH_MIN):
                minutes[stretch + n] = people * (n + 1) // STRETCH_MIN - people * n // STRETCH_MIN
        return found

    def until(self, round_id: str, at_s: float) -> dict[str, int]:
        """How many had come to each point by then, of those whose coming the board saw."""
        query = "SELECT point, sum(people) FROM came WHERE round = ? AND stretch < ? GROUP BY point"
        return dict(self._query(query, (round_id, int(at_s // MINUTE_S))))

    def _query(self, query: str, values: tuple[object, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self._file}: {error}") from error
