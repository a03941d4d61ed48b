"""The slips that are not done with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from heapq import merge
from typing import Self

from kiosk.frozen import dataclass
from kiosk.model import JobKind, JobState, PrintJob, Sample, Shift, Tube
from kiosk.session.by_number import ByNumber
from kiosk.session.printing.jobs import NONE, Jobs

Ids = ByNumber[tuple[int, ...]]


def _by_id(job: PrintJob) -> int:
    return job.id


@dataclass(frozen=True, slots=True)
class Printing:
    """Jobs that wait, by kind, that are under way, and whose end nobody knows, each in the order of their ids."""

    waiting: Mapping[JobKind, Jobs] = field(default_factory=lambda: dict.fromkeys(JobKind, NONE))
    sending: tuple[PrintJob, ...] = ()
    """A few: no printer is sent a second batch before the first has ended."""
    doubtful: Jobs = NONE
    of_tubes: Ids = field(default_factory=ByNumber, compare=False, repr=False)
    of_samples: Ids = field(default_factory=ByNumber, compare=False, repr=False)
    """Which jobs are about a tube or a sample, so that nobody looks through all of them."""

    @classmethod
    def of(cls, jobs: Iterable[PrintJob]) -> Self:
        printing = cls()
        for job in jobs:
            printing = printing.placed(job)
        return printing

    def __iter__(self) -> Iterator[PrintJob]:
        yield from self.queued
        yield from self.sending
        yield from self.doubtful

    @property
    def queued(self) -> tuple[PrintJob, ...]:
        """All that wait; not for the way of a scan."""
        return tuple(merge(*self.waiting.values(), key=_by_id))

    def about(self, subject: Tube | Sample) -> tuple[PrintJob, ...]:
        """What says something of this tube or sample."""
        ids = self.of_tubes.get(subject.id) if isinstance(subject, Tube) else self.of_samples.get(subject.seq)
        return tuple(job for job in map(self._job, ids or ()) if job is not None)

    def placed(self, job: PrintJob) -> Self:
        """Where the job's state belongs."""
        queue, others = self.waiting[job.kind], tuple(other for other in self.sending if other.id != job.id)
        is_queued, is_doubtful = job.state is JobState.QUEUED, job.state is JobState.UNCONFIRMED and not job.settlement
        is_sending = job.state is JobState.SENDING
        of_tubes, of_samples = self._noted(job, is_queued or is_sending or is_doubtful)
        return replace(
            self,
            waiting={**self.waiting, job.kind: queue.put(job) if is_queued else queue.drop(job.id)},
            sending=tuple(sorted((*others, job), key=_by_id)) if is_sending else others,
            doubtful=self.doubtful.put(job) if is_doubtful else self.doubtful.drop(job.id),
            of_tubes=of_tubes,
            of_samples=of_samples,
        )

    def _job(self, job_id: int) -> PrintJob | None:
        queues = (self.doubtful, *self.waiting.values())
        under_way = (job for job in self.sending if job.id == job_id)
        found = next(under_way, None)
        return found or next((job for queue in queues if (job := queue.get(job_id)) is not None), None)

    def _noted(self, job: PrintJob, is_open: bool) -> tuple[Ids, Ids]:
        match job.subject:
            case Tube(id=tube_id) | Shift(open=Tube(id=tube_id)):
                return _with(self.of_tubes, tube_id, job.id, is_open), self.of_samples
            case Sample(seq=seq):
                return self.of_tubes, _with(self.of_samples, seq, job.id, is_open)
            case _:
                return self.of_tubes, self.of_samples


def _with(ids: Ids, number: int, job_id: int, member: bool) -> Ids:
    before = ids.get(number) or ()
    if member is (job_id in before):
        return ids
    now = (*before, job_id) if member else tuple(other for other in before if other != job_id)
    return ids.put(number, now) if now else ids.drop(number)
