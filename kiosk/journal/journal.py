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
used. It is written in the same transaction as what bears the number. And since the journal itself can be lost, rolled
back, restored from a backup or damaged, `custody` keeps a lease file beside it, written ahead by stretches: no number
is used twice whatever becomes of the journal; one that is not what was last written is noticed at the start, a new
epoch begins, and staff are told. Unique indexes stand behind all of it: a second unmarked slip, a second
sample of a person in a round and a second person in a place are refused by the database.

The rooms: `schema` opens and migrates, `soundness` checks the rows, `custody` guards by `lease` and `mark`, `renewal`
begins another life, `recalling` reads at a start, `answering` looks up for a decision, `writing` writes facts, `outbox`
keeps what the broker has not acknowledged, `rows` names the columns, `guarding` tells what can go wrong apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from kiosk.journal import outbox, rows
from kiosk.journal.answering import answer
from kiosk.journal.begun import Begun
from kiosk.journal.custody import Custody
from kiosk.journal.disk import free_bytes
from kiosk.journal.error import JournalError, JournalUnwilling
from kiosk.journal.guarding import guarded
from kiosk.journal.recalling import recall
from kiosk.journal.renewal import transaction
from kiosk.journal.schema import connect, disconnect
from kiosk.journal.writing import write, write_counters
from kiosk.model import Counters
from kiosk.model.changes import Change, Recalled
from kiosk.model.queries import Facts, Query
from kiosk.ports import Message

ENOUGH_COMMITS, MANY_COMMITS = 250, 500
"""After so many (some 2 and 4 MB) the WAL is folded in by a quiet moment, and even on the hot path. What stands in it
is as safe as in the file; to fold it in after each person would cost as much again as their commits."""

NOBODY_SEALED = f"UPDATE tubes SET recorded = 1 WHERE recorded = 0 AND id NOT IN ({rows.SEALED_IN})"
"""Of tubes that were filled before the kiosk had an authority's key it has nothing to tell."""


