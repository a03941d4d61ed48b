"""SQLite in WAL with synchronous=FULL, one transaction an event."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, Self

from kiosk.journal import rows
from kiosk.model import (
    CopyReason,
    JobKind,
    JobState,
    PrintJob,
    Refusal,
    Sample,
    Shift,
    Subject,
    Totals,
    Tube,
    TubeState,
)
from kiosk.ports import Message
from kiosk.record import (
    Change,
    JobSaved,
    Life,
    Memory,
    RefusalCounted,
    SampleSaved,
    SampleVoided,
    ShiftSaved,
    TubeSaved,
)

MANY_PAGES = 4000
"""A WAL of this many pages (16 MB) is folded in even on the hot path; normally `tidy` does it in a quiet moment."""


class JournalError(Exception):
    """The journal cannot be read or written: the kiosk must stop serving."""


class Journal:
    """The journal of one kiosk, for one round. Used by one thread."""

    def __init__(self, path: Path, round_id: str) -> None:
        self._path = path
        self._round = round_id
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise JournalError(f"cannot open the journal {path}: {error.strerror}") from error
        with self._guarded("open"):
            self._db = sqlite3.connect(path, isolation_level=None, cached_statements=64)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def restore(self, block: str) -> Memory:
        """What the kiosk knew when it stopped; a new journal starts a new epoch."""
        with self._guarded("read"):
            life = self._life(block)
            last = self._one(f"{rows.SAMPLES} WHERE s.round = ? ORDER BY s.seq DESC LIMIT 1")
            sample = rows.sample(last) if last else None
            if sample is not None and sample.void:
                sample = None
            return Memory(
                life,
                open=self._tube_in(TubeState.OPEN),
                ready=self._tube_in(TubeState.READY),
                queued=self._jobs(JobState.QUEUED),
                sending=self._jobs(JobState.SENDING),
                doubtful=self._jobs(JobState.UNCONFIRMED),
                last=sample,
                last_tube=self._tube_by_id(sample.tube_id) if sample else None,
            )

    def commit(self, changes: Sequence[Change], life: Life, messages: Iterable[Message] = ()) -> None:
        """Writes all of it or nothing; on return it survives a pulled plug. Raises JournalError."""
        with self._guarded("write"), self._transaction():
            for change in changes:
                self._write(change)
            self._write_life(life)
            for message in messages:
                self._write_message(message)

    def sample_of(self, person_key: bytes) -> Sample | None:
        """The person's sample of this round."""
        with self._guarded("read"):
            row = self._one(f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND person_key = ?", person_key)
            return rows.sample(row) if row else None

    def sample_with_voucher(self, number: str) -> Sample | None:
        with self._guarded("read"):
            row = self._one(f"{rows.SAMPLES} WHERE s.round = ? AND void = 0 AND voucher = ?", number)
            return rows.sample(row) if row else None

    def tube(self, code: str) -> Tube | None:
        """The tube with this barcode, of any round: no code is used twice. One of an earlier round is closed."""
        with self._guarded("read"):
            row = self._db.execute(f"SELECT {rows.TUBE}, round FROM tubes WHERE code = ?", (code,)).fetchone()
        if row is None:
            return None
        tube = rows.tube(row[:-1])
        return tube if row[-1] == self._round else replace(tube, state=TubeState.SEALED)

    def copies(self, kind: JobKind, subject: Subject) -> int:
        """How many marked copies of the subject's slip have been asked for."""
        column, value = rows.subject_key(subject)
        with self._guarded("read"):
            query = f"SELECT coalesce(max(copy), 0) FROM jobs WHERE kind = ? AND {column} = ?"
            return int(self._db.execute(query, (kind, value)).fetchone()[0])

    def outbox(self) -> tuple[Message, ...]:
        """The last message of each topic, whether acknowledged or not: each start says them again."""
        with self._guarded("read"):
            found = self._db.execute("SELECT topic, seq, payload, retain FROM outbox ORDER BY seq, topic")
            return tuple(Message(topic, seq, payload, bool(retain)) for topic, seq, payload, retain in found)

    def unacknowledged(self) -> int:
        """How many topics the broker does not have the last word of."""
        with self._guarded("read"):
            return int(self._db.execute("SELECT count(*) FROM outbox WHERE acked_seq < seq").fetchone()[0])

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Notes what the broker has taken over."""
        with self._guarded("write"), self._transaction():
            for message in messages:
                query = "UPDATE outbox SET acked_seq = max(acked_seq, ?) WHERE topic = ?"
                self._db.execute(query, (message.seq, message.topic))

    def tidy(self) -> None:
        """Folds the WAL into the file; for a moment when nobody waits."""
        with self._guarded("write"):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

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

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL").fetchone()
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {MANY_PAGES}").fetchone()
        found = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise JournalError(f"the journal {self._path} is damaged ({found}): keep the file, start with a new one")
        self._migrate()

    def _migrate(self) -> None:
        """Brings the schema up to date; each step is one transaction, so a cut leaves a whole version."""
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        steps = _migrations()
        if version > len(steps):
            raise JournalError(f"the journal {self._path} was written by a newer release (schema {version})")
        for number, script in enumerate(steps[version:], start=version + 1):
            self._db.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")

    def _life(self, block: str) -> Life:
        row = self._db.execute("SELECT epoch, seq, next_tube_id, next_job_id FROM life").fetchone()
        if row is None:
            return Life(uuid.uuid4().hex, block)
        query = "SELECT next_tube_serial, next_voucher_serial FROM leases WHERE block = ?"
        next_tube, next_voucher = self._db.execute(query, (block,)).fetchone() or (1, 1)
        epoch, seq, tube_id, job_id = row
        return Life(epoch, block, seq, next_tube, next_voucher, tube_id, job_id, self._totals())

    def _totals(self) -> Totals:
        row = self._one("SELECT samples, tubes, labels, vouchers, voided FROM totals WHERE round = ?") or (0,) * 5
        samples, tubes, labels, vouchers, voided = row
        refused = self._db.execute("SELECT reason, n FROM refusals WHERE round = ?", (self._round,))
        return Totals(samples, tubes, labels, vouchers, voided, {Refusal(reason): n for reason, n in refused})

    def _tube_in(self, state: TubeState) -> Tube | None:
        row = self._one(f"SELECT {rows.TUBE} FROM tubes WHERE round = ? AND state = ?", state)
        return rows.tube(row) if row else None

    def _tube_by_id(self, tube_id: int) -> Tube | None:
        row = self._one(f"SELECT {rows.TUBE} FROM tubes WHERE round = ? AND id = ?", tube_id)
        return rows.tube(row) if row else None

    def _jobs(self, state: JobState) -> tuple[PrintJob, ...]:
        query = f"SELECT {rows.JOB} FROM jobs WHERE state = ? AND settlement IS NULL ORDER BY id"
        return tuple(self._job(row, state) for row in self._db.execute(query, (state,)).fetchall())

    def _job(self, row: rows.Row, state: JobState) -> PrintJob:
        job_id, kind, printer, tube_id, sample_seq, shift_id, copy, reason = row
        if tube_id is not None:
            subject: Subject = self._subject_tube(tube_id)
        elif sample_seq is not None:
            found = self._db.execute(f"{rows.SAMPLES} WHERE s.seq = ?", (sample_seq,))
            subject = rows.sample(found.fetchone())
        else:
            subject = self._shift(shift_id)
        return PrintJob(job_id, JobKind(kind), printer, state, subject, copy, CopyReason(reason) if reason else None)

    def _subject_tube(self, tube_id: int) -> Tube:
        return rows.tube(self._db.execute(f"SELECT {rows.TUBE} FROM tubes WHERE id = ?", (tube_id,)).fetchone())

    def _shift(self, shift_id: int) -> Shift:
        row = self._db.execute(f"SELECT {rows.SHIFT} FROM shifts WHERE id = ?", (shift_id,)).fetchone()
        *_, tube_id, filled, _, _, _, _ = row
        tube = None if tube_id is None else replace(self._subject_tube(tube_id), filled=filled)
        return rows.shift(row, tube)

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._db.execute(query, (self._round, *values)).fetchone()
        return row

    def _write(self, change: Change) -> None:
        match change:
            case TubeSaved(tube):
                self._write_tube(tube)
            case SampleSaved(sample):
                self._write_sample(sample)
            case SampleVoided(sample):
                self._db.execute("UPDATE samples SET void = 1 WHERE seq = ?", (sample.seq,))
            case JobSaved(job, at):
                self._write_job(rows.job_row(job, at))
            case ShiftSaved(shift):
                self._db.execute(
                    "INSERT INTO shifts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.shift_row(shift)
                )
            case RefusalCounted(reason):
                query = "INSERT INTO refusals VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1"
                self._db.execute(query, (self._round, reason))

    def _write_tube(self, tube: Tube) -> None:
        self._db.execute(
            "INSERT INTO tubes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET code = excluded.code, state = excluded.state, filled = excluded.filled, boot = excluded.boot,"
            " mono_ns = excluded.mono_ns, wall_ms = excluded.wall_ms, trusted = excluded.trusted",
            rows.tube_row(tube, self._round),
        )

    def _write_sample(self, sample: Sample) -> None:
        query = "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)"
        self._db.execute(query, rows.sample_row(sample, self._round))

    def _write_job(self, row: rows.Row) -> None:
        self._db.execute(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET printer = excluded.printer, state = excluded.state, settlement = excluded.settlement",
            row,
        )

    def _write_life(self, life: Life) -> None:
        self._advance(life)
        lease = (life.block, life.next_tube_serial, life.next_voucher_serial)
        self._db.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", lease)
        totals = life.totals
        counts = (totals.samples, totals.tubes, totals.labels, totals.vouchers, totals.voided)
        self._db.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?)", (self._round, *counts))

    def _advance(self, life: Life) -> None:
        """Each commit follows on the last: a second writer with counters of its own is stopped, not obeyed."""
        values = (life.epoch, life.seq, life.next_tube_id, life.next_job_id)
        if life.seq == 1:
            self._db.execute("INSERT INTO life VALUES (1, ?, ?, ?, ?)", values)
            return
        query = "UPDATE life SET seq = ?, next_tube_id = ?, next_job_id = ? WHERE epoch = ? AND seq = ?"
        if self._db.execute(query, (*values[1:], life.epoch, life.seq - 1)).rowcount != 1:
            raise JournalError(f"somebody else writes to the journal {self._path}")

    def _write_message(self, message: Message) -> None:
        self._db.execute(
            "INSERT INTO outbox (topic, seq, payload, retain) VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE"
            " SET seq = excluded.seq, payload = excluded.payload",
            (message.topic, message.seq, message.payload, message.retain),
        )


def _migrations() -> list[str]:
    folder = resources.files("kiosk.journal") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [entry.read_text(encoding="utf-8") for entry in files]
