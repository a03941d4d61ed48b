"""A journal whose past is not certain begins another life: each step is one transaction, and a start that was cut off
takes it again."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from kiosk.frozen import dataclass
from kiosk.journal.lease import Reserve
from kiosk.model import BoxState, JobState, Loss, Settlement, TubeState


@dataclass(frozen=True, slots=True)
class Life:
    """Which commit a journal has last; None as epoch: it has none."""

    epoch: str | None
    seq: int


def life(database: sqlite3.Connection) -> Life:
    row = database.execute("SELECT epoch, seq FROM life").fetchone()
    return Life(*row) if row else Life(None, 0)


def used(database: sqlite3.Connection) -> dict[str, Reserve]:
    """The last numbers of each block that the journal knows of."""
    rows = database.execute("SELECT block, next_tube_serial - 1, next_voucher_serial - 1 FROM leases")
    return {block: Reserve(tubes, vouchers) for block, tubes, vouchers in rows}


def give_up(database: sqlite3.Connection, epoch: str, reserves: Mapping[str, Reserve]) -> None:
    """What may have been used is not used again, and what is written from now on is of another epoch."""
    with transaction(database):
        _skip(database, reserves)
        _begin_with(database)
        database.execute("UPDATE life SET epoch = ?", (epoch,))


def begin(database: sqlite3.Connection, epoch: str, before: Life, loss: Loss, reserves: Mapping[str, Reserve]) -> None:
    """Another life; the loss is told until staff have taken note."""
    with transaction(database):
        _skip(database, reserves)
        _doubt(database)
        _begin_with(database)
        if before.epoch is None:
            columns = "id, epoch, seq, next_tube_id, next_sample_seq, next_job_id, loss"
            database.execute(f"INSERT INTO life ({columns}) VALUES (1, ?, 0, 1, 1, 1, ?)", (epoch, loss))
        else:
            database.execute("UPDATE life SET epoch = ?, loss = coalesce(loss, ?)", (epoch, loss))


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; it is on the disk afterwards."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _skip(database: sqlite3.Connection, reserves: Mapping[str, Reserve]) -> None:
    for block, reserve in reserves.items():
        query = (
            "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET next_tube_serial ="
            " max(next_tube_serial, excluded.next_tube_serial), next_voucher_serial ="
            " max(next_voucher_serial, excluded.next_voucher_serial)"
        )
        database.execute(query, (block, reserve.tubes + 1, reserve.vouchers + 1))


def _begin_with(database: sqlite3.Connection) -> None:
    """What earlier lives have counted, and told as theirs, this one does not count again."""
    for begun, now in (("begun", "totals"), ("begun_refusals", "refusals")):
        database.execute(f"DELETE FROM {begun}")
        database.execute(f"INSERT INTO {begun} SELECT * FROM {now}")


def _doubt(database: sqlite3.Connection) -> None:
    """In the part that is lost a slip that waits may have come out, and the open tube may have been filled or handed
    over: no slip goes out by itself, and nobody more goes into that tube. One without a code is as full as it is known
    to be, and waits for its barcode."""
    under_way = (TubeState.SEALED, TubeState.ASIDE, TubeState.OPEN, TubeState.READY)
    query = "UPDATE tubes SET state = CASE WHEN filled THEN ? ELSE ? END WHERE state IN (?, ?) AND code IS NOT NULL"
    database.execute(query, under_way)
    query = "UPDATE tubes SET capacity = filled WHERE state = ? AND code IS NULL AND filled"
    database.execute(query, (TubeState.OPEN,))
    _give_up_boxes(database)
    doubt = (JobState.UNCONFIRMED, JobState.QUEUED, JobState.SENDING)
    database.execute("UPDATE jobs SET state = ? WHERE state IN (?, ?)", doubt)
    query = "UPDATE jobs SET settlement = ? WHERE state = ? AND settlement IS NULL AND kind IN ('label', 'closing')"
    query += " AND tube_id IN (SELECT id FROM tubes WHERE state = ?)"
    database.execute(query, (Settlement.VOIDED, JobState.UNCONFIRMED, TubeState.ASIDE))


def _give_up_boxes(database: sqlite3.Connection) -> None:
    """One may have been closed, or handed over, with other tubes than are known: what is here is packed anew, under
    another number."""
    query = "UPDATE tubes SET state = ?, box_id = NULL, bag = NULL WHERE state = ?"
    database.execute(query, (TubeState.SEALED, TubeState.BOXED))
    query = "UPDATE boxes SET state = ? WHERE state IN (?, ?)"
    database.execute(query, (BoxState.GIVEN_UP, BoxState.OPEN, BoxState.CLOSED))
