"""The next state under construction: gathers rows, notices and slips, and ends as one Commit."""

from collections.abc import Iterable
from dataclasses import replace

from kiosk.credentials import tube_code, voucher_number
from kiosk.messages import topics as messages
from kiosk.model import (
    ROLES,
    CopyReason,
    Instant,
    JobKind,
    JobState,
    Person,
    PrintJob,
    Refusal,
    Sample,
    Settlement,
    Shift,
    Subject,
    Totals,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.ports import Message, Signal
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
from kiosk.session.effects import Commit, Effect, Notice, Print, Show
from kiosk.session.state import Pending, State

LARGEST_BATCH = 4
"""Slips sent before the first is confirmed; few, so that little is in doubt after a power cut."""


class Draft:
    """One event's changes to `before`. Lives within one call of step."""

    def __init__(self, before: State, at: Instant) -> None:
        self._before = before
        self.state = before
        self._at = at
        self._rows: list[Change] = []
        self._jobs: dict[int, PrintJob] = {}
        self._shows: list[Effect] = []
        self.tell_all = False
        """At a start every topic is said again."""

    @property
    def memory(self) -> Memory:
        return self.state.memory

    @property
    def life(self) -> Life:
        return self.state.memory.life

    def show(self, signal: Signal, notice: Notice) -> None:
        self._shows.append(Show(signal, notice))

    def refused(self, reason: Refusal) -> None:
        counts = dict(self.life.totals.refused)
        counts[reason] = counts.get(reason, 0) + 1
        self._count(refused=counts)
        self._rows.append(RefusalCounted(reason))

    def new_tube(self, source: TubeSource, state: TubeState, code: str | None) -> Tube:
        """A tube that has not existed before; a printed one takes the next code of the lease and gets its label."""
        life = self.life
        if source is TubeSource.PRINTED:
            code = tube_code(life.block, life.next_tube_serial)
            self._live(next_tube_serial=life.next_tube_serial + 1)
            self._count(labels=life.totals.labels + 1)
        plan = self.state.plan
        tube = Tube(life.next_tube_id, code, source, plan.pool_size, TubeState.READY, 0, self._at, plan.building)
        self._live(next_tube_id=life.next_tube_id + 1)
        if state is TubeState.OPEN:
            return self.open_tube(tube)
        self.save_tube(tube)
        return tube

    def open_tube(self, tube: Tube) -> Tube:
        opened = replace(tube, state=TubeState.OPEN, at=self._at)
        self.save_tube(opened)
        self._count(tubes=self.life.totals.tubes + 1)
        return opened

    def seal(self, tube: Tube) -> Tube:
        """Nobody goes into it any more; its closing slip is printed where the point wants one."""
        sealed = replace(tube, state=TubeState.SEALED)
        self.save_tube(sealed)
        if self.state.plan.closing_slip:
            self.queue(JobKind.CLOSING, sealed)
        return sealed

    def save_tube(self, tube: Tube) -> None:
        """Writes the tube and keeps `open` and `ready` true to its state."""
        self._rows.append(TubeSaved(tube))
        memory = self.memory
        opened = tube if tube.state is TubeState.OPEN else _unless(memory.open, tube)
        ready = tube if tube.state is TubeState.READY else _unless(memory.ready, tube)
        last_tube = tube if memory.last_tube is not None and memory.last_tube.id == tube.id else memory.last_tube
        self._remember(open=opened, ready=ready, last_tube=last_tube)

    def take_sample(self, person: Person, tube: Tube) -> Sample:
        """Puts the person into the tube's next place and queues the voucher; a full tube is sealed at once."""
        life = self.life
        number = voucher_number(life.block, life.next_voucher_serial)
        sample = Sample(life.seq + 1, person, tube.id, tube.capacity, tube.filled + 1, number, self._at)
        self._rows.append(SampleSaved(sample))
        filled = replace(tube, filled=tube.filled + 1, state=TubeState.OPEN)
        self._remember(last=sample, last_tube=filled)
        self.save_tube(filled)
        self._live(next_voucher_serial=life.next_voucher_serial + 1)
        self._count(samples=life.totals.samples + 1, vouchers=life.totals.vouchers + 1)
        self.queue(JobKind.VOUCHER, sample)
        if filled.room <= 0 and filled.code is not None:
            self.seal(filled)
        return sample

    def void(self, sample: Sample, tube: Tube) -> None:
        """Takes the last person out of the tube again; the place is free, the voucher number is not.

        A voucher or closing slip of it is not printed any more, and nobody is asked about one."""
        self._rows.append(SampleVoided(sample))
        opened = replace(tube, filled=tube.filled - 1, state=TubeState.OPEN)
        for job in (*self.memory.queued, *self.memory.sending, *self.memory.doubtful):
            if isinstance(job.subject, Sample) and job.subject.seq == sample.seq:
                self.keep_job(dropped(replace(job, subject=replace(sample, void=True))))
            elif job.kind is JobKind.CLOSING and isinstance(job.subject, Tube) and job.subject.id == tube.id:
                self.keep_job(dropped(replace(job, subject=opened)))
        self.save_tube(opened)
        self._count(voided=self.life.totals.voided + 1)
        self._remember(last=None, last_tube=None)

    def queue(self, kind: JobKind, subject: Subject, copy: int = 0, reason: CopyReason | None = None) -> None:
        """A slip for whichever printer's turn it is when it can be sent."""
        role = ROLES[kind]
        printer = self.state.printer_of(role) or self.state.plan.printers[role][0]
        job = PrintJob(self.life.next_job_id, kind, printer, JobState.QUEUED, subject, copy, reason)
        self._live(next_job_id=job.id + 1)
        self.keep_job(job)

    def keep_job(self, job: PrintJob) -> None:
        """Writes the job and moves it to where its state belongs."""
        self._jobs[job.id] = job
        memory = self.memory
        self._remember(
            queued=_with(memory.queued, job, job.state is JobState.QUEUED),
            sending=_with(memory.sending, job, job.state is JobState.SENDING),
            doubtful=_with(memory.doubtful, job, job.state is JobState.UNCONFIRMED and job.settlement is None),
        )

    def report(self) -> None:
        """Queues the counts as they are now, in place of a report that nobody has seen yet."""
        for job in self.memory.queued:
            if job.kind is JobKind.REPORT:
                self.keep_job(dropped(job))
        shift = Shift(self.life.next_job_id, self.life.totals, self.memory.open, self._at)
        self._rows.append(ShiftSaved(shift))
        self.queue(JobKind.REPORT, shift)

    def hold(self) -> None:
        """After a long absence of the printer: more slips wait than people stand there, so staff say what to do."""
        waiting = [job for job in self.memory.queued if job.kind is JobKind.VOUCHER]
        if len(waiting) > LARGEST_BATCH:
            self.state = replace(self.state, held_below=self.life.next_job_id)

    def settle(self, job: PrintJob, settlement: Settlement) -> None:
        self.keep_job(replace(job, settlement=settlement))

    def finish(self) -> tuple[State, tuple[Effect, ...]]:
        """Asks for the commit; what follows from it waits in `pending`."""
        prints = tuple(self._dispatch())
        self._live(seq=self.life.seq + 1)
        rows = (*self._rows, *(JobSaved(job, self._at) for job in self._jobs.values()))
        commit = Commit(rows, self.life, tuple(self._messages()))
        pending = Pending(self.state, (*prints, *self._shows))
        return replace(self._before, pending=pending), (commit,)

    def _dispatch(self) -> Iterable[Print]:
        """Queued jobs go out as SENDING in the same commit wherever the printer whose turn it is is free."""
        held = self.state.held()
        queues: dict[str, list[PrintJob]] = {}
        for job in self.memory.queued:
            printer = self.state.printer_of(ROLES[job.kind])
            if printer is not None and job not in held:
                queues.setdefault(printer, []).append(job)
        for printer, waiting in queues.items():
            if any(job.printer == printer for job in self.memory.sending):
                continue
            batch = tuple(replace(job, state=JobState.SENDING, printer=printer) for job in waiting[:LARGEST_BATCH])
            for job in batch:
                self.keep_job(job)
            yield Print(printer, batch)

    def _messages(self) -> Iterable[Message]:
        before, after, address = self._before, self.state, self.state.plan.address
        if self.tell_all:
            yield messages.status(address, "online", self.life, self._at)
        if self.tell_all or before.memory.life.totals != after.memory.life.totals:
            yield messages.counts(address, self.life, self._at)
        doubtful = len(after.memory.doubtful)
        was = (before.devices, before.printers, len(before.memory.doubtful))
        if self.tell_all or was != (after.devices, after.printers, doubtful):
            yield messages.health(address, self.life, self._at, after.devices, after.printers, doubtful)

    def _remember(self, **values: object) -> None:
        self.state = replace(self.state, memory=replace(self.memory, **values))  # type: ignore[arg-type]

    def _live(self, **values: object) -> None:
        self._remember(life=replace(self.life, **values))  # type: ignore[arg-type]

    def _count(self, **values: object) -> None:
        totals: Totals = replace(self.life.totals, **values)  # type: ignore[arg-type]
        self._live(totals=totals)


def _unless(held: Tube | None, tube: Tube) -> Tube | None:
    return None if held is not None and held.id == tube.id else held


def dropped(job: PrintJob) -> PrintJob:
    """A stale job as it ends: one that is under way ends when the printer has done with it."""
    match job.state:
        case JobState.QUEUED:
            return replace(job, state=JobState.FAILED)
        case JobState.UNCONFIRMED:
            return replace(job, settlement=Settlement.VOIDED)
        case _:
            return job


def _with(jobs: tuple[PrintJob, ...], job: PrintJob, member: bool) -> tuple[PrintJob, ...]:
    others = tuple(other for other in jobs if other.id != job.id)
    return tuple(sorted((*others, job), key=lambda each: each.id)) if member else others
