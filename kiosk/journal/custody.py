"""Whether the journal is still the one that was last written; no number is used twice, whatever became of it.

Two files stand beside the journal. The lease is synced, and says how far numbers may have been used. The mark is
written after each commit and not synced: it says which commit was the last, and is right after anything but a power
cut, after which it may only be older than the journal. A mark that is newer tells a journal that was rolled back.
"""

import os
import sqlite3
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.journal import lease as leases
from kiosk.journal.error import JournalError
from kiosk.journal.lease import Lease, Reserve
from kiosk.model import Counters, Loss

TUBE_STRETCH, VOUCHER_STRETCH = 100, 1000
"""Numbers that a power cut may cost, of a million tubes and ten million vouchers that a block has."""


@dataclass(frozen=True, slots=True)
class Life:
    """Which commit a journal has last; None as epoch: it has none."""

    epoch: str | None
    seq: int


class Custody:
    """Keeps lease and mark true while the journal is open. Methods raise OSError, JournalError."""

    def __init__(self, journal: Path, database: sqlite3.Connection) -> None:
        self._journal, self._db = journal, database
        self._lease_file = journal.with_suffix(".lease")
        self._mark = os.open(journal.with_suffix(".mark"), os.O_RDWR | os.O_CREAT, 0o600)
        self._files: dict[Path, int] = {journal: journal.stat().st_ino}
        self._lease = self._take_over()

    @property
    def epoch(self) -> str:
        """Of the journal's present life."""
        return self._lease.epoch

    def close(self, counters: Counters | None) -> None:
        """After an orderly stop `counters` are the last ones: no number is given up then."""
        if self._mark >= 0 and counters is not None and counters.epoch == self._lease.epoch:
            used = Reserve(counters.next_tube_serial - 1, counters.next_voucher_serial - 1)
            blocks = {**self._lease.blocks, counters.block: used}
            self._write(Lease(counters.epoch, counters.seq, clean=True, blocks=blocks))
        mark, self._mark = self._mark, -1
        if mark >= 0:
            os.close(mark)

    def before(self, counters: Counters) -> None:
        """Before a commit: the file is still the one on the disk, and its numbers are reserved."""
        for path, inode in self._files.items():
            if _inode(path) != inode:
                raise JournalError(f"{path} was removed or replaced while the kiosk ran")
        reserve = self._lease.reserve(counters.block)
        if counters.next_tube_serial - 1 > reserve.tubes or counters.next_voucher_serial - 1 > reserve.vouchers:
            self._reserve(counters, counters.seq - 1)

    def after(self, counters: Counters) -> None:
        """After a commit."""
        os.pwrite(self._mark, f"{counters.epoch} {counters.seq:020d}\n".encode(), 0)
        wal = self._journal.with_name(self._journal.name + "-wal")
        if wal not in self._files and (inode := _inode(wal)) is not None:
            self._files[wal] = inode

    def ahead(self, counters: Counters) -> None:
        """In a quiet moment: reserves more before the last stretch ends under somebody's scan."""
        reserve = self._lease.reserve(counters.block)
        tubes_left = reserve.tubes - counters.next_tube_serial + 1
        vouchers_left = reserve.vouchers - counters.next_voucher_serial + 1
        first = self._lease.seq == 0 < counters.seq
        if first or tubes_left < TUBE_STRETCH // 2 or vouchers_left < VOUCHER_STRETCH // 2:
            self._reserve(counters, counters.seq)

    def _take_over(self) -> Lease:
        """Settles at a start what the journal has become since it was last written."""
        known, life = leases.read(self._lease_file), _life(self._db)
        loss = _judge(known, self._last_mark(), life)
        certain = loss is None and (known is None or known.clean or self._mark_is(life))
        if not certain and known is not None:
            _skip(self._db, known)
        epoch = life.epoch if life.epoch is not None and loss is None else uuid.uuid4().hex
        if loss is not None:
            _begin(self._db, epoch, life, loss)
        # Last: a cut before it leaves a lease of another epoch, and the next start tells the loss again.
        lease = Lease(epoch, life.seq, clean=False, blocks=dict(known.blocks) if known else {})
        self._write(lease)
        return lease

    def _mark_is(self, life: Life) -> bool:
        """A kill between commit and mark leaves the mark one behind."""
        mark = self._last_mark()
        return mark is not None and mark.epoch == life.epoch and mark.seq in (life.seq, life.seq - 1)

    def _last_mark(self) -> Life | None:
        try:
            epoch, seq = os.pread(self._mark, 64, 0).decode("ascii").split()
            return Life(epoch, int(seq))
        except ValueError:
            return None

    def _reserve(self, counters: Counters, seq: int) -> None:
        """`seq`: the last commit that is written for certain."""
        reserve = Reserve(counters.next_tube_serial + TUBE_STRETCH, counters.next_voucher_serial + VOUCHER_STRETCH)
        blocks = {**self._lease.blocks, counters.block: reserve}
        self._write(replace(self._lease, epoch=counters.epoch, seq=seq, blocks=blocks))

    def _write(self, lease: Lease) -> None:
        leases.write(self._lease_file, lease)
        self._lease = lease


def _judge(known: Lease | None, mark: Life | None, life: Life) -> Loss | None:
    """What became of the journal; without a lease it is believed: there is nothing to hold against it."""
    if known is None:
        return None
    if life.epoch is None:
        return Loss.LOST if known.seq or mark is not None else None
    if life.epoch != known.epoch:
        return Loss.REPLACED
    newest = max(known.seq, mark.seq if mark is not None and mark.epoch == life.epoch else 0)
    return Loss.ROLLED_BACK if life.seq < newest else None


def _life(database: sqlite3.Connection) -> Life:
    row = database.execute("SELECT epoch, seq FROM life").fetchone()
    return Life(*row) if row else Life(None, 0)


def _skip(database: sqlite3.Connection, known: Lease) -> None:
    """No number up to the end of the stretch is used any more."""
    for block, reserve in known.blocks.items():
        query = (
            "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET next_tube_serial ="
            " max(next_tube_serial, excluded.next_tube_serial), next_voucher_serial ="
            " max(next_voucher_serial, excluded.next_voucher_serial)"
        )
        database.execute(query, (block, reserve.tubes + 1, reserve.vouchers + 1))


def _begin(database: sqlite3.Connection, epoch: str, life: Life, loss: Loss) -> None:
    """Another life, as what came before is not certain; it is told until staff have taken note."""
    if life.epoch is None:
        values = (epoch, 0, 1, 1, 1, loss)
        columns = "id, epoch, seq, next_tube_id, next_sample_seq, next_job_id, loss"
        database.execute(f"INSERT INTO life ({columns}) VALUES (1, ?, ?, ?, ?, ?, ?)", values)
    else:
        database.execute("UPDATE life SET epoch = ?, loss = ?", (epoch, loss))


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
