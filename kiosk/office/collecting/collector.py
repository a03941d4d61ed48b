"""One collector: takes from the broker, writes, and acknowledges only then."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from kiosk.frozen import dataclass
from kiosk.office.collecting.received import Row, StrangeError, row_of
from kiosk.office.collecting.source import Source, SourceError, Taken
from kiosk.office.collecting.store import Store, StoreAwayError, Written

MOST = 1_000
"""Messages in one commit."""
WAIT_S, STEP_S = 0.5, 0.5
LEAST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """Since the start. `known` were older than what stood there, or the same; `strange` are no words of a kiosk's."""

    heard: int = 0
    newer: int = 0
    known: int = 0
    strange: int = 0
    commits: int = 0
    broker_breaks: int = 0
    database_breaks: int = 0


class Teller(Protocol):
    """Whom a collector tells what happens; called often, and quick."""

    def turn(self, told: Told) -> None: ...

    def away(self, what: str, why: str) -> None:
        """The `broker` or the `database`, at each try in vain."""

    def back(self, what: str) -> None: ...

    def strange(self, topic: str, why: str) -> None: ...


class Pause:
    """Between tries in vain: twice as long each time, and by chance up to half less, so that not all come at once."""

    def __init__(self, least_s: float = LEAST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S) -> None:
        self._least_s, self._longest_s, self._next_s = least_s, longest_s, least_s

    def next_s(self) -> float:
        pause, self._next_s = self._next_s, min(self._longest_s, 2 * self._next_s)
        return pause * random.uniform(0.5, 1)  # noqa: S311 - nobody gains by guessing it

    def reset(self) -> None:
        self._next_s = self._least_s


class Collector:
    """`sources` are the ways to one broker, such as the nodes of a cluster: the next one is taken when one breaks."""

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        teller: Teller,
        sleep: Callable[[float], object],
        is_over: Callable[[], bool],
    ) -> None:
        self._sources, self._store, self._teller = list(sources), store, teller
        self._sleep, self._is_over = sleep, is_over
        self._pause = Pause()
        self.told = Told()

    def run(self) -> Told:
        """Until it is over: what was taken and not written by then, the broker gives to another."""
        while not self._is_over():
            source = self._sources[0]
            try:
                source.open()
                self._teller.back("broker")
                self._serve(source)
            except SourceError as error:
                self._tell(broker_breaks=1)
                self._teller.away("broker", str(error))
                self._sources.append(self._sources.pop(0))
                self._rest(self._pause.next_s(), self._sleep)
            finally:
                source.close()
        return self.told

    def _serve(self, source: Source) -> None:
        while not self._is_over():
            taken = source.take(MOST, WAIT_S)
            if taken and not self._wrote(source, taken):
                return
            self._teller.turn(self.told)

    def _wrote(self, source: Source, taken: Sequence[Taken]) -> bool:
        """False if it was over before."""
        rows, strange = self._understood(taken)
        written = self._write(source, rows)
        if written is None:
            return False
        strange += [(row.topic, "the database does not take it") for row in written.refused]
        for topic, why in strange:
            self._teller.strange(topic, why)
        source.acknowledge(taken)
        self._pause.reset()
        newer = written.newer
        known = len(taken) - newer - len(strange)
        self._tell(heard=len(taken), newer=newer, known=known, strange=len(strange), commits=1)
        return True

    def _understood(self, taken: Sequence[Taken]) -> tuple[list[Row], list[tuple[str, str]]]:
        rows, strange = [], []
        for each in taken:
            try:
                rows.append(row_of(each.topic, each.payload))
            except StrangeError as error:
                strange.append((each.topic, str(error)))
        return rows, strange

    def _write(self, source: Source, rows: Sequence[Row]) -> Written | None:
        """However long the store is away; meanwhile nothing more is taken."""
        pause, is_away = Pause(), False
        while not self._is_over():
            try:
                written = self._store.write(rows) if rows else Written(0)
            except StoreAwayError as error:
                if not is_away:
                    self._tell(database_breaks=1)
                is_away = True
                self._teller.away("database", str(error))
                self._rest(pause.next_s(), source.idle)
            else:
                if is_away:
                    self._teller.back("database")
                return written
        return None

    def _rest(self, seconds: float, wait: Callable[[float], object]) -> None:
        """In steps, so that an end is noticed."""
        while seconds > 0 and not self._is_over():
            wait(min(STEP_S, seconds))
            seconds -= STEP_S
            self._teller.turn(self.told)

    def _tell(self, **more: int) -> None:
        self.told = replace(self.told, **{name: getattr(self.told, name) + n for name, n in more.items()})
