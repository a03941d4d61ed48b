"""Whom the kiosk met in a round that is long over is forgotten: in the rows, and in every byte that rows left behind.

SQLite leaves old content behind: in free pages, in gaps of pages, in the log, in files that it deletes. So what is kept
goes into a fresh file, and the old ones are overwritten before their names go. A mark beside the journal says that this
has begun; a purge that was cut off is carried through by the next start. What tells nothing about anybody is kept:
tubes, places, vouchers, counts.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import rows
from kiosk.journal.disk import another_name, begin_like, overwrite, sync
from kiosk.journal.error import JournalError
from kiosk.journal.guarding import guarded
from kiosk.journal.read_beside import reading
from kiosk.journal.renewal import transaction
from kiosk.journal.schema import connect, disconnect
from kiosk.messages.stamp import Address
from kiosk.model.tables import KEY_BYTES

TELLING = 8
"""So many bytes of a person's key or sealed identity are nobody else's."""

_NAMED = "(name <> '' OR number <> '' OR sealed IS NOT NULL)"
_FORGET = "person_key = randomblob(length(person_key)), name = '', number = '', sealed = NULL"


@dataclass(frozen=True, slots=True)
class Purged:
    """`waits`: rounds that are due, of which the centre does not have every record."""

    rounds: tuple[str, ...]
    people: int
    waits: tuple[str, ...]
    traces: frozenset[int]
    """What nothing on the disk may hold any more, for `found_again`."""


def is_due(journal: Path, present: str) -> bool:
    """Whether this is the first start in a round, or the one after a purge that was cut off: then it is looked at."""
    if _mark(journal).exists():
        return True
    try:
        with reading(journal) as database:
            return database.execute("SELECT 1 FROM rounds WHERE round = ?", (present,)).fetchone() is None
    except JournalError:
        return False


def purge(
    journal: Path, present: str, keep_ms: int, now_ms: int | None, rounds: Collection[str] = (), anyway: bool = False
) -> Purged:
    """Of all rounds whose last person came longer ago than `keep_ms`, or of those that are named, but for the present
    one. Without a clock the last time that the journal knows is now. `anyway`: though the centre lacks records.

    Nobody else may use the journal meanwhile. Raises JournalError, JournalDamaged, JournalUnwilling; what was forgotten
    by then stays so, and the rest is done by the next purge.
    """
    with guarded("purge", journal):
        database = connect(journal)
        try:
            due = [name for name in rounds or _over(database, keep_ms, now_ms) if name != present]
            waits = () if anyway else tuple(name for name in due if _lacks(database, name))
            over = tuple(name for name in due if name not in waits)
            traces = frozenset(_traces(database, over)) if over else frozenset()
            people = sum(_count(database, name) for name in over)
            if people:
                _begin(journal)
                _forget(database, over)
            if _mark(journal).exists():
                _write_anew(database, journal)
        finally:
            disconnect(database, journal)
        if _mark(journal).exists():
            _put_in_place(journal)
    return Purged(over, people, waits, traces)


def found_again(files: Iterable[Path], traces: frozenset[int]) -> int:
    """How many traces these files still hold, wherever in them. Raises OSError."""
    found: set[int] = set()
    for file in files:
        data = file.read_bytes()
        for at in range(TELLING):
            whole = memoryview(data)[at : at + (len(data) - at) // TELLING * TELLING]
            found |= traces.intersection(whole.cast("Q"))
    return len(found)


def _over(database: sqlite3.Connection, keep_ms: int, now_ms: int | None) -> list[str]:
    """Rounds whose last dated person came before that. One without a date is as old as lists and other tables tell,
    else as the next dated one after it; a round in which nobody came, and that nothing dates, is over."""
    newest = database.execute("SELECT max(wall_ms) FROM samples WHERE trusted").fetchone()[0]
    known_ms = newest if now_ms is None else now_ms
    if known_ms is None:
        return []
    query = f"""
      SELECT round FROM (
        SELECT round, max(seq) AS last, max(CASE WHEN trusted THEN wall_ms END) AS dated,
          nullif(max(told_ms), 0) AS told, max(came) AS came FROM (
          SELECT round, seq, trusted, wall_ms, 0 AS told_ms, 1 AS came FROM samples WHERE {_NAMED}
          UNION ALL SELECT round, 0, trusted, wall_ms, 0, 1 FROM exempt WHERE {_NAMED}
          UNION ALL SELECT round, 0, 0, NULL, made_s * 1000, 0 FROM rosters
          UNION ALL SELECT round, 0, 0, NULL, coalesce(at_ms, 0), 0 FROM others
          UNION ALL SELECT round, 0, 0, NULL, 0, 0 FROM expected
        ) GROUP BY round
      )
      WHERE coalesce(
        dated, told, (SELECT min(wall_ms) FROM samples WHERE seq > last AND trusted), CASE came WHEN 0 THEN 0 END
      ) < ?
      ORDER BY last
    """
    return [name for (name,) in database.execute(query, (known_ms - keep_ms,))]


def _lacks(database: sqlite3.Connection, round_id: str) -> bool:
    """A record was not made yet, or the broker has not acknowledged it. A round's last tube is closed by the next one's
    start, and one without a code when its barcode is scanned."""
    owed = f"id IN ({rows.SEALED_IN} AND void = 0) OR {rows.CLOSED} AND id IN ({rows.SEALED_IN})"
    query = f"SELECT 1 FROM tubes WHERE round = ? AND recorded = 0 AND ({owed}) LIMIT 1"
    if database.execute(query, (round_id,)).fetchone():
        return True
    topics = database.execute("SELECT topic FROM outbox WHERE acked_seq < seq")
    return any(_is_record(topic, round_id) for (topic,) in topics)


def _is_record(topic: str, round_id: str) -> bool:
    found = Address.parted(topic)
    return found is not None and found[0].round == round_id and found[1].startswith("tubes/")


def _traces(database: sqlite3.Connection, rounds: Collection[str]) -> Iterator[int]:
    """But for whoever came in another round too: there they are still known. Who is forgotten already has none."""
    columns = f"round, person_key, sealed, {_NAMED}"
    people = f"SELECT {columns} FROM samples UNION ALL SELECT {columns} FROM exempt"
    for table in ("expected", "links", "once_exempt"):
        people += f" UNION ALL SELECT round, person_key, NULL, 1 FROM {table}"
    people += " UNION ALL SELECT round, key, NULL, 1 FROM others"
    known = {key for round_id, key, *_ in database.execute(people) if round_id not in rounds}
    for round_id, key, sealed, is_named in database.execute(people):
        if round_id in rounds and is_named:
            yield from (_trace(value) for value in (key, sealed) if value and value not in known)


def _trace(value: bytes) -> int:
    return int.from_bytes(value[-TELLING:], "little")


def _count(database: sqlite3.Connection, round_id: str) -> int:
    """By the beginnings of their keys, as other tables know people."""
    short = f"substr(person_key, 1, {KEY_BYTES})"
    named = (f"SELECT {short} FROM {table} WHERE round = :round AND {_NAMED}" for table in ("samples", "exempt"))
    listed = (f"SELECT {short} FROM {table} WHERE round = :round" for table in ("expected", "links", "once_exempt"))
    everybody = " UNION ".join((*named, *listed, "SELECT key FROM others WHERE round = :round"))
    return int(database.execute(f"SELECT count(*) FROM ({everybody})", {"round": round_id}).fetchone()[0])


def _begin(journal: Path) -> None:
    """One that is there stays: it may be root's, of a purge that was cut off, and says more than this one."""
    if not _mark(journal).exists():
        begin_like(_mark(journal), journal)
        sync(journal.parent)


