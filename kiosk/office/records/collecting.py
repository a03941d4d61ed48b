"""From a broker, or a stick, to the shelf: acknowledged once it is on the disk; what is missing is asked for."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kiosk.frozen import dataclass
from kiosk.messages import Address, Counts
from kiosk.messages.asks import asking
from kiosk.model.records import Ask
from kiosk.office.broker_line import BrokerAt, BrokerLine, Heard
from kiosk.office.opening import NotARecord, record_of
from kiosk.office.records.known import Known
from kiosk.office.records.shelf import Shelf, topic_of

TURN_S = 0.2
ASK_S = 20.0
"""So long after the last look: what has just been sealed is on its way."""
AGAIN_S = 300.0
"""After so long the same is asked once more, by another name."""
_COUNTS = TypeAdapter(Counts)
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is here. `missing` by table, as region/round/point/kiosk: how many records there are that did not come."""

    records: int
    fresh: int
    strange: int
    missing: dict[str, int]


class Collecting:
    """One collector's work; one thread's."""

    def __init__(self, shelf: Shelf, now_s: Callable[[], float]) -> None:
        """`now_s`: Unix time, so that no two runs ask by one name."""
        self._shelf, self._now_s = shelf, now_s
        self._known = Known()
        self._fresh = self._strange = 0
        self._asked: dict[Address, tuple[Ask, float]] = {}
        self._looked_s = now_s()
        for record in shelf.records():
            self._known.come(record)

    def take(self, topic: str, payload: bytes) -> None:
        """Raises OSError where it cannot be kept."""
        found = Address.parted(topic)
        if found is None or not payload:
            return
        try:
            if found[1].startswith("counts/"):
                self._known.count(found[0], _COUNTS.validate_json(payload))
            elif found[1].startswith("tubes/"):
                self._keep(topic, payload)
        except (NotARecord, ValidationError):
            self._strange += 1

    def _keep(self, topic: str | None, payload: bytes) -> None:
        """Raises NotARecord, also for one that stands where another table's should."""
        record = record_of(payload)
        if topic not in (None, topic_of(record)):
            raise NotARecord("a record in the place of another")
        self._fresh += self._shelf.put(record, payload)
        self._known.come(record)

    def take_stick(self, folder: Path) -> None:
        """What `kiosk export` wrote there. Raises OSError."""
        for file in sorted(folder.rglob("tubes-*.json")):
            try:
                self._keep(None, file.read_bytes())
            except NotARecord:
                self._strange += 1

    def standing(self) -> Standing:
        lacking: dict[str, int] = {}
        for table, _, stretches in self._known.missing():
            n = sum(last - first + 1 for first, last in stretches)
            lacking[table.place] = lacking.get(table.place, 0) + n
        return Standing(len(list(self._shelf.records())), self._fresh, self._strange, lacking)

    def asks(self) -> list[tuple[str, bytes]]:
        """What is to be said now: to each table one life of its journal at a time, or that nothing is missing."""
        now_s = self._now_s()
        if now_s - self._looked_s < ASK_S:
            return []
        self._looked_s = now_s
        wanted: dict[Address, Ask] = {}
        for table, epoch, stretches in self._known.missing():
            wanted.setdefault(table, _ask(table, epoch, stretches, int(now_s // AGAIN_S)))
        said = []
        for table in wanted.keys() | self._asked.keys():
            ask = wanted.get(table, Ask(_NOTHING, "", ()))
            if self._asked.get(table, (None, 0.0))[0] != ask:
                said.append(asking(table, ask))
                self._asked[table] = ask, now_s
        self._asked = {table: asked for table, asked in self._asked.items() if asked[0].ranges}
        return said


def _ask(table: Address, epoch: str, stretches: tuple[tuple[int, int], ...], turn: int) -> Ask:
    name = hashlib.blake2s(f"{table.place} {epoch} {stretches} {turn}".encode(), digest_size=12).hexdigest()
    return Ask(name, epoch, stretches)


class Line:
    """To a broker, which keeps what is told of tubes while nobody collects; how many there are to be it tells at each
    opening."""

    def __init__(self, at: BrokerAt, region: str, round_id: str) -> None:
        place = f"sampling/v1/{region}/{round_id}/+/+"
        self._counts = (f"{place}/counts/+",)
        self._line = BrokerLine(at, (f"{place}/tubes/#",), qos=1, durable=True)

    def open(self) -> None:
        """Raises LineError."""
        self._line.open()
        self._line.tell_again(self._counts)

    @property
    def is_whole(self) -> bool:
        return self._line.is_whole and self._line.is_told_again

    def turn(self, collecting: Collecting) -> list[Heard]:
        """What comes within a moment is kept, and only then acknowledged; what is missing is asked for. Raises
        LineError, OSError."""
        heard = self._line.read(TURN_S)
        for each in heard:
            collecting.take(each.topic, each.payload)
        self._line.acknowledge(heard)
        for topic, payload in collecting.asks():
            self._line.publish(topic, payload)
        return heard

    def close(self) -> None:
        self._line.close()
