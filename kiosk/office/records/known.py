"""Which records of each table are here and which are missing, by the life of its journal and their number. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kiosk.messages import Address, Counts
from kiosk.messages.asks import MOST_RANGES
from kiosk.messages.tubes import Tube


class Known:
    """What was heard: which numbers there are to be, and which came."""

    def __init__(self) -> None:
        self._there: dict[tuple[Address, str], int] = {}
        """By table and life, how many records it has told of."""
        self._here: dict[tuple[Address, str], set[int]] = defaultdict(set)

    def count(self, table: Address, counts: Counts) -> None:
        """Counts grow: an earlier one that comes late changes nothing."""
        life = table, counts.epoch
        self._there[life] = max(self._there.get(life, 0), counts.records)

    def come(self, record: Tube) -> None:
        if record.first is not None and record.n is not None:
            table = Address(record.region, record.round, record.point, record.kiosk)
            self._here[table, record.first].add(record.n)

    def missing(self) -> Iterator[tuple[Address, str, tuple[tuple[int, int], ...]]]:
        """By table and life, as stretches; of very many the first."""
        for table, epoch in sorted(self._there, key=lambda life: (life[0].place, life[1])):
            here = self._here.get((table, epoch), set())
            lacking = (n for n in range(1, self._there[table, epoch] + 1) if n not in here)
            found = tuple(stretches(lacking))
            if found:
                yield table, epoch, found[:MOST_RANGES]


def stretches(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rising numbers as (first, last)."""
    first = last = None
    for n in numbers:
        if last is not None and n == last + 1:
            last = n
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = n
    if first is not None and last is not None:
        yield first, last
