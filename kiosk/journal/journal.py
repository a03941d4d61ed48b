"""The journal: one SQLite file, in WAL with synchronous=FULL, one transaction an event.

It is the only thing that outlives a pulled plug, so it alone says what is so. Three promises carry the rest.

Written before it is done. What a decision changes is committed, and has passed fdatasync, before a byte goes to a
printer, a lamp says yes or a message leaves. So after a cut the journal may know of something that nobody saw (a slip
that is SENDING and never left), never the other way round; what may be on paper or not is a question to staff.

One source, two readers. A change is a fact (kiosk.model.changes). `writing` makes rows of it, the session's slices fold
it into memory, and neither reads the other. `recalling` therefore gives at a start what folding every change ever
committed would give; tests/unit/journal/test_law.py holds that for any order of events, and whoever adds a change and
forgets one of its readers sees it there.

Each commit follows on the last. `seq` counts commits within an epoch, the life of one file, and a commit writes its seq
only over the one before. A second writer with counters of its own, or memory that missed a commit, is stopped and not
obeyed: it would set counters back and allot a number twice.

Numbers come from the lease: a kiosk owns blocks of tube and voucher serials, and `leases` holds how far each has been
used. It is written in the same transaction as what bears the number. Unique indexes stand behind all of it: a second
unmarked slip, a second sample of a person in a round and a second person in a place are refused by the database.

The rooms: `schema` opens and migrates, `recalling` reads at a start, `answering` looks up for a decision, `writing`
writes facts, `outbox` keeps what the broker has not acknowledged, `rows` names the columns.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from kiosk.journal import outbox
from kiosk.journal.answering import answer
from kiosk.journal.error import JournalError
from kiosk.journal.recalling import recall
from kiosk.journal.schema import connect
from kiosk.journal.writing import write, write_counters
from kiosk.model import Counters
from kiosk.model.changes import Change, Recalled
from kiosk.model.queries import Facts, Query
from kiosk.ports import Message


class Journal:
    """The journal of one kiosk, for one round. Used by one thread; every method raises JournalError."""

    def __init__(self, path: Path, round_id: str) -> None:
        self._path = path
        self._round = round_id
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise JournalError(f"cannot open the journal {path}: {error.strerror}") from error
        with self._guarded("open"):
            self._db = connect(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def restore(self, block: str) -> Recalled:
        """What the kiosk knew when it stopped; a new journal starts a new epoch."""
        with self._guarded("read"):
            return recall(self._db, self._round, block)

    def answer(self, queries: Iterable[Query]) -> Facts:
        """Looks up what a decision needs."""
        with self._guarded("read"):
            return Facts({query: answer(self._db, self._round, query) for query in queries})

    def commit(self, changes: Sequence[Change], counters: Counters, messages: Iterable[Message] = ()) -> None:
        """Writes all of it or nothing; on return it survives a pulled plug."""
        with self._guarded("write"), self._transaction():
            for change in changes:
                self._write(change)
            if not write_counters(self._db, self._round, counters):
                raise JournalError(f"somebody else writes to the journal {self._path}")
            for message in messages:
                outbox.put(self._db, message)

    def outbox(self) -> tuple[Message, ...]:
        """The last message of each topic, whether acknowledged or not: each start says them again."""
        with self._guarded("read"):
            return outbox.last_words(self._db)

    def unacknowledged(self) -> int:
        """How many topics the broker does not have the last word of."""
        with self._guarded("read"):
            return outbox.unacknowledged(self._db)

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Notes what the broker has taken over."""
        with self._guarded("write"), self._transaction():
            outbox.acknowledge(self._db, messages)

    def tidy(self) -> None:
        """Folds the WAL into the file; for a moment when nobody waits."""
        with self._guarded("write"):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _write(self, change: Change) -> None:
        write(self._db, self._round, change)

    @contextmanager
    def _guarded(self, doing: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(f"cannot {doing} the journal {self._path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
