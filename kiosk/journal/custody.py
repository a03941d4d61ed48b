"""Whether the journal is still the one that was last written; no number is used twice, whatever became of it.

Two files stand beside the journal. The lease is synced, and says how far numbers may have been used. The mark is
written after each commit and not synced: it says which commit was the last, and is right after anything but a power
cut, after which it may only be older than the journal. A mark that is newer tells a journal that was rolled back. Each
stands in for the other: what a lease that cannot be read would have said follows from the mark and the journal.
"""

import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal import lease as leases
from kiosk.journal import renewal
from kiosk.journal.error import JournalError
from kiosk.journal.lease import Lease, Reserve
from kiosk.journal.mark import Mark, MarkFile
from kiosk.journal.renewal import Life
from kiosk.model import Counters, Loss

TUBE_STRETCH, VOUCHER_STRETCH = 100, 1000
"""Numbers that a power cut may cost, of a million tubes and ten million vouchers that a block has."""
NOWHERE = (
    "{} is gone or empty, and neither lease nor mark beside it can be read: which numbers were used is known nowhere."
    " Give this kiosk another block (tubes.block), and let it begin with an empty state directory"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file was after we last wrote in it."""

    inode: int
    size: int
    mtime_ns: int


class Custody:
    """Keeps lease and mark true while the journal is open. Methods raise OSError, sqlite3.Error, JournalError."""

    def __init__(self, journal: Path, database: sqlite3.Connection) -> None:
        self._journal, self._db = journal, database
        self._lease_file = journal.with_suffix(".lease")
        self._lease: Lease | None = None
        self._log = journal.with_name(journal.name + "-wal")
        self._files = {path: _stamp(path) for path in (journal, self._log)}
        self._mark = MarkFile(journal.with_suffix(".mark"))

    @property
    def epoch(self) -> str:
        """Of the journal's present life."""
        return self._held.epoch

    def take_over(self, moved: bool = False) -> None:
        """Settles at a start, once, what the journal has become since it was last written. One that `moved` goes on as
        another life."""
        if self._lease is None:
            self._lease = self._taken_over(moved)

    def close(self, counters: Counters | None) -> None:
        """After an orderly stop `counters` are the last ones: no number is given up then."""
        held, self._lease = self._lease, None
        try:
            if held is not None and counters is not None and counters.epoch == held.epoch:
                blocks = {**held.blocks, counters.block: _used(counters)}
                leases.write(self._lease_file, Lease(counters.epoch, counters.seq, clean=True, blocks=blocks))
        finally:
            self._mark.close()

    def check(self) -> None:
        """Before a write: the files are still those on the disk, and nobody else has written in them."""
        for path, known in self._files.items():
            now = _stamp(path)
            if now == known or known is None:
                continue
            if now is None or now.inode != known.inode:
                raise JournalError(f"{path} was removed or replaced while the kiosk ran")
            self._write(replace(self._held, spoilt=True))
            raise JournalError(f"somebody else writes to the journal: {path} is not as we left it")

    def written(self) -> None:
        """After a write, even one that failed: it went into the log, and the file must be as it was."""
        self._look_again(self._log)

    def folded(self) -> None:
        """After the log was folded into the file."""
        self._look_again(self._journal)

    def _look_again(self, path: Path) -> None:
        """So the file is now; one that is gone or another stays wrong."""
        known, now = self._files[path], _stamp(path)
        if known is None or (now is not None and now.inode == known.inode):
            self._files[path] = now

    def before(self, counters: Counters) -> None:
        """Before a commit: its numbers are reserved."""
        reserve = self._held.reserve(counters.block)
        if counters.next_tube_serial - 1 > reserve.tubes or counters.next_voucher_serial - 1 > reserve.vouchers:
            self._reserve(counters, counters.seq - 1)

    def after(self, counters: Counters) -> None:
        """After a commit, which stands even if the mark finds no space: an old one only gives numbers up."""
        with suppress(OSError):
            self._mark.write(Mark(counters.epoch, counters.seq, counters.block, _used(counters)))

    def ahead(self, counters: Counters) -> None:
        """In a quiet moment: reserves more before the last stretch ends under somebody's scan."""
        reserve = self._held.reserve(counters.block)
        tubes_left = reserve.tubes - counters.next_tube_serial + 1
        vouchers_left = reserve.vouchers - counters.next_voucher_serial + 1
        first = self._held.seq == 0 < counters.seq
        if first or tubes_left < TUBE_STRETCH // 2 or vouchers_left < VOUCHER_STRETCH // 2:
            self._reserve(counters, counters.seq)

    @property
    def _held(self) -> Lease:
        if self._lease is None:
            self._lease = self._taken_over()
        return self._lease

    def _taken_over(self, moved: bool = False) -> Lease:
        life, mark = renewal.life(self._db), self._mark.read()
        known = leases.read(self._lease_file) or _as_lease(mark)
        if known is None and life.epoch is None and self._lease_file.exists():
            raise JournalError(NOWHERE.format(self._journal))
        loss = _judge(known, mark, life)
        used = _furthest(known.blocks if known else {}, {mark.block: mark.used} if mark else {}, renewal.used(self._db))
        sure = loss is None and (known is None or (_certain(known, mark, life) and not moved))
        epoch = life.epoch if life.epoch is not None and sure else uuid.uuid4().hex
        if loss is not None:
            renewal.begin(self._db, epoch, life, loss, used)
        elif not sure and known is not None:
            # Nothing tells that something was lost, nor that nothing was: no number and no sequence number comes twice.
            # The lease knows the new name first, so that a cut in between is no other journal.
            leases.write(self._lease_file, replace(known, blocks=used, clean=False, next_epoch=epoch))
            renewal.give_up(self._db, epoch, used)
        # Last: a cut before it leaves a lease of another epoch, and the next start tells the loss again.
        lease = Lease(epoch, life.seq, clean=False, blocks=used)
        leases.write(self._lease_file, lease)
        return lease

    def _reserve(self, counters: Counters, seq: int) -> None:
        """`seq`: the last commit that is written for certain."""
        used = _used(counters)
        reserve = Reserve(used.tubes + 1 + TUBE_STRETCH, used.vouchers + 1 + VOUCHER_STRETCH)
        blocks = {**self._held.blocks, counters.block: reserve}
        self._write(replace(self._held, epoch=counters.epoch, seq=seq, blocks=blocks))

    def _write(self, lease: Lease) -> None:
        leases.write(self._lease_file, lease)
        self._lease = lease


def _judge(known: Lease | None, mark: Mark | None, life: Life) -> Loss | None:
    """What became of the journal; with neither lease nor mark it is believed: there is nothing to hold against it."""
    if known is None:
        return None
    if life.epoch is None:
        return Loss.LOST if known.seq or mark is not None else None
    if life.epoch not in (known.epoch, known.next_epoch) or known.spoilt:
        return Loss.REPLACED
    newest = max(known.seq, mark.seq if mark is not None and mark.epoch == life.epoch else 0)
    return Loss.ROLLED_BACK if life.seq < newest else None


def _certain(known: Lease, mark: Mark | None, life: Life) -> bool:
    """Whether the journal's last commit is surely the last one. A kill before the mark leaves it one behind."""
    if known.clean and known.seq == life.seq:
        return True
    return mark is not None and mark.epoch == life.epoch and mark.seq in (life.seq, life.seq - 1)


def _as_lease(mark: Mark | None) -> Lease | None:
    """What the lease would say at least, if there were one."""
    if mark is None:
        return None
    reserve = Reserve(mark.used.tubes + TUBE_STRETCH, mark.used.vouchers + VOUCHER_STRETCH)
    return Lease(mark.epoch, mark.seq, clean=False, blocks={mark.block: reserve})


def _furthest(*told: Mapping[str, Reserve]) -> dict[str, Reserve]:
    """The last numbers that any of these knows of, for each block."""
    blocks = {block for each in told for block in each}
    return {
        block: Reserve(
            max(each[block].tubes for each in told if block in each),
            max(each[block].vouchers for each in told if block in each),
        )
        for block in blocks
    }


def _used(counters: Counters) -> Reserve:
    return Reserve(counters.next_tube_serial - 1, counters.next_voucher_serial - 1)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)