def _forget(database: sqlite3.Connection, rounds: Collection[str]) -> None:
    with transaction(database):
        for name in rounds:
            database.execute(f"UPDATE samples SET {_FORGET}, bearer = NULL WHERE round = ? AND {_NAMED}", (name,))
            database.execute(f"UPDATE exempt SET {_FORGET} WHERE round = ? AND {_NAMED}", (name,))
            for table in ("expected", "rosters", "links", "once_exempt", "others", "sheets"):
                database.execute(f"DELETE FROM {table} WHERE round = ?", (name,))
            database.execute("UPDATE missing_lists SET absent = '[]' WHERE round = ?", (name,))
            topics = [(topic,) for (topic,) in database.execute("SELECT topic FROM outbox") if _is_record(topic, name)]
            database.executemany("DELETE FROM outbox WHERE topic = ?", topics)


def _write_anew(database: sqlite3.Connection, journal: Path) -> None:
    fresh = _fresh(journal)
    begin_like(fresh, journal)
    try:
        database.execute("VACUUM INTO ?", (str(fresh),))
    except BaseException:
        # The disk may be full by now, and the kiosk is to serve on it.
        overwrite(fresh)
        raise
    sync(fresh)
    another_name(journal, _left(journal))
    sync(journal.parent)


def _put_in_place(journal: Path) -> None:
    log = journal.with_name(journal.name + "-wal")
    if log.exists():
        raise JournalError(f"cannot purge the journal {journal}: somebody else reads it")
    if _fresh(journal).exists():
        _fresh(journal).replace(journal)
        sync(journal.parent)
    overwrite(_left(journal))
    _mark(journal).unlink()
    sync(journal.parent)


def _mark(journal: Path) -> Path:
    return journal.with_name("purging")


def _fresh(journal: Path) -> Path:
    return journal.with_name(journal.name + "-fresh")


def _left(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}-left")