class Journal:
    """The journal of one kiosk, for one round. Used by one thread; every method raises JournalError."""

    def __init__(self, path: Path, round_id: str) -> None:
        self._path = path
        self._round = round_id
        self._last: Counters | None = None
        """What was written or read last: for an orderly stop, and to leave what is so already."""
        self._unfolded = 0
        self._taken: dict[str, Message] = {}
        """By topic: what the broker has taken and is not noted yet. If that is lost, a message is said once more."""
        self._untaken: dict[str, int] = {}
        """By topic: as of which commit the broker does not have the last word."""
        with guarded("open", self._path):
            if not path.exists():
                path.touch(mode=0o600)
            self._db = connect(path)
            try:
                self._custody = Custody(path, self._db)
            except BaseException:
                # Now: a connection that ends after the file was put aside would take the next one's log with it.
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """In good order: the next start gives no number up."""
        last = self._last
        try:
            self._note_taken()
        except JournalUnwilling:
            pass
        except JournalError:
            last = None
        with suppress(OSError):
            self._custody.close(last)
        with suppress(OSError):
            disconnect(self._db, self._path)

    def abandon(self) -> None:
        """As at a pulled plug."""
        self._custody.close(None)
        self._db.close()

    def restore(self, block: str, place: str = "") -> Recalled:
        """What the kiosk knew when it stopped; a journal whose past is not certain starts a new epoch, and so does one
        that counted in this round under another name than that of `place`: what was said there stands there."""
        with guarded("read", self._path):
            self._custody.take_over(outbox.was_elsewhere(self._db, self._round, place))
            self._custody.written()
            known = recall(self._db, self._round, block, self._custody.epoch)
        self._last = known.counters
        return known

    def answer(self, queries: Iterable[Query]) -> Facts:
        """Looks up what a decision needs."""
        with guarded("read", self._path):
            return Facts({query: answer(self._db, self._round, query) for query in queries})

    def commit(self, changes: Sequence[Change], counters: Counters, messages: Sequence[Message] = ()) -> None:
        """Writes all of it or nothing; on return it survives a pulled plug. Raises JournalUnwilling too."""
        with self._writing():
            self._custody.before(counters)
            with transaction(self._db):
                for change in changes:
                    self._write(change)
                if not write_counters(self._db, self._round, counters, self._last):
                    raise JournalError(f"somebody else writes to the journal {self._path}")
                for message in messages:
                    outbox.put(self._db, message)
                if self._taken:
                    outbox.acknowledge(self._db, self._taken.values())
        self._last, self._taken = counters, {}
        self._untaken |= {message.topic: message.seq for message in messages}
        # It is written. A mark that cannot be only makes the next start less certain.
        with suppress(OSError):
            self._custody.after(counters)
        self._unfolded += 1
        if self._unfolded >= MANY_COMMITS:
            # What was committed stays so, even if this fails.
            with suppress(JournalUnwilling), guarded("tidy", self._path):
                self._fold()

    def keys(self, round_key: bytes, voucher_key: bytes, place: str = "") -> tuple[bool, bool, bool]:
        """Notes by which keys (what tells them apart) and where the round is kept; for each whether it was begun so.
        Without a place, or in a round that was begun without one, any is right."""
        now = Begun(round_key, voucher_key, place)
        begun = self.begun().get(self._round)
        if begun is None:
            begun = now
            with self._writing(), transaction(self._db):
                row = self._round, begun.round_key, begun.voucher_key, begun.place
                self._db.execute("INSERT INTO rounds VALUES (?, ?, ?, ?)", row)
                self._db.execute(NOBODY_SEALED)
        elif place and not begun.place:
            with self._writing():
                self._db.execute("UPDATE rounds SET place = ? WHERE round = ?", (place, self._round))
        return begun.agrees(now)

    def begun(self) -> Mapping[str, Begun]:
        """How each round of this kiosk was begun, by its name."""
        with guarded("read", self._path):
            rows = self._db.execute("SELECT round, round_key, voucher_key, place FROM rounds").fetchall()
        return {round_id: Begun(*row) for round_id, *row in rows}

    def space(self) -> int:
        """Bytes that are free where the journal lies."""
        with guarded("read", self._path):
            return free_bytes(self._path.parent)

    def outbox(self) -> tuple[Message, ...]:
        """What the broker never took, of earlier lives and rounds too, and what earlier lives counted in this round.
        What is so now, the start says by itself."""
        epoch = self._last.epoch if self._last is not None else ""
        with guarded("read", self._path):
            left = outbox.never_taken(self._db)
            lives = outbox.earlier_lives(self._db, self._round, epoch)
        self._untaken = {message.topic: message.seq for message in left}
        return tuple({message.topic: message for message in (*lives, *left)}.values())

    def unacknowledged(self) -> int:
        """How many topics the broker does not have the last word of."""
        with guarded("read", self._path):
            left = outbox.unacknowledged(self._db)
        return sum(message.topic not in self._taken or self._taken[message.topic].seq < message.seq for message in left)

    @property
    def unsaid(self) -> int:
        """The same since the start, without a look at the file; any thread may ask."""
        return len(self._untaken)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """What the broker has taken over is noted with the next commit, or at an orderly stop."""
        self._taken |= {message.topic: message for message in messages}
        for message in messages:
            if self._untaken.get(message.topic, message.seq + 1) <= message.seq:
                del self._untaken[message.topic]

    def rest(self) -> None:
        """For each quiet moment: looks whether the files are still ours, and does what is due."""
        if self._unfolded >= ENOUGH_COMMITS:
            self.tidy()
        else:
            with self._writing():
                self._reserve_ahead()

    def tidy(self) -> None:
        """For a moment when nobody waits: folds the WAL into the file, and reserves numbers ahead."""
        with self._writing():
            self._fold()
            self._reserve_ahead()

    def _reserve_ahead(self) -> None:
        if self._last is not None:
            self._custody.ahead(self._last)

    def _note_taken(self) -> None:
        if self._taken:
            with self._writing(), transaction(self._db):
                outbox.acknowledge(self._db, self._taken.values())

    def _fold(self) -> None:
        """On a full disk it may end half way, and is taken again later."""
        try:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._custody.folded()
        self._unfolded = 0

    def _write(self, change: Change) -> None:
        write(self._db, self._round, change)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Only in a file that is still ours."""
        with guarded("write", self._path):
            self._custody.check()
            try:
                yield
            finally:
                self._custody.written()
