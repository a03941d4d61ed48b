"""Slips in the order of their ids, as many as may wait."""

from collections.abc import Iterator, Sequence
from typing import overload

from kiosk.model import PrintJob
from kiosk.session.by_number import ByNumber


class Jobs(Sequence[PrintJob]):
    """Never changes; equal to any sequence of the same slips. The first is at hand, any other by its id."""

    __slots__ = ("_by_id",)

    def __init__(self, by_id: ByNumber[PrintJob] | None = None) -> None:
        self._by_id: ByNumber[PrintJob] = by_id or ByNumber()

    def put(self, job: PrintJob) -> "Jobs":
        """In the place of the one with its id, if there is one."""
        return Jobs(self._by_id.put(job.id, job))

    def drop(self, job_id: int) -> "Jobs":
        return Jobs(self._by_id.drop(job_id))

    def get(self, job_id: int) -> PrintJob | None:
        return self._by_id.get(job_id)

    def since(self, least_id: int) -> Iterator[PrintJob]:
        return self._by_id.since(least_id)

    def count_below(self, job_id: int) -> int:
        return self._by_id.count_below(job_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[PrintJob]:
        return self._by_id.since()

    @overload
    def __getitem__(self, index: int) -> PrintJob: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PrintJob]: ...
    def __getitem__(self, index: int | slice) -> PrintJob | Sequence[PrintJob]:
        return next(iter(self)) if index == 0 and self else tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Jobs({list(self)})"


NONE = Jobs()
