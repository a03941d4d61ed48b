"""All processes of a simulated district: begun together, heard, and asked for the truth."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path

from kiosk.app.simulation.plans import District, Faults, happenings
from kiosk.app.simulation.worker import Orders, Progress, Truth, work
from kiosk.frozen import dataclass

MOST_TABLES = 50
"""A table has a dozen descriptors, and the line waits by select(), which counts to 1,024."""
TURN_S = 0.2


@dataclass(frozen=True, slots=True)
class Now:
    """How far all of them are; `at_s` is the simulated time of the slowest."""

    done: int
    of: int
    at_s: float
    people: int


class ProcessEnded(Exception):  # noqa: N818 - it says what happened
    """A process of the simulation ended by a fault of ours; what it wrote stands above."""


class Crowd:
    """The processes. `turn` is to be called until it says that all is done."""

    def __init__(
        self,
        folder: Path,
        district: District,
        faults: Faults,
        seed: int,
        broker: tuple[str, int],
        authority: bytes,
        speed: float,
    ) -> None:
        plan = happenings(district, faults, seed)
        self.of = len(plan)
        self._lines: dict[Connection, int] = {}
        self._progress: dict[int, Progress] = {}
        self._truths: dict[int, Truth] = {}
        self._processes = []
        start = multiprocessing.get_context("spawn")
        for n, tables in enumerate(_shares(district.points)):
            own = set(tables)
            mine = tuple(each for each in plan if each.table in own)
            orders = Orders(folder, district, tables, mine, *broker, authority, speed)
            ours, theirs = start.Pipe()
            process = start.Process(target=work, args=(orders, theirs), daemon=True)
            process.start()
            theirs.close()
            self._lines[ours] = n
            self._progress[n] = Progress(0, 0.0, 0)
            self._processes.append(process)

    def turn(self) -> Now:
        """Raises ProcessEnded."""
        for line in wait([line for line, n in self._lines.items() if n not in self._truths], TURN_S):
            self._hear(line)  # type: ignore[arg-type]
        told = self._progress.values()
        return Now(sum(each.done for each in told), self.of, min(each.at_s for each in told), self._people())

    def _people(self) -> int:
        truths = {n: truth.people for n, truth in self._truths.items()}
        return sum(({n: each.people for n, each in self._progress.items()} | truths).values())

    @property
    def is_done(self) -> bool:
        return len(self._truths) == len(self._lines)

    def truths(self) -> Iterator[Truth]:
        yield from self._truths.values()

    def stop(self) -> None:
        """In good order where they still answer."""
        for line, n in self._lines.items():
            if n in self._truths:
                line.send(None)
        for process in self._processes:
            process.join(60 if self.is_done else 0)
            if process.is_alive():
                process.kill()
                process.join()

    def _hear(self, line: Connection) -> None:
        n = self._lines[line]
        try:
            match line.recv():
                case Progress() as progress:
                    self._progress[n] = progress
                case Truth() as truth:
                    self._truths[n] = truth
        except EOFError:
            raise ProcessEnded(f"process {n} of the simulation ended") from None


def _shares(points: int) -> Iterator[tuple[int, ...]]:
    processes = -(-points // MOST_TABLES)
    for n in range(processes):
        yield tuple(range(n, points, processes))
